"""An account's daily totals: recognised, kept by day, growth by the catalogue's formula, taken back."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from shemei.apps.brand import rules, tellings
from shemei.apps.brand.actions import add_account, change_account
from shemei.apps.brand.models import PlatformAccount
from shemei.kernel.imports import actions
from shemei.kernel.imports.models import ImportBatch
from shemei.kernel.periods import today
from shemei.warehouse.computed.settling import settle
from shemei.warehouse.log.segments import write_segment
from shemei.warehouse.vocabulary import SHANGHAI, Event, stamp, to_ts

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

FOLLOWERS = ["时间", "新关注人数", "取消关注人数", "净增关注人数", "累积关注人数"]
READS = ["时间", "图文页阅读人数", "图文页阅读次数", "分享的人数", "分享的次数", "收藏的人数", "收藏的次数"]  # fmt: skip
BY_CHANNEL = [
    "图文页阅读人数-全部",
    "图文页阅读次数-全部",
    "分享转发次数-全部",
    "图文页阅读人数-会话",
]


def csv(head: list[str], *rows: list[Any]) -> bytes:
    return "\n".join(",".join(map(str, row)) for row in (head, *rows)).encode()


def bring_in(world: World, data: bytes, name: str = "用户增长.csv") -> ImportBatch:
    by = world.owner.actor
    batch = actions.receive(world.brand, io.BytesIO(data), name, by=by)
    return actions.write(actions.check(batch, by=by), by=by)


@pytest.fixture
def place(inside: World, home: Home) -> World:
    return inside


@pytest.fixture
def account(place: World) -> PlatformAccount:
    return add_account(
        place.brand, by=place.owner.actor, platform="wechat", name="屿禾护肤", followers=7
    )


def test_followers_of_a_month_and_their_growth(place: World, account: PlatformAccount) -> None:
    first = date(2026, 9, 1)
    rows = [[first + timedelta(n), 60, 10, 50, 10_000 + 50 * n] for n in range(31)]
    batch = bring_in(place, csv(FOLLOWERS, *rows))
    assert (batch.kind, batch.preset, batch.count("new")) == ("account_days", "mp_followers", 31)
    account.refresh_from_db()
    assert account.followers == 11_500
    found = rules.growth(tellings.days_of(account))
    assert found == rules.Growth(1_500, 10_000)
    again = bring_in(place, csv(FOLLOWERS, *rows))
    assert (again.count("new"), again.count("changed"), again.count("same")) == (0, 0, 31)
    page = place.client().get(place.url("brand:account", account.key)).content.decode()
    assert "15.00" in page
    assert "月增 5% 为健康水平" in page


def test_growth_is_unknown_where_a_day_is_missing() -> None:
    last = date(2026, 9, 30)
    told = {last - timedelta(n): {"net": 2} for n in range(30) if n != 4}
    told[last] = {"net": 2, "followers": 1_060}
    assert rules.growth(told) is None
    told[last - timedelta(4)] = {"net": 2}
    assert rules.growth(told) == rules.Growth(60, 1_000)
    assert rules.growth({}) is None


def test_activity_is_the_engagements_of_thirty_days_per_follower(
    place: World, account: PlatformAccount, home: Home
) -> None:
    noon = datetime.combine(today(), time(12), SHANGHAI)
    told = [
        Event(kind="engage", workspace=place.brand.key, ts=to_ts(noon - timedelta(days)), platform_account=account.key,
              platform="wechat", action="like", quantity=number, source="import")
        for days, number in ((0, 2), (29, 1), (30, 400))
    ]  # fmt: skip
    page = place.client().get(place.url("brand:account", account.key)).content.decode()
    assert "粉丝活跃度" in page and "42.86" not in page
    write_segment(home.spool / "test", 1, [stamp(one) for one in told])
    settle(home)
    page = place.client().get(place.url("brand:account", account.key)).content.decode()
    assert "42.86" in page  # 3 of 7 followers
    assert f"近 30 天，到 {today():%m-%d}" in page
    bring_in(place, csv(FOLLOWERS, [today() - timedelta(40), 1, 0, 1, 9]))
    page = place.client().get(place.url("brand:account", account.key)).content.decode()
    assert "33.33" in page  # what was told of followers long ago does not end the thirty days
    bring_in(place, csv(FOLLOWERS, [today(), 1, 0, 1, 12]))
    page = place.client().get(place.url("brand:account", account.key)).content.decode()
    assert "25.00" in page
    assert rules.activity(None, 7) is None and rules.activity(3, 0) is None


def test_reads_by_day_and_by_channel_are_stored(place: World, account: PlatformAccount) -> None:
    batch = bring_in(place, csv(READS, ["2026-09-01", 300, 410, 5, 6, 7, 8]), "图文.csv")
    assert (batch.preset, batch.count("new")) == ("mp_days", 1)
    channels = bring_in(place, csv(BY_CHANNEL, [320, 430, 9, 120]), "渠道.csv")
    assert (channels.preset, channels.count("new")) == ("mp_channels", 1)
    known = tellings.days_of(account)
    assert known[date(2026, 9, 1)] == {
        "read_users": 300, "reads": 410, "share_users": 5, "shares": 6, "collect_users": 7, "collects": 8,
    }  # fmt: skip
    assert known[max(known)]["read_users_chat"] == 120


def test_undo_returns_to_what_was_typed(place: World, account: PlatformAccount) -> None:
    batch = bring_in(place, csv(FOLLOWERS, ["2026-09-01", 1, 0, 1, 900]))
    assert PlatformAccount.objects.get().followers == 900
    actions.undo(batch, by=place.owner.actor)
    assert PlatformAccount.objects.get().followers == 7
    assert date(2026, 9, 1) not in tellings.days_of(account)


def test_a_number_typed_over_a_file_stays_when_the_file_goes(
    place: World, account: PlatformAccount
) -> None:
    batch = bring_in(place, csv(FOLLOWERS, ["2026-09-01", 1, 0, 1, 900]))
    account.refresh_from_db()
    change_account(account, by=place.owner.actor, followers=1_000)
    change_account(account, by=place.owner.actor, followers=1_100)
    actions.undo(batch, by=place.owner.actor)
    assert PlatformAccount.objects.get().followers == 1_100
    again = bring_in(place, csv(FOLLOWERS, ["2026-09-02", 1, 0, 1, 905]))
    assert again.count("new") == 1
    assert (
        PlatformAccount.objects.get().followers == 1_100
    )  # typed today, the file speaks of autumn


def test_two_accounts_ask_which_and_an_unknown_name_is_a_wrong_row(
    place: World, account: PlatformAccount
) -> None:
    by = place.owner.actor
    add_account(place.brand, by=by, platform="wechat", name="屿禾服务号")
    data = csv(FOLLOWERS, ["2026-09-01", 1, 0, 1, 900])
    batch = actions.receive(place.brand, io.BytesIO(data), "a.csv", by=by)
    assert "哪个账号" in batch.kind_of.option_problem(batch)
    named = actions.receive(place.brand, io.BytesIO(data), "屿禾护肤.csv", by=by)
    assert named.option("account") == account.key
    other = csv([*FOLLOWERS, "账号"], ["2026-09-01", 1, 0, 1, 900, "没有的号"])
    checked = actions.check(actions.receive(place.brand, io.BytesIO(other), "b.csv", by=by), by=by)
    assert checked.error_rows == 1


def test_who_sees_no_figures_sees_no_days(place: World, account: PlatformAccount) -> None:
    url = place.url("brand:account", account.key)
    assert place.client(place.external).get(url).status_code == 403


def test_a_row_that_names_the_account_and_one_that_does_not_are_one_day(
    place: World, account: PlatformAccount
) -> None:
    by = place.owner.actor
    told = {"platform": "wechat", "account": account.key}
    head = ["账号", "日期", "粉丝数", "图文页阅读次数"]
    data = csv(head, ["", "2026-09-01", 500, ""], ["屿禾护肤", "2026-09-01", "", 77])

    def bring() -> list[int]:
        batch = actions.receive(
            place.brand, io.BytesIO(data), "两行.csv", by=by, kind="account_days", options=told
        )
        batch = actions.write(actions.check(batch, by=by), by=by)
        return [batch.count(name) for name in ("new", "changed", "same")]

    assert bring() == [1, 0, 0]
    assert tellings.days_of(account) == {date(2026, 9, 1): {"followers": 500, "reads": 77}}
    assert PlatformAccount.objects.get().followers == 500
    assert bring() == [0, 0, 1]
