"""数据保留: what would go is named before it is saved; only the owner sets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shemei.kernel import outbox
from shemei.kernel.models import AuditEntry
from shemei.kernel.periods import today
from shemei.warehouse.computed.settling import settle
from shemei.warehouse.upkeep import retention
from shemei.warehouse.upkeep.maintenance import expire
from shemei.warehouse.vocabulary import Event, int_day

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

OLD = 1_750_000_000_000_000


def event(world: World, kind: str, n: int) -> Event:
    return Event(kind=kind, workspace=world.brand.key, ts=OLD + n, visitor="v")


def told(world: World, home: Home) -> None:
    rows = [event(world, "view", n) for n in range(3)]
    outbox.log([*rows, event(world, "click", 0)], workspace=world.brand)
    outbox.relay(home)
    settle(home)


def test_what_would_go_is_named_before_it_is_saved(inside: World, home: Home) -> None:
    told(inside, home)
    browser, url = inside.client(), inside.url("audience:retention")
    asked = browser.post(url, {"view": "30"}).content.decode()
    assert "今夜会删掉" in asked and ">3</b>" in asked
    assert retention.rules(home) == ()
    saved = browser.post(url, {"view": "30", "sure": "1"})
    assert saved.status_code == 302
    assert retention.rules(home) == (retention.Keep(inside.brand.key, "view", 30),)
    assert AuditEntry.objects.get(verb="retention.set").details["kept"].endswith("30 天")
    assert expire(home, int_day(today())) == 3


def test_a_number_that_is_none_is_said(inside: World, home: Home) -> None:
    said = inside.client().post(inside.url("audience:retention"), {"view": "0", "sure": "1"})
    assert "至少留 1 天" in said.content.decode()
    assert retention.rules(home) == ()


def test_only_the_owner_sets_it(inside: World, home: Home) -> None:
    url = inside.url("audience:retention")
    for member in (inside.analyst, inside.editor):
        assert inside.client(member).post(url, {"view": "1", "sure": "1"}).status_code == 403
    assert inside.client(inside.stranger).post(url, {"view": "1"}).status_code in (403, 404)
    assert retention.rules(home) == ()
