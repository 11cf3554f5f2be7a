"""What is done to many links and codes at once, through the lists, with a way back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from shemei.apps.tracking import actions, bulk_changes
from shemei.apps.tracking.listings import LONGER
from shemei.apps.tracking.models import BulkChange, Link, PromoCode
from shemei.kernel import audit
from shemei.kernel.models import AuditEntry
from shemei.kernel.permissions import Forbidden
from shemei.warehouse.vocabulary import to_ts

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def links(inside: World) -> list[Link]:
    return [
        actions.create_link(inside.brand, by=inside.editor.actor, url=f"https://brand.cn/{n}")
        for n in range(2)
    ]


def post(world: World, name: str, action: str, keys: list[str]) -> Any:
    client = world.client(world.editor)
    return client.post(world.url(name), {"_action": action, "keys": keys}, follow=True)


def test_links_are_archived_together_and_taken_back_together(
    world: World, links: list[Link]
) -> None:
    page = post(world, "tracking:links", "archive", [link.key for link in links]).content.decode()
    with world.scope():
        (made,) = BulkChange.objects.all()
        assert not Link.objects.live().exists()
    undo = world.url("tracking:undo_bulk_change", made.key)
    assert undo in page
    world.client(world.editor).post(undo)
    with world.scope():
        assert Link.objects.live().count() == 2


def test_chosen_links_move_to_the_folder_that_is_asked_for(world: World, links: list[Link]) -> None:
    client = world.client(world.editor)
    sent = {"_action": "move", "keys": [links[0].key]}
    asked = client.post(world.url("tracking:links"), sent, follow=True).content.decode()
    assert "选中的 1 条短链" in asked
    client.post(world.url("tracking:move"), {"folder": "双11"})
    with world.scope():
        assert list(Link.objects.order_by("pk").values_list("folder", flat=True)) == ["双11", ""]
        with pytest.raises(ValidationError, match="没有要移的"):
            actions.move_links(
                world.brand, [Link.objects.get(folder="双11")], by=world.editor.actor, folder="双11"
            )


def test_only_links_that_end_are_extended_and_the_end_comes_back(
    inside: World, links: list[Link]
) -> None:
    actor = inside.editor.actor
    with pytest.raises(ValidationError, match="没有到期的时间"):
        actions.extend_links(inside.brand, links, by=actor, days=30)
    ends = to_ts(timezone.now() + timedelta(days=2))
    actions.change_rules(links[0], by=actor, given={"expires": ends})
    made = actions.extend_links(inside.brand, links, by=actor, days=30)
    assert list(made.changes) == [links[0].key]
    links[0].refresh_from_db()
    assert links[0].routing["expires"] == ends + 30 * 86_400_000_000
    actions.undo_bulk_change(made, by=actor)
    links[0].refresh_from_db()
    assert links[0].routing["expires"] == ends


def test_links_are_restored_together_and_taken_back_together(
    world: World, links: list[Link]
) -> None:
    with world.scope():
        actions.archive_links([links[0]], by=world.editor.actor)
    page = post(world, "tracking:links", "restore", [link.key for link in links]).content.decode()
    assert "已恢复 1 条短链" in page
    with world.scope():
        (made,) = BulkChange.objects.all()
        assert list(made.changes) == [links[0].key]
    take_back(world, page, made)
    with world.scope():
        assert [link.key for link in Link.objects.live()] == [links[1].key]


def take_back(world: World, page: str, made: BulkChange) -> str:
    undo = world.url("tracking:undo_bulk_change", made.key)
    assert undo in page
    return world.client(world.editor).post(undo, follow=True).content.decode()


@pytest.fixture
def codes(world: World) -> list[str]:
    """One code that ended nine days ago, one without an end."""
    today = timezone.localdate()
    with world.scope():
        for code, ends in (("ONE", today - timedelta(days=9)), ("TWO", None)):
            actions.create_code(
                world.brand, by=world.editor.actor, code=code, owner_kind="spot", spot="门店",
                ends_on=ends,
            )  # fmt: skip
        return list(PromoCode.objects.order_by("pk").values_list("key", flat=True))


@pytest.mark.parametrize(
    ("action", "told", "field", "before", "after", "back"),
    [
        ("stop", "已停用 2 个优惠码", "is_active", [True, True], [False, False], 2),
        ("resume", "已恢复 1 个优惠码", "is_active", [False, True], [True, True], 1),
        ("extend", "1 个优惠码的有效期", "ends_on", [-9, None], [30, None], 1),
    ],
)
def test_codes_are_changed_together_and_taken_back_together(
    world: World, codes: list[str], action: str, told: str, field: str,
    before: list[Any], after: list[Any], back: int,
) -> None:  # fmt: skip
    def now() -> list[Any]:
        with world.scope():
            found = list(PromoCode.objects.order_by("pk").values_list(field, flat=True))
        today = timezone.localdate()
        return [(one - today).days if isinstance(one, date) else one for one in found]

    if action == "resume":
        with world.scope():
            PromoCode.objects.filter(key=codes[0]).update(is_active=False)
    assert now() == before
    page = post(world, "tracking:codes", action, codes).content.decode()
    assert told in page
    assert now() == after
    with world.scope():
        (made,) = BulkChange.objects.all()
    assert f"已把 {back} 个优惠码改回原样" in take_back(world, page, made)
    assert now() == before
    with world.scope():
        assert AuditEntry.objects.first().sentence == f"撤回一起改的 {back} 个优惠码"


def test_the_report_says_who_did_each_of_them(
    world: World, links: list[Link], codes: list[str]
) -> None:
    keys = [link.key for link in links]
    for name, action, rows in (
        ("links", "archive", keys),
        ("links", "restore", keys),
        ("codes", "stop", codes),
        ("codes", "resume", codes),
        ("codes", "extend", codes),
    ):
        post(world, f"tracking:{name}", action, rows)
    with world.scope():
        recent = bulk_changes.recent(world.brand)
        told = [one.sentence for one in AuditEntry.objects.filter(verb__endswith="changed_many")]
    assert {one.who for one in recent} == {world.editor.actor.label} and len(recent) == 5
    assert told == [
        f"一起改 1 个优惠码：延长 {LONGER} 天",
        "一起改 2 个优惠码：恢复",
        "一起改 2 个优惠码：停用",
        "一起改 2 条短链：恢复",
        "一起改 2 条短链：归档",
    ]


def test_what_was_taken_back_under_its_former_name_still_reads() -> None:
    assert audit.sentence("links.unrepaired", {"count": 3}) == "撤回一起改的 3 条短链"


def test_a_code_somebody_has_changed_since_stays_as_it_is(inside: World, codes: list[str]) -> None:
    actor = inside.editor.actor
    made = actions.extend_codes(inside.brand, PromoCode.objects.all(), by=actor, days=30)
    PromoCode.objects.filter(code="ONE").update(ends_on=None)
    assert actions.undo_bulk_change(made, by=actor) == 0
    assert PromoCode.objects.get(code="ONE").ends_on is None
    with pytest.raises(ValidationError, match="没有要恢复的"):
        actions.switch_codes(inside.brand, PromoCode.objects.all(), by=actor, active=True)


def test_who_may_not_track_changes_nothing(world: World, links: list[Link]) -> None:
    sent = {"_action": "archive", "keys": [links[0].key]}
    client = world.client(world.analyst)
    assert client.post(world.url("tracking:links"), sent).status_code == 403
    assert client.post(world.url("tracking:move"), {"folder": "x"}).status_code == 403
    with world.scope(), pytest.raises(Forbidden):
        actions.extend_links(world.brand, links, by=world.analyst.actor, days=1)


def test_links_of_another_brand_cannot_be_chosen(world: World, links: list[Link]) -> None:
    stranger = world.client(world.stranger)
    other = f"/w/{world.other_brand.key}/links/"
    stranger.post(other, {"_action": "archive", "keys": [links[0].key]})
    with world.scope():
        assert Link.objects.live().count() == 2
