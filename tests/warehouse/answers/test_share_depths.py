"""How far pages travelled: by hand, against a plain count, and in step with the metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.warehouse import cast
from tests.warehouse.cast import BRAND, FIRST, HANDS, LAST, RIVAL, came

from shemei.warehouse.flows import ShareDepths
from shemei.warehouse.lake import Lake
from shemei.warehouse.questions import QuestionError, Totals

if TYPE_CHECKING:
    from shemei.warehouse.home import Home


def asked(lake: Lake, workspace: str = BRAND, **fields: Any) -> list[tuple[int, ...]]:
    rows = lake.ask(ShareDepths(workspace, FIRST, LAST, **fields)).rows
    assert rows.column_names == ["depth", "visits", "visitors", "sharers"]
    return [tuple(row.values()) for row in rows.to_pylist()]


def test_visits_people_and_who_passed_it_on_by_hands(home: Home) -> None:
    cast.put(home, cast.passed_on())
    lake = Lake(home)
    third_is_one_person_with_two_browsers = [(0, 5, 3, 3), (1, 2, 2, 1), (2, 2, 1, 1), (3, 1, 1, 1)]
    assert asked(lake) == third_is_one_person_with_two_browsers
    assert asked(lake, include_suspect=True)[-1] == (3, 2, 2, 1)
    assert asked(lake, where=(("channel", "wechat"),)) == [(0, 1, 1, 1), (1, 1, 1, 1)]
    assert asked(lake, RIVAL) == [(0, 0, 0, 0)]
    with pytest.raises(QuestionError, match="device"):
        lake.ask(ShareDepths(BRAND, FIRST, LAST, where=(("device", "x"),)))


def test_the_metrics_say_the_same(home: Home) -> None:
    cast.put(home, cast.passed_on())
    keys = ("visits", "shared_visits", "shared_rate", "share_depth", "direct_share")
    row = Lake(home).ask(Totals(BRAND, FIRST, LAST, keys)).rows.to_pylist()[0]
    assert row == {
        "visits": 6,
        "shared_visits": 5,
        "shared_rate": pytest.approx(5 / 6),
        "share_depth": pytest.approx((1 + 1 + 2 + 2 + 3) / 5),
        "direct_share": pytest.approx(1 / 6),
    }


def test_a_visit_with_a_click_or_from_a_friend_is_not_one_that_came_by_itself(home: Home) -> None:
    cast.put(
        home,
        [
            came("11-02 10:00", "a"),
            came("11-02 10:00", "b", click_id="c1"),
            came("11-02 11:00", "c", HANDS[0], 1),
        ],
    )
    row = Lake(home).ask(Totals(BRAND, FIRST, LAST, ("direct_share",))).rows.to_pylist()[0]
    assert row["direct_share"] == pytest.approx(1 / 3)


@pytest.mark.parametrize("seed", range(4))
def test_any_log_is_counted_as_a_plain_loop_counts_it(home: Home, seed: int) -> None:
    log = cast.travels(seed)
    cast.put(home, log)
    some = [one for one in log if one.share_depth]

    def counted(depth: int) -> tuple[int, ...]:
        return depth, *cast.reached([one for one in some if depth in (0, one.share_depth)])

    assert asked(Lake(home)) == [
        counted(depth) for depth in (0, *sorted({e.share_depth for e in some}))
    ]
