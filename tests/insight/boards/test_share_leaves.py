"""What a member gave away of boards ends when the member is removed."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from shemei.apps.accounts import actions as accounts
from shemei.apps.insight.boards import actions as board_actions
from shemei.apps.insight.boards.sharing import opened, token_of
from shemei.apps.insight.models import BoardMail, BoardShare, OwnBoard
from shemei.kernel import audit, outbox
from shemei.kernel.models import AuditEntry, FactRecord
from shemei.kernel.policies import Refused

if TYPE_CHECKING:
    from tests.world import World

    from shemei.apps.accounts.models import Member
    from shemei.warehouse.home import Home


def shared(world: World, by: Member, note: str = "代理商") -> BoardShare:
    board = OwnBoard.objects.create(workspace=world.brand, title="周一例会")
    return board_actions.share_board(board, days=30, note=note, by=by.actor)


def is_open(share: BoardShare) -> bool:
    return opened(token_of(share), timezone.now()) is not None


def test_a_link_ends_at_once_with_the_membership_of_its_maker(inside: World, home: Home) -> None:
    theirs, ours = shared(inside, inside.analyst), shared(inside, inside.owner)
    url = reverse("shared:board", args=[token_of(theirs)])
    assert Client().get(url).status_code == 200
    accounts.remove_member(inside.analyst, by=inside.owner)
    assert (is_open(theirs), is_open(ours)) == (False, True)
    assert Client().get(url).status_code == 404
    outbox.dispatch()
    theirs.refresh_from_db()
    ours.refresh_from_db()
    assert theirs.revoked_at is not None and ours.revoked_at is None
    entry = AuditEntry.objects.get(verb="board.share_ended")
    told = audit.sentence(entry.verb, entry.details)
    assert told == "数据小秦被移除，看板「周一例会」的分享链接（代理商）随之停用"
    page = inside.client().get(inside.url("insight:board_share", theirs.board.key)).text
    assert "已停用" in page and "或建它的人被移除、不能再导出数据，就打不开" in page


def test_coming_back_opens_no_old_link_and_ends_no_new_one(inside: World, home: Home) -> None:
    old, member = shared(inside, inside.analyst), inside.analyst
    accounts.remove_member(member, by=inside.owner)
    member.is_active = True
    member.save(update_fields=["is_active"])
    new = shared(inside, member, "回来以后")
    outbox.dispatch()
    assert (is_open(old), is_open(new)) == (False, True)
    FactRecord.objects.update(handled_at=None, due_at=timezone.now() - timedelta(minutes=1))
    outbox.dispatch()
    assert is_open(new)
    assert AuditEntry.objects.filter(verb="board.share_ended").count() == 1


def test_a_removal_that_is_rolled_back_leaves_the_link(inside: World) -> None:
    from django.db import transaction

    share = shared(inside, inside.analyst)
    with transaction.atomic():
        accounts.remove_member(inside.analyst, by=inside.owner)
        assert not is_open(share)
        transaction.set_rollback(True)
    assert is_open(share) and not FactRecord.objects.exists()


def test_board_mails_go_on_to_the_others(inside: World, home: Home) -> None:
    board = OwnBoard.objects.create(workspace=inside.brand, title="周一例会")
    mine = inside.analyst.user.email
    both, alone, other = (
        board_actions.set_mail(board, recipients=to, rhythm="week", hour=9, by=inside.analyst.actor)
        for to in ([mine.upper(), "a@agency.example"], [mine], ["a@agency.example"])
    )
    accounts.remove_member(inside.analyst, by=inside.owner)
    outbox.dispatch()
    rows = [BoardMail.objects.get(pk=one.pk) for one in (both, alone, other)]
    assert [(one.recipients, one.state) for one in rows] == [
        (["a@agency.example"], "waiting"),
        ([mine], "stopped"),
        (["a@agency.example"], "waiting"),
    ]
    assert AuditEntry.objects.filter(verb="board.mail_ended").count() == 2


def test_links_made_before_learn_whose_they_are(inside: World) -> None:
    left, here = shared(inside, inside.analyst), shared(inside, inside.owner)
    BoardShare.objects.update(made_by_key="")
    inside.analyst.is_active = False
    inside.analyst.save(update_fields=["is_active"])
    migration = import_module("shemei.apps.insight.migrations.0006_share_makers")
    migration.by_name(apps, None)
    for share in (left, here):
        share.refresh_from_db()
    assert (left.made_by_key, here.made_by_key) == (inside.analyst.key, inside.owner.key)
    assert left.revoked_at is not None and here.revoked_at is None


def test_the_page_that_asks_says_what_ends(inside: World) -> None:
    url = inside.url("accounts:member_remove", inside.analyst.key)
    assert "看板分享链接马上打不开" in inside.client().get(url).text


def test_a_link_rests_while_its_maker_may_not_give_data_away(inside: World) -> None:
    link, maker = shared(inside, inside.analyst), inside.analyst
    before, maker.role = maker.role, "editor"
    maker.save(update_fields=["role"])
    assert not is_open(link)
    page = inside.client().get(inside.url("insight:board_share", link.board.key)).text
    assert "打不开：建的人不能再导出" in page
    maker.role = before
    maker.save(update_fields=["role"])
    assert is_open(link)
    maker.user.is_active = False
    maker.user.save(update_fields=["is_active"])
    assert not is_open(link)


def of_unknown(share: BoardShare | BoardMail) -> None:
    type(share).objects.filter(pk=share.pk).update(made_by_key="", made_by="系统")


def test_owners_are_told_of_what_nobody_answers_for_until_it_is_taken_over(inside: World) -> None:
    share = shared(inside, inside.analyst)
    mail = board_actions.set_mail(
        share.board, recipients=["a@agency.example"], rhythm="week", hour=9, by=inside.analyst.actor
    )
    todos = inside.url("insight:todos")
    assert "不知是谁建的" not in inside.client().get(todos).text
    of_unknown(share)
    of_unknown(mail)
    told = "看板「周一例会」有 1 条链接、1 份定时邮件不知是谁建的"
    page = inside.client().get(todos).text
    assert told in page and inside.url("insight:board_share", share.board.key) in page
    assert "不知是谁建的" not in inside.client(inside.analyst).get(todos).text
    assert (
        "照发，不知是谁建的"
        in inside.client().get(inside.url("insight:board_share", share.board.key)).text
    )
    inside.client().post(inside.url("insight:share_take", share.key))
    assert "看板「周一例会」有 1 份定时邮件不知是谁建的" in inside.client().get(todos).text
    inside.client().post(inside.url("insight:mail_stop", mail.key))
    assert "不知是谁建的" not in inside.client().get(todos).text


def test_a_link_of_an_unknown_maker_says_so_and_an_owner_takes_it_over(inside: World) -> None:
    share = shared(inside, inside.analyst)
    of_unknown(share)
    url, take = (
        inside.url("insight:board_share", share.board.key),
        inside.url("insight:share_take", share.key),
    )
    page = inside.client().get(url).text
    assert is_open(share) and "可打开，不知是谁建的" in page and take in page
    assert take not in inside.client(inside.analyst).get(url).text
    assert inside.client(inside.analyst).post(take).status_code == 403
    share.refresh_from_db()
    assert share.made_by_key == ""
    assert "这条分享链接现在由你负责" in inside.client().post(take, follow=True).text
    share.refresh_from_db()
    assert (share.made_by, share.made_by_key) == ("陈总", inside.owner.key)
    again = inside.url("insight:share_take", share.key)
    assert "不用接手" in inside.client().post(again, follow=True).text
    entry = AuditEntry.objects.get(verb="board.share_taken")
    assert "接手看板「周一例会」的分享链接（代理商），原由系统负责" in audit.sentence(
        entry.verb, entry.details
    )


def test_a_link_of_who_may_not_export_any_more_opens_again_in_the_owners_hands(
    inside: World,
) -> None:
    share = shared(inside, inside.analyst)
    inside.analyst.role = "editor"
    inside.analyst.save(update_fields=["role"])
    assert not is_open(share)
    inside.client().post(inside.url("insight:share_take", share.key))
    assert not is_open(share), "who had the old address has nothing"
    share.refresh_from_db()
    assert is_open(share)


def test_a_link_that_was_taken_over_is_not_open_in_the_hands_of_who_was_removed(
    inside: World, home: Home
) -> None:
    share = shared(inside, inside.analyst)
    theirs = reverse("shared:board", args=[token_of(share)])
    inside.analyst.role = "editor"
    inside.analyst.save(update_fields=["role"])
    page = inside.client().get(inside.url("insight:board_share", share.board.key)).text
    assert "网址会换新的" in page
    said = inside.client().post(inside.url("insight:share_take", share.key), follow=True).text
    assert "网址换了新的，旧网址打不开了" in said
    accounts.remove_member(inside.analyst, by=inside.owner)
    outbox.dispatch()
    assert Client().get(theirs).status_code == 404
    share.refresh_from_db()
    ours = reverse("shared:board", args=[token_of(share)])
    assert ours in said and Client().get(ours).status_code == 200


@pytest.mark.parametrize("how", ["revoked_at", "expires_at"])
def test_what_is_over_is_not_taken_over(inside: World, how: str) -> None:
    share = shared(inside, inside.analyst)
    of_unknown(share)
    BoardShare.objects.update(**{how: timezone.now()})
    share.refresh_from_db()
    take = inside.url("insight:share_take", share.key)
    assert take not in inside.client().get(inside.url("insight:board_share", share.board.key)).text
    with pytest.raises(Refused, match="不能接手"):
        board_actions.take_over(share, by=inside.owner.actor)


def test_makers_are_asked_for_once_however_many_links_they_made(
    inside: World,
) -> None:
    share = shared(inside, inside.analyst)
    url, browser = inside.url("insight:board_share", share.board.key), inside.client()
    browser.get(url)
    with CaptureQueriesContext(connection) as few:
        browser.get(url)
    for _ in range(5):
        by = inside.analyst.actor
        board_actions.share_board(share.board, days=7, by=by)
        board_actions.set_mail(share.board, recipients=["a@b.example"], rhythm="day", hour=9, by=by)
    with CaptureQueriesContext(connection) as many:
        browser.get(url)
    assert len(many) <= len(few) + 1, "one question for the makers of mails"
