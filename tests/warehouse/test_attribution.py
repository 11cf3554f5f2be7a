"""Credits from the log: what the cast says by hand, and what always holds."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.warehouse import cast
from tests.warehouse.cast import BRAND, DAY, FIRST, LAST, at, event

from shemei.engines.attribution import MODELS
from shemei.engines.attribution.markov import markov, merged
from shemei.warehouse.answers.pathcodes import read_paths
from shemei.warehouse.attribution import attribute, daily_credits, day_by_day
from shemei.warehouse.home import Home
from shemei.warehouse.lake import Lake
from shemei.warehouse.questions import PathTable, QuestionError

if TYPE_CHECKING:
    from shemei.warehouse.vocabulary import Event

TRACKED = 30_000 + 10_000 + 10_000 + 15_000 + 20_000


def values(lake: Lake, model: str, by: str = "channel") -> dict[str, float]:
    found = attribute(lake, BRAND, FIRST, LAST, by).models[model]
    return {name: credit.value for name, credit in found.items() if credit.value}


def test_first_and_last_touch_by_hand(november: Lake) -> None:
    assert values(november, "first") == {
        "xhs": 50_000, "douyin": 10_000, "direct": 10_000, "weibo": 15_000,
    }  # fmt: skip
    assert values(november, "last") == {
        "search": 30_000, "douyin": 10_000, "direct": 10_000, "weibo": 15_000, "wechat": 20_000,
    }  # fmt: skip


def test_linear_by_content_and_creator(november: Lake) -> None:
    third = 20_000 / 3
    by_content = values(november, "linear", "content")
    assert by_content["note-1"] == pytest.approx(15_000 + third)
    assert by_content["post-7"] == pytest.approx(third)
    by_creator = values(november, "linear", "creator")
    assert by_creator["kol-1"] == pytest.approx(15_000 + third)
    assert by_creator["kol-2"] == pytest.approx(10_000)
    assert by_creator[""] == pytest.approx(TRACKED - 25_000 - third)


@pytest.mark.parametrize(
    "by", ["channel", "content", "creator", "campaign", "link", "promo_code", "platform"]
)
def test_every_model_shares_out_all_that_is_tracked(november: Lake, by: str) -> None:
    found = attribute(november, BRAND, FIRST, LAST, by)
    assert (found.totals.conversions, found.totals.value) == (5, TRACKED)
    for model in MODELS:
        credits = found.models[model].values()
        assert sum(credit.value for credit in credits) == pytest.approx(TRACKED)
        assert sum(credit.conversions for credit in credits) == pytest.approx(5)


@pytest.mark.parametrize("lookback", [1, 7, 30, 90])
def test_the_models_read_the_paths_that_people_are_shown(november: Lake, lookback: int) -> None:
    question = PathTable(BRAND, FIRST, LAST, lookback_days=lookback)
    shown: dict[str, list[tuple[int, float, str, float]]] = {}
    for row in november.ask(question).rows.to_pylist():
        touch = (row["day"], row["value"], row["channel"], row["hours_before"])
        shown.setdefault(row["order_id"], []).append(touch)
    paths = read_paths(november.engine, question, "channel")
    read = [
        [
            (paths.days[n], paths.values[n], paths.names[paths.codes[at]], paths.hours[at])
            for at in range(paths.offsets[n], paths.offsets[n + 1])
        ]
        for n in range(len(paths))
    ]
    assert read and sorted(read) == sorted(shown.values())


def test_what_cannot_be_traced_is_said_beside_it(november: Lake) -> None:
    found = attribute(november, BRAND, FIRST, LAST)
    assert (found.untracked.orders, found.untracked.value) == (2, 12_000)
    assert found.coverage == pytest.approx(TRACKED / (TRACKED + 12_000))


def test_the_most_frequent_paths(november: Lake) -> None:
    paths = attribute(november, BRAND, FIRST, LAST).paths
    assert (paths[0].names, paths[0].conversions, paths[0].value) == (("xhs", "search"), 1, 30_000)
    assert sum(path.conversions for path in paths) == 5


@pytest.mark.parametrize("model", MODELS)
def test_days_add_up_to_the_period(november: Lake, model: str) -> None:
    days = daily_credits(november, BRAND, FIRST, LAST, model=model)
    assert set(days) == {20261105, 20261106, 20261107, 20261120}
    told: dict[str, float] = {}
    for row in days.values():
        for name, value in row.items():
            told[name] = told.get(name, 0) + value
    assert told == pytest.approx(values(november, model))


def test_days_hold_what_the_chain_credits_to_ways_without_an_order(home: Home) -> None:
    """``lead-in`` stands in no order's path, yet the chain sees that it leads on to ``closer``."""
    cast.put(
        home,
        [
            event("click", "11-01 10:00", visitor="lost", channel="xhs", content="lead-in"),
            event("click", "11-02 10:00", visitor="lost", channel="xhs", content="closer"),
            *cast_of_two_buyers(),
        ],
    )
    lake = Lake(home)
    whole = values(lake, "markov", "content")
    assert whole["lead-in"] > 0
    days = daily_credits(lake, BRAND, FIRST, LAST, "content", "markov")
    assert sum(day["lead-in"] for day in days.values()) == pytest.approx(whole["lead-in"])
    assert sum(sum(day.values()) for day in days.values()) == pytest.approx(40_000)


def cast_of_two_buyers() -> list[Event]:
    """Each comes by ``closer`` and buys a day later, one for 100 元 and one for 300 元."""
    return [
        made
        for name, day, amount in (("one", 3, 10_000), ("two", 5, 30_000))
        for made in (
            event("click", f"11-0{day} 10:00", visitor=name, channel="xhs", content="closer"),
            event("order", f"11-0{day + 1} 10:00", visitor=name, order_id=name, amount=amount),
        )
    ]


@pytest.mark.parametrize("lookback", [30, 29])
def test_every_day_s_credits_and_steps_add_up_to_the_period(november: Lake, lookback: int) -> None:
    told = day_by_day(november, BRAND, FIRST, LAST, lookback_days=lookback)
    whole = attribute(november, BRAND, FIRST, LAST, lookback_days=lookback).models
    for model, credits in told.credits.items():
        assert credits.shape == (30, len(told.names), 2)
        summed = dict(zip(told.names, credits.sum(axis=0)[:, 1].tolist(), strict=True))
        assert summed == pytest.approx({name: whole[model][name].value for name in told.names})
    chain = merged(told.steps)
    shared = dict(zip(chain.names, markov(chain)[:, 1].tolist(), strict=True))
    assert shared == pytest.approx({k: credit.value for k, credit in whole["markov"].items()})


def test_too_many_names_leave_the_chain_out(november: Lake) -> None:
    assert day_by_day(november, BRAND, FIRST, LAST, most_names=1).steps == ()


def test_a_period_without_orders_has_no_days_to_draw(home: Home) -> None:
    told = day_by_day(Lake(home), BRAND, FIRST, LAST)
    assert (told.names, told.steps) == ((), ())


def test_nothing_to_share_out(home: Home) -> None:
    found = attribute(Lake(home), BRAND, FIRST, LAST)
    assert found.models == {model: {} for model in MODELS}
    assert (found.totals.conversions, found.coverage, found.paths) == (0, None, [])
    assert daily_credits(Lake(home), BRAND, FIRST, LAST, model="markov") == {}


def test_only_journeys_without_an_order(home: Home) -> None:
    cast.put(home, [event("click", "11-01 10:00", visitor="v", channel="xhs")])
    found = attribute(Lake(home), BRAND, FIRST, LAST)
    assert found.totals.nulls == 1
    assert all(credit.value == 0 for model in found.models.values() for credit in model.values())


def test_an_impossible_question_is_refused(november: Lake) -> None:
    for fields in ({"by": "page"}, {"models": ("magic",)}, {"lookback_days": 0}):
        with pytest.raises(QuestionError):
            attribute(november, BRAND, FIRST, LAST, **fields)  # type: ignore[arg-type]


logs = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from(("click", "visit", "lead", "order", "refund")),
        st.integers(0, 70 * 24),
        st.sampled_from(("xhs", "weibo", "direct")),
        st.integers(0, 50_000),
    ),
    max_size=40,
)


def _event(workspace: str, row: tuple[int, str, int, str, int]) -> Event:
    person, kind, hour, channel, amount = row
    return event(
        kind,
        at("10-01 00:00") + hour * DAY // 24,
        workspace,
        visitor=f"v{person}",
        channel=channel,
        amount=amount,
        order_id=f"O-{person}-{hour // 300}" if kind in ("order", "refund") else "",
        click_id=f"c{person}-{hour // 100}" if kind != "order" else "",
    )


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(logs, min_size=8, max_size=20))
def test_credits_always_sum_to_the_worth_of_the_paths(
    brands: list[list[tuple[int, str, int, str, int]]],
) -> None:
    """Every drawn log is a workspace of one lake, which also keeps them apart."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder)).ensure()
        cast.put(home, [_event(f"w{n}", row) for n, rows in enumerate(brands) for row in rows])
        lake = Lake(home)
        for n in range(len(brands)):
            _check(lake, f"w{n}")


def _check(lake: Lake, workspace: str) -> None:
    paths = lake.ask(PathTable(workspace, 20261001, 20261231)).rows.to_pylist()
    worth = {row["order_id"]: row["value"] for row in paths}
    found = attribute(lake, workspace, 20261001, 20261231)
    assert found.totals.value == sum(worth.values())
    for model, credits in found.models.items():
        assert sum(credit.value for credit in credits.values()) == pytest.approx(
            sum(worth.values())
        ), model
    lengths = {row["order_id"]: row["length"] for row in paths}
    assert sum(lengths.values()) == len(paths)
    assert all(0 <= row["hours_before"] <= 30 * 24 for row in paths)
