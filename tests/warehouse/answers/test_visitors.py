"""Visitors of large periods: estimated, labelled, exact on request, and in step with who is who."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.warehouse import cast
from tests.warehouse.cast import BRAND, FIRST, LAST

from shemei.warehouse.answers import visitors
from shemei.warehouse.answers.visitors import relative_error
from shemei.warehouse.computed.sample import ONE_IN
from shemei.warehouse.computed.settling import rebuild
from shemei.warehouse.lake import Lake
from shemei.warehouse.questions import Visitors

if TYPE_CHECKING:
    from shemei.warehouse.home import Home
    from shemei.warehouse.vocabulary import Event

MANY = 3_000


def crowd() -> list[Event]:
    """Many browsers of one visit each, every third by 微博; a robot's are apart."""
    day = cast.DAY
    return [
        cast.event("visit", cast.at("11-02 10:00") + n % 20 * day, visitor=f"crowd-{n}",
                   channel="xhs" if n % 3 else "weibo", suspect="" if n % 10 else "crawler")
        for n in range(MANY)
    ]  # fmt: skip


@pytest.fixture
def crowded(home: Home, monkeypatch: pytest.MonkeyPatch) -> Lake:
    cast.put(home, crowd())
    monkeypatch.setattr(visitors, "SAMPLE_FROM", 1_000)
    return Lake(home)


def counted(lake: Lake, **fields: Any) -> int:
    rows = lake.ask(Visitors(BRAND, FIRST, LAST, **fields)).rows.to_pylist()
    return sum(row["visitors"] for row in rows)


def test_many_visitors_are_estimated_and_the_answer_says_how_far_off(crowded: Lake) -> None:
    answer = crowded.ask(Visitors(BRAND, FIRST, LAST))
    estimate = answer.rows.to_pylist()[0]["visitors"]
    true = MANY * 9 // 10
    assert not answer.exact
    assert estimate % ONE_IN == 0
    assert abs(estimate - true) <= 1.5 * relative_error(true) * true
    assert f"{estimate:,} 人的约 ±" in answer.note


def test_exact_on_request_and_for_fewer(crowded: Lake) -> None:
    answer = crowded.ask(Visitors(BRAND, FIRST, LAST, exact=True))
    assert (answer.exact, answer.note) == (True, "")
    assert answer.rows.to_pylist() == [{"visitors": 2_700}]
    one_day = crowded.ask(Visitors(BRAND, 20261102, 20261102))
    assert one_day.exact
    assert one_day.rows.to_pylist() == [{"visitors": 0}], "all of that day's are the robot's"
    assert crowded.ask(Visitors(BRAND, 20261103, 20261103)).rows.to_pylist() == [{"visitors": 150}]


def test_the_estimate_knows_dimensions_and_what_is_suspect(crowded: Lake) -> None:
    answer = crowded.ask(Visitors(BRAND, FIRST, LAST, by=("channel",)))
    assert [row["channel"] for row in answer.rows.to_pylist()] == ["xhs", "weibo"]
    assert counted(crowded, by=("channel",)) == counted(crowded)
    assert counted(crowded, include_suspect=True) > counted(crowded)
    assert counted(crowded, where=(("channel", "xhs"),)) < counted(crowded)


def test_the_sample_follows_people_who_turn_out_to_be_one(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.put(home, crowd())
    joined = [
        cast.event("lead", "11-28 10:00", visitor=f"crowd-{n}", phone=f"ph-{n // 40}")
        for n in range(MANY)
    ]
    cast.put(home, joined, stream="later")
    monkeypatch.setattr(visitors, "SAMPLE_FROM", 0)
    step_by_step = sampled(Lake(home))
    rebuild(home)
    assert sampled(Lake(home)) == step_by_step
    assert len({person for person, _ in step_by_step}) < MANY / 40, "forty browsers are one person"


def sampled(lake: Lake) -> set[tuple[int, int]]:
    rows = lake.engine.read(lambda view: f"SELECT person, day FROM {view.source('sample')} AS s")
    return set(zip(rows["person"].to_pylist(), rows["day"].to_pylist(), strict=True))
