"""Funnels: the rule 期内依次 by hand, and against a count that follows it person by person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.warehouse.cast import BRAND, DAY, FIRST, LAST, WALK

from shemei.warehouse.answers.asking import View
from shemei.warehouse.answers.funnels import funnel_sql
from shemei.warehouse.answers.walks import may_follow
from shemei.warehouse.catalogue import DEFAULT_FUNNEL, Step
from shemei.warehouse.computed.bench import workbench
from shemei.warehouse.computed.shelf import Manifest, Shelf
from shemei.warehouse.computed.tables import SCHEMAS
from shemei.warehouse.flows import Funnel
from shemei.warehouse.home import Home
from shemei.warehouse.questions import QuestionError, Totals
from shemei.warehouse.reading.dialects import DuckDB

if TYPE_CHECKING:
    from pathlib import Path

    from shemei.warehouse.lake import Lake


def people(lake: Lake, question: Funnel) -> list[int]:
    return [row["people"] for row in lake.ask(question).rows.to_pylist()]


def test_the_default_funnel_counts_people_who_did_the_steps_in_order(november: Lake) -> None:
    rows = november.ask(Funnel(WALK, FIRST, LAST)).rows.to_pylist()
    assert [(row["step"], row["name"], row["people"]) for row in rows] == [
        (1, "触达", 4), (2, "兴趣", 2), (3, "欲望", 2), (4, "行动", 2), (5, "分享", 1),
    ]  # fmt: skip
    assert [row["of_first"] for row in rows] == [1, 0.5, 0.5, 0.5, 0.25]
    assert [row["of_before"] for row in rows] == [None, 0.5, 1, 1, 0.5]


def test_half_of_those_who_took_a_step_needed_at_most_the_median(november: Lake) -> None:
    rows = november.ask(Funnel(WALK, FIRST, LAST)).rows.to_pylist()
    minutes = [row["median_hours"] and row["median_hours"] * 60 for row in rows]
    assert minutes == [None, 5, 60, 24 * 60, 24 * 60]


def test_the_start_that_leads_furthest_within_the_days_counts(november: Lake) -> None:
    assert people(november, Funnel(WALK, FIRST, LAST, within_days=9)) == [4, 2, 2, 1, 1]
    assert people(november, Funnel(WALK, FIRST, LAST, within_days=10)) == [4, 2, 2, 2, 1]
    by = Funnel(WALK, FIRST, LAST, by=("channel",), within_days=10)
    rows = november.ask(by).rows.to_pylist()
    assert {(r["channel"], r["step"]): r["people"] for r in rows if r["people"]} == {
        ("xhs", 1): 2, ("xhs", 2): 1, ("xhs", 3): 1, ("xhs", 4): 1, ("xhs", 5): 1,
        ("weibo", 1): 1, ("weibo", 2): 1, ("weibo", 3): 1, ("weibo", 4): 1,
        ("search", 1): 1,
    }  # fmt: skip
    whole = november.ask(Funnel(WALK, FIRST, LAST, by=("channel",))).rows.to_pylist()
    first = {row["channel"]: row["people"] for row in whole if row["step"] == 1}
    assert first == {"xhs": 2, "douyin": 1, "search": 1}, "乙's first coming led as far"


def test_only_the_first_step_is_filtered(november: Lake) -> None:
    assert people(november, Funnel(WALK, FIRST, LAST, where=(("channel", "xhs"),))) == [
        2, 1, 1, 1, 1,
    ]  # fmt: skip
    either = (("channel", "weibo"), ("channel", "search"))
    assert people(november, Funnel(WALK, FIRST, LAST, where=either)) == [3, 2, 1, 1, 0]


def test_steps_of_ones_own(november: Lake) -> None:
    click_then_order = (Step("点击", ("click",)), Step("下单", ("order",)))
    assert people(november, Funnel(BRAND, FIRST, LAST, click_then_order)) == [2, 1]
    twice = (Step("下单", ("order",)), Step("再下单", ("order",)))
    assert people(november, Funnel(BRAND, FIRST, LAST, twice)) == [5, 1]
    cart = Step("加购", ("custom",), ("add_to_cart",))
    assert people(november, Funnel(WALK, FIRST, LAST, (cart,))) == [1]
    nasty = Step("x", ("custom",), ("' OR '1'='1",))
    assert people(november, Funnel(WALK, FIRST, LAST, (nasty,))) == [0]


def test_an_empty_house_has_a_funnel_of_nobody(home: Home) -> None:
    from shemei.warehouse.lake import Lake

    assert people(Lake(home), Funnel(WALK, FIRST, LAST)) == [0] * 5
    assert people(Lake(home), Funnel(WALK, FIRST, LAST, by=("channel",))) == []


@pytest.mark.parametrize(
    "question",
    [
        Funnel(WALK, FIRST, LAST, ()),
        Funnel(WALK, FIRST, LAST, DEFAULT_FUNNEL * 2),
        Funnel(WALK, FIRST, LAST, (Step("空", ()),)),
        Funnel(WALK, FIRST, LAST, (Step("花", ("spend",)),)),
        Funnel(WALK, FIRST, LAST, (Step("飞", ("fly",)),)),
        Funnel(WALK, FIRST, LAST, by=("suspect",)),
        Funnel(WALK, FIRST, LAST, where=(("visitor", "x"),)),
        Funnel(WALK, FIRST, LAST, within_days=-1),
    ],
)
def test_a_funnel_that_makes_no_sense_is_refused(november: Lake, question: Funnel) -> None:
    with pytest.raises(QuestionError):
        november.ask(question)


def test_buyers_are_the_customers_of_the_period(november: Lake) -> None:
    order = (Step("下单", ("order",)),)
    totals = november.ask(Totals(WALK, FIRST, LAST, ("new_customers",))).rows.to_pylist()
    assert people(november, Funnel(WALK, FIRST, LAST, order)) == [totals[0]["new_customers"]]


STEPS = (
    Step("a", ("click", "visit")),
    Step("b", ("view", "engage")),
    Step("c", ("order",)),
    Step("d", ("engage", "invite"), ("", "share")),
)
_deed = st.tuples(
    st.integers(1, 4),
    st.integers(0, 12),
    st.sampled_from(
        [("click", ""), ("visit", ""), ("view", ""), ("engage", "like"), ("engage", "share"),
         ("order", ""), ("invite", "")]
    ),
    st.sampled_from(["xhs", "weibo"]),
)  # fmt: skip


SHARING = (
    Step("a", ("visit", "view", "engage")),
    Step("b", ("engage", "order")),
    Step("c", ("order",)),
    Step("d", ("view", "engage"), ("", "share")),
)
"""Steps where one event may be either of two that follow each other."""


@given(
    st.lists(_deed, max_size=25),
    st.integers(0, 3),
    st.integers(1, 4),
    st.sampled_from([STEPS, SHARING]),
)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_the_query_follows_the_rule_person_by_person(
    tmp_path_factory: pytest.TempPathFactory,
    deeds: list[Any],
    days: int,
    count: int,
    steps: tuple[Step, ...],
) -> None:
    question = Funnel(WALK, FIRST, LAST, steps[:count], by=("channel",), within_days=days)
    found = _asked(tmp_path_factory.mktemp("walks"), deeds, question)
    assert found == _followed(deeds, question)
    for channel in ("xhs", "weibo"):
        line = [found.get((channel, step), (0, 0))[0] for step in range(1, count + 1)]
        assert line == sorted(line, reverse=True), "nobody joins half-way"


def test_which_steps_may_be_followed() -> None:
    assert may_follow(STEPS)
    assert not may_follow(SHARING)
    assert not may_follow((Step("a", ("engage",)), Step("b", ("engage",), ("share",))))
    assert may_follow((Step("a", ("engage",), ("like",)), Step("b", ("engage",), ("share",))))


@pytest.mark.slow
@given(st.lists(_deed, max_size=25), st.integers(0, 3), st.integers(1, 4))
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_following_and_trying_every_start_agree(
    tmp_path_factory: pytest.TempPathFactory, deeds: list[Any], days: int, count: int
) -> None:
    """With a filter on the first step, by two dimensions and undivided."""
    for by, where in (((), ()), (("channel", "campaign"), (("channel", "xhs"),))):
        question = Funnel(WALK, FIRST, LAST, STEPS[:count], by=by, where=where, within_days=days)
        folder = tmp_path_factory.mktemp("both")
        quick = _lines(folder, deeds, question)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("shemei.warehouse.answers.walks.may_follow", lambda steps: False)
            assert _lines(folder, deeds, question) == quick


def _asked(
    folder: Path, deeds: list[Any], question: Funnel
) -> dict[tuple[str, int], tuple[int, int]]:
    lines = _lines(folder, deeds, question)
    return {
        (r["channel"], r["step"]): (r["people"], int(r["median"])) for r in lines if r["people"]
    }


def _lines(folder: Path, deeds: list[Any], question: Funnel) -> list[dict[str, Any]]:
    """Ask the query over files that hold just these deeds: half days as time, persons as browsers."""
    rows: dict[str, list[dict[str, Any]]] = {"acts": [], "orders": []}
    for person, half, (kind, action), channel in deeds:
        row = {"person": person, "visitor_key": person, "ts": half * DAY // 2, "kind": kind,
               "action": action, "channel": channel, "workspace": WALK, "day": FIRST,
               "campaign": f"c{half % 2}"}  # fmt: skip
        rows["orders" if kind == "order" else "acts"].append(row)
    files = {}
    for name, some in rows.items():
        schema = SCHEMAS[name]
        filled = [{f.name: "" if f.type == pa.string() else 0 for f in schema} | r for r in some]
        table = pa.Table.from_pylist([{n: r[n] for n in schema.names} for r in filled], schema)
        pq.write_table(table, folder / f"{name}.parquet")
        files[f"{name}/all"] = f"{name}.parquet"
    view = View(str(folder), Manifest(files=files), DuckDB())
    home = Home(folder / "home").ensure()
    with workbench(home, Shelf(home), Manifest()) as bench:
        answer = bench.arrow(funnel_sql(view, question)).to_pylist()
    return sorted(answer, key=lambda row: [str(value) for value in row.values()])


def _followed(deeds: list[Any], question: Funnel) -> dict[tuple[str, int], tuple[int, int]]:
    waits: dict[tuple[str, int], list[int]] = {}
    for person in {deed[0] for deed in deeds}:
        line = sorted(
            ((h * DAY // 2, k, a, c) for p, h, (k, a), c in deeds if p == person),
            key=lambda row: (row[0], [not _is(step, row) for step in question.steps], row[3]),
        )
        ways = [way for start in range(len(line)) if (way := _way(line, start, question))]
        if not ways:
            continue
        longest = [way for way in ways if len(way[1]) == max(len(times) for _, times in ways)]
        channel, best = min(longest, key=lambda way: (way[1][0], way[0]))
        for step, ts in enumerate(best, 1):
            before = best[step - 2] if step > 1 else ts
            waits.setdefault((channel, step), []).append(ts - before)
    return {key: (len(some), sorted(some)[(len(some) + 1) // 2 - 1]) for key, some in waits.items()}


def _way(line: list[Any], start: int, question: Funnel) -> tuple[str, list[int]] | None:
    if line[start][1] not in question.steps[0].kinds:
        return None
    times, limit, at = [line[start][0]], question.within_days * DAY, start
    for step in question.steps[1:]:
        at = next((n for n in range(at + 1, len(line)) if _is(step, line[n])), -1)
        if at < 0 or (limit and line[at][0] - times[0] > limit):
            break
        times.append(line[at][0])
    return line[start][3], times


def _is(step: Step, row: Any) -> bool:
    return row[1] in step.kinds and (not step.actions or row[2] in step.actions)
