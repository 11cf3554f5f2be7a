"""Which pages travelled: by hand, against a plain count, and the rest of them as one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.warehouse import cast
from tests.warehouse.cast import BRAND, FIRST, HANDS, LAST, RIVAL, came

from shemei.warehouse.flows import SharedPages
from shemei.warehouse.lake import Lake
from shemei.warehouse.questions import QuestionError, Rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shemei.warehouse.home import Home
    from shemei.warehouse.vocabulary import Event

COLUMNS = ["page", "pages", "visits", "visitors", "sharers", "share_steps", "furthest"]


def asked(lake: Lake, workspace: str = BRAND, **fields: Any) -> list[tuple[Any, ...]]:
    rows = lake.ask(SharedPages(workspace, FIRST, LAST, **fields)).rows
    assert rows.column_names == COLUMNS
    return [tuple(row.values()) for row in rows.to_pylist()]


def test_each_page_says_whom_it_reached_and_how_far_it_got(home: Home) -> None:
    cast.put(home, cast.passed_on())
    lake = Lake(home)
    an_empty_path_is_the_first_page = ("/", 1, 2, 2, 2, 3, 2)
    one_person_has_two_browsers = ("/quiz", 1, 3, 2, 3, 6, 3)
    assert asked(lake) == [one_person_has_two_browsers, an_empty_path_is_the_first_page]
    assert asked(lake, include_suspect=True)[0] == ("/", 1, 3, 3, 3, 6, 3)
    assert asked(lake, where=(("channel", "wechat"),)) == [("/", 1, 1, 1, 1, 1, 1)]
    assert asked(lake, RIVAL) == []


def test_pages_after_so_many_are_one_line_that_counts_each_person_once(home: Home) -> None:
    cast.put(home, cast.passed_on())
    cast.put(home, [came("11-05 10:00", "third", HANDS[0], 5, page="/a")], stream="more")
    lake = Lake(home)
    assert asked(lake, most=1) == [("/quiz", 1, 3, 2, 3, 6, 3), ("", 2, 3, 2, 2, 8, 5)]
    assert asked(lake, most=3)[-1] == ("/a", 1, 1, 1, 1, 5, 5)


def test_the_visits_behind_them_are_found_by_the_hands_they_came_through(home: Home) -> None:
    cast.put(home, [*cast.passed_on(), *cast.everybody()])
    lake = Lake(home)

    def hands(depth: int | None, **fields: Any) -> list[int]:
        rows = lake.ask(Rows(BRAND, FIRST, LAST, ("visit",), share_depth=depth, **fields)).rows
        return sorted(rows["share_depth"].to_pylist())

    assert hands(0) == [1, 1, 2, 2, 3] and hands(2) == [2, 2] and hands(9) == []
    assert hands(0, include_suspect=True) == [1, 1, 2, 2, 3, 3]
    assert 0 in hands(None)
    with pytest.raises(QuestionError):
        hands(-1)


@pytest.mark.parametrize("wrong", [{"most": 0}, {"most": 501}, {"where": (("device", "x"),)}])
def test_what_cannot_be_answered_is_refused(home: Home, wrong: dict[str, Any]) -> None:
    with pytest.raises(QuestionError):
        Lake(home).ask(SharedPages(BRAND, FIRST, LAST, **wrong))


def _counted(page: str, events: Sequence[Event]) -> tuple[Any, ...]:
    hands = [one.share_depth for one in events]
    pages = len({one.page or "/" for one in events})
    return page, pages, *cast.reached(events), sum(hands), max(hands)


@pytest.mark.parametrize("seed", range(4))
def test_any_log_is_counted_as_a_plain_loop_counts_it(home: Home, seed: int) -> None:
    log = cast.travels(seed, ["", "/", *(f"/{n}" for n in range(1, 9))])
    cast.put(home, log)
    by_page: dict[str, list[Event]] = {}
    for one in log:
        if one.share_depth:
            by_page.setdefault(one.page or "/", []).append(one)
    whole = [_counted(page, events) for page, events in by_page.items()]
    whole.sort(key=lambda line: (-line[3], -line[2], line[0]))
    rest = [one for line in whole[5:] for one in by_page[line[0]]]
    assert asked(Lake(home)) == whole
    assert asked(Lake(home), most=5) == [*whole[:5], _counted("", rest)]
