"""Brands, members, invitations and keys: who may do what, and what can never happen."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from shemei.apps.accounts import actions, actions_keys, queries
from shemei.apps.accounts.models import Invitation, Member, User, Workspace
from shemei.kernel.models import AuditEntry, Notification
from shemei.kernel.permissions import Forbidden, Permission

if TYPE_CHECKING:
    from tests.world import World


def verbs() -> list[str]:
    return list(AuditEntry.objects.values_list("verb", flat=True))


def test_the_first_start_makes_an_owner_and_closes_the_door(db: None) -> None:
    told = {"brand": "屿禾", "name": "陈总", "email": "Chen@yuhe.example", "password": "x" * 12}
    owner = actions.first_start(**told)
    assert owner.role == "owner"
    assert owner.workspace.attribution_model == "shapley"
    assert owner.user.email == "chen@yuhe.example"
    with pytest.raises(ValidationError, match="已经有账号"):
        actions.first_start(**told | {"email": "other@yuhe.example"})
    assert User.objects.count() == 1


def test_an_invitation_makes_one_member_once(inside: World) -> None:
    invitation, token = actions.invite(inside.brand, "analyst", by=inside.owner)
    assert token not in str(vars(invitation))
    newcomer = User.objects.create_user("new@yuhe.example", "x" * 12, name="小新")
    member = actions.accept_invitation(queries.open_invitation(token), user=newcomer)
    assert (member.role, queries.open_invitation(token)) == ("analyst", None)
    with pytest.raises(ValidationError, match="已被使用"):
        actions.accept_invitation(invitation, user=inside.stranger.user)
    assert verbs()[:2] == ["member.joined", "invitation.created"]
    told = Notification.objects.get(member=inside.owner)
    assert told.text == "小新 接受邀请，成为分析"


def test_an_invitation_for_one_address_is_for_nobody_else(inside: World) -> None:
    _, token = actions.invite(inside.brand, "editor", by=inside.owner, email="A@b.example")
    with pytest.raises(ValidationError, match="邀请发给 a@b.example"):
        actions.accept_invitation(queries.open_invitation(token), user=inside.stranger.user)
    assert queries.open_invitation(token) is not None


def test_expired_and_revoked_invitations_are_closed(inside: World) -> None:
    late, late_token = actions.invite(inside.brand, "editor", by=inside.owner)
    Invitation.objects.filter(pk=late.pk).update(expires_at=timezone.now() - timedelta(1))
    gone, gone_token = actions.invite(inside.brand, "editor", by=inside.owner)
    actions.revoke_invitation(gone, by=inside.owner.actor)
    assert queries.open_invitation(late_token) is None
    assert queries.open_invitation(gone_token) is None


def test_a_refused_invitation_leaves_no_account_behind(inside: World) -> None:
    invitation, _ = actions.invite(inside.brand, "editor", by=inside.owner)
    actions.revoke_invitation(invitation, by=inside.owner.actor)
    account = {"name": "小新", "email": "new@yuhe.example", "password": "x" * 12}
    with pytest.raises(ValidationError):
        actions.join_with_new_account(invitation, **account)
    assert not User.objects.filter(email="new@yuhe.example").exists()


def test_nobody_makes_one_above_themselves(inside: World) -> None:
    actions.change_role(inside.analyst, "admin", by=inside.owner)
    admin = inside.analyst
    with pytest.raises(ValidationError, match="比自己权限更高"):
        actions.change_role(inside.editor, "owner", by=admin)
    with pytest.raises(ValidationError, match="权限比自己高"):
        actions.remove_member(inside.owner, by=admin)
    with pytest.raises(ValidationError):
        actions.invite(inside.brand, "owner", by=admin)


def test_the_last_owner_stays(inside: World) -> None:
    with pytest.raises(ValidationError, match="至少要有一位所有者"):
        actions.remove_member(inside.owner, by=inside.owner)
    with pytest.raises(ValidationError, match="至少要有一位所有者"):
        actions.change_role(inside.owner, "editor", by=inside.owner)
    actions.change_role(inside.editor, "owner", by=inside.owner)
    actions.remove_member(inside.owner, by=inside.editor)
    assert not queries.member_of(inside.owner.user, inside.brand.key)


def test_a_removed_member_comes_back_by_invitation(inside: World) -> None:
    actions.remove_member(inside.editor, by=inside.owner)
    invitation, _ = actions.invite(inside.brand, "approver", by=inside.owner)
    back = actions.accept_invitation(invitation, user=inside.editor.user)
    assert (back.pk, back.role, back.is_active) == (inside.editor.pk, "approver", True)


def test_nobody_comes_back_by_a_link_of_their_own(inside: World) -> None:
    actions.change_role(inside.approver, "admin", by=inside.owner)
    admin = Member.objects.get(pk=inside.approver.pk)
    _, own = actions.invite(inside.brand, "admin", by=admin)
    _, others = actions.invite(inside.brand, "admin", by=inside.owner)
    actions.remove_member(admin, by=inside.owner)
    assert queries.open_invitation(own) is None
    assert queries.open_invitation(others) is not None


def test_who_may_give_a_role_no_longer_has_no_open_links_for_it(inside: World) -> None:
    second = Member.objects.get(pk=inside.approver.pk)
    actions.change_role(second, "owner", by=inside.owner)
    _, above = actions.invite(inside.brand, "owner", by=second)
    _, below = actions.invite(inside.brand, "editor", by=second)
    actions.change_role(second, "admin", by=inside.owner)
    assert queries.open_invitation(above) is None
    assert queries.open_invitation(below) is not None


@pytest.mark.parametrize("who", ["editor", "approver", "analyst", "external"])
def test_managing_is_for_managers(inside: World, who: str) -> None:
    member: Member = getattr(inside, who)
    for act in (
        lambda: actions.invite(inside.brand, "external", by=member),
        lambda: actions.change_role(inside.external, "editor", by=member),
        lambda: actions.remove_member(inside.external, by=member),
        lambda: actions.change_brand(inside.brand, {"name": "别的"}, by=member.actor),
        lambda: actions_keys.create_key("程序", ["view"], by=member),
    ):
        with pytest.raises(Forbidden):
            act()
    assert Workspace.objects.get(pk=inside.brand.pk).name == "屿禾护肤"


def test_analysts_set_the_counting_rule_and_nothing_else(inside: World) -> None:
    counting = {"attribution_model": "markov", "lookback_days": 14}
    assert actions.change_brand(inside.brand, counting, by=inside.analyst.actor)
    assert AuditEntry.objects.first().sentence == "修改品牌空间设置：归因模型、回看天数"
    with pytest.raises(Forbidden):
        actions.change_brand(inside.brand, {**counting, "name": "别的"}, by=inside.analyst.actor)


def test_a_key_opens_its_brand_until_it_is_revoked(inside: World) -> None:
    key, secret = actions_keys.create_key("订单系统", ["orders"], by=inside.owner, days=90)
    assert secret not in str(vars(key))
    workspace, actor = queries.owner_of_secret(secret)
    assert (workspace, actor.permissions) == (inside.brand, {Permission.ORDERS})
    assert actor.label == "接口密钥「订单系统」"
    actions_keys.revoke_key(key, by=inside.owner.actor)
    assert queries.owner_of_secret(secret) is None
    assert verbs()[:2] == ["key.revoked", "key.created"]


def test_an_expired_key_opens_nothing(inside: World) -> None:
    key, secret = actions_keys.create_key("程序", ["view"], by=inside.owner, days=1)
    type(key).objects.filter(pk=key.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert queries.owner_of_secret(secret) is None


@pytest.mark.parametrize("scope", ["members", "keys", "workspace"])
def test_no_key_gets_the_keys_of_the_house(inside: World, scope: str) -> None:
    with pytest.raises(ValidationError, match="不能给密钥"):
        actions_keys.create_key("程序", [scope], by=inside.owner)
