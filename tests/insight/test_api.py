"""Figures for programs: the same numbers as on the boards, with what stands behind them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django_scopes import scope
from tests.insight.programs import Program, figures
from tests.warehouse import cast

from shemei.apps.accounts.models import ApiKey
from shemei.apps.insight import api, api_answers
from shemei.kernel.periods import Period
from shemei.kernel.permissions import Permission
from shemei.kernel.throttle import AtOnce

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


@pytest.fixture
def program(told: World) -> Program:
    return Program(told.owner, [Permission.VIEW])


def test_the_catalogue_is_paged(program: Program) -> None:
    first = program.get("metrics", limit=5).json()
    assert len(first["metrics"]) == 5 and first["next_offset"] == 5
    rest = program.get("metrics", limit=500, offset=5).json()
    assert rest["next_offset"] is None
    keys = [row["key"] for row in first["metrics"] + rest["metrics"]]
    assert len(set(keys)) == first["total"] and "cvr" in keys


def test_totals_and_series_add_up(program: Program) -> None:
    whole = program.get("totals", metrics="orders,clicks").json()
    assert (whole["total"], whole["exact"]) == (1, True)
    split = program.get("totals", metrics="orders,clicks", by="channel").json()
    days = program.get("series", metrics="orders,clicks").json()
    for rows in (split["rows"], days["rows"]):
        for metric in ("orders", "clicks"):
            assert (
                sum(figures(row)[metric] for row in rows) == figures(whole["rows"][0])[metric] > 0
            )
    assert days["rows"][0]["day"] == "2026-11-01" and len(days["rows"]) == 30


def test_a_share_says_of_how_many_and_how_sure(program: Program) -> None:
    row = program.get("totals", metrics="cvr").json()["rows"][0]["figures"][0]
    clicks = program.get("totals", metrics="clicks").json()["rows"][0]["figures"][0]["value"]
    assert row["n"] == clicks
    if row["value"] <= 1:
        assert row["low"] <= row["value"] <= row["high"]


def test_credits_sum_to_the_traced_and_carry_their_band(program: Program) -> None:
    for model in ("markov", "last", "shapley"):
        answer = program.get("attribution", model=model).json()
        assert (answer["model"], answer["n"]) == (model, 5)
        rows = [figures(row) for row in answer["rows"]]
        assert sum(row["value"] for row in rows) == pytest.approx(85_000)
        assert sum(row["share"] for row in rows) == pytest.approx(1)
        bands = [
            each for row in answer["rows"] for each in row["figures"] if each["metric"] == "share"
        ]
        assert any(band["low"] < band["high"] for band in bands if band["low"] is not None)


def test_funnel_and_retention_tell_people(program: Program) -> None:
    funnel = program.get("funnel").json()["rows"]
    people = [figures(row)["people"] for row in funnel]
    assert people == sorted(people, reverse=True) and people[0] > 0
    kept = program.get("retention", start="visit", back="order").json()["rows"]
    assert kept and all(0 <= figures(row)["share"] <= 1 for row in kept)


def test_spreading_tells_hands_or_pages(program: Program, home: Home, told: World) -> None:
    own = [replace(one, workspace=told.brand.key) for one in cast.passed_on()]
    cast.put(home, own, stream="passed")
    by_hand = program.get("spreading").json()["rows"]
    assert [row["keys"] for row in by_hand] == [{"depth": str(n)} for n in range(4)]
    pages = program.get("spreading", by="page").json()
    assert pages["exact"] and [row["keys"] for row in pages["rows"]] == [
        {"page": "/quiz"},
        {"page": "/"},
    ]
    assert figures(pages["rows"][0]) == {
        "visits": 3, "visitors": 2, "sharers": 3, "share_depth": 2, "furthest": 3,
    }  # fmt: skip
    units = {each["metric"]: each["unit"] for each in pages["rows"][0]["figures"]}
    assert (units["sharers"], units["share_depth"], units["furthest"]) == (
        "people",
        "times",
        "count",
    )
    assert program.get("spreading", by="colour").status_code == 422


def test_every_number_says_its_unit(program: Program) -> None:
    catalogue = program.get("metrics", limit=500).json()["metrics"]
    told = {row["key"]: row["unit"] for row in catalogue}
    assert (told["revenue"], told["cac"], told["roi"]) == ("fen", "fen", "times")
    assert "money" not in told.values()
    asked = {
        "totals": {"metrics": "revenue,orders,cvr,cac"},
        "series": {"metrics": "revenue,visitors"},
        "attribution": {},
        "funnel": {},
        "retention": {"start": "visit"},
        "spreading": {},
    }
    named = {"conversions": "count", "value": "fen", "share": "ratio", "people": "people"}
    named |= {"sharers": "people", "ads": "fen", "returned": "times"}
    named |= {"of_first": "ratio", "median_hours": "hours", "complete": "flag"}
    for name, query in asked.items():
        rows = program.get(name, **query).json()["rows"]
        units = {each["metric"]: each["unit"] for row in rows for each in row["figures"]}
        assert units and units == {key: (told | named)[key] for key in units}
    whole = program.get("totals", metrics="revenue").json()["rows"][0]
    assert figures(whole)["revenue"] >= 85_000


@pytest.mark.parametrize(
    ("key", "near"), [("order", "orders"), ("revenu", "revenue"), ("zzzz", None)]
)
def test_an_unknown_metric_names_the_nearest_and_the_catalogue(
    program: Program, key: str, near: str | None
) -> None:
    told = program.get("totals", metrics=f"clicks,{key}").json()
    assert told["detail"].startswith(f"没有指标 {key}。")
    assert "/api/v1/figures/metrics" in told["detail"]
    assert (f"是不是要 {near}" in told["detail"]) if near else ("是不是" not in told["detail"])
    assert told["errors"] == [
        {"where": "query.metrics", "message": told["detail"], "code": "not_one_of"}
    ]


@pytest.mark.parametrize(
    ("name", "query", "where", "code", "message"),
    [
        ("attribution", {"by": "chanel"}, "query.by", "not_one_of", "没有「chanel」。是不是要 channel？"),
        ("totals", {"metrics": "orders", "by": "colour"}, "query.by", "not_one_of", "没有「colour」。可以是 "),
        ("funnel", {"by": "region"}, "query.by", "not_one_of", "没有「region」。"),
        ("retention", {"grain": "day"}, "query.grain", "not_one_of", "没有「day」。可以是 week、month"),
        ("attribution", {"limit": "501"}, "query.limit", "too_large", "太大，最多是 500"),
        ("funnel", {"offset": "x"}, "query.offset", "not_an_integer", "不是整数"),
        ("funnel", {"from": "1.11."}, "query.from", "not_a_date", "不是日期，写成 2026-11-11"),
        ("funnel", {"from": "2026-12-01"}, "query", "invalid", "from 到 to 是 1 至 731 天"),
        ("totals", {}, "query.metrics", "missing", "缺这一项"),
        ("totals", {"metrics": ","}, "query.metrics", "too_few", "要 1 至 12 个指标。"),
        ("totals", {"metrics": "cvr,visitors", "by": "promo_code"}, "query.by", "invalid", "visitors（"),
    ],
)  # fmt: skip
def test_a_refusal_has_a_word_for_programs_and_one_for_people(
    program: Program, name: str, query: dict[str, str], where: str, code: str, message: str
) -> None:
    answer = program.get(name, **query)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    (told,) = answer.json()["errors"]
    assert (told["where"], told["code"]) == (where, code)
    assert told["message"].startswith(message)


def test_an_unchanged_answer_is_not_sent_again(program: Program) -> None:
    first = program.get("totals", metrics="orders")
    assert first["Cache-Control"] == "private, max-age=60" and first["Vary"] == "Authorization"
    again = program.get("totals", {"If-None-Match": first["ETag"]}, metrics="orders")
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    other = program.get("totals", {"If-None-Match": first["ETag"]}, metrics="clicks")
    assert other.status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        {"metrics": "nothing"},
        {"metrics": ""},
        {"metrics": "orders", "by": "colour"},
        {"metrics": "orders", "from": "2026-12-01"},
        {"metrics": "orders", "from": "2020-01-01"},
        {"metrics": "orders", "limit": "0"},
    ],
)
def test_what_cannot_be_asked_is_said(program: Program, query: dict[str, str]) -> None:
    answer = program.get("totals", **query)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json" and answer.json()["errors"]


def test_a_key_without_the_right_sees_nothing(told: World) -> None:
    refused = Program(told.owner, [Permission.EXPORT]).get("metrics")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert "看看板与数据" in refused.json()["detail"]
    unknown = Client().get("/api/v1/figures/metrics")
    assert (unknown.status_code, unknown.json()["code"]) == (401, "no_key")


def test_the_brand_next_door_sees_its_own(told: World) -> None:
    theirs = Program(told.stranger, [Permission.VIEW])
    answer = theirs.get("attribution").json()
    assert answer["n"] != 5


def test_only_the_page_asked_for_is_made(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    made, figure = [], api_answers._figure
    monkeypatch.setattr(
        api_answers, "_figure", lambda metric, row: made.append(1) or figure(metric, row)
    )
    for name in ("totals", "series"):
        answer = program.get(name, metrics="clicks,orders", by="channel", limit=2, offset=1).json()
        assert len(answer["rows"]) == 2 and answer["total"] > 3
    assert len(made) == 2 * 2 * 2


def test_an_answer_knows_how_many_and_makes_one_piece() -> None:
    asked: list[tuple[int, int]] = []
    made = [api_answers.RowOut(name=str(n), figures=[]) for n in range(3)]
    found = api_answers.Found(
        Period(date(2026, 11, 1), date(2026, 11, 30)), 9,
        lambda start, stop: asked.append((start, stop)) or made,
    )  # fmt: skip
    answer = found.page(4, 3)
    assert (asked, answer.total, answer.next_offset) == ([(4, 7)], 9, 7)
    assert [row.name for row in answer.rows] == ["0", "1", "2"]
    assert found.page(6, 3).next_offset is None


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("series", {"metrics": "cvr,clicks", "by": "channel"}),
        ("totals", {"metrics": "cvr", "by": "channel"}),
        ("attribution", {"by": "channel"}),
        ("funnel", {"by": "channel"}),
        ("retention", {}),
    ],
)
def test_pages_are_pieces_of_one_whole(program: Program, name: str, query: dict[str, str]) -> None:
    whole = program.get(name, limit=500, **query).json()["rows"]
    cut = [
        program.get(name, limit=2, offset=n, **query).json()["rows"]
        for n in range(0, len(whole), 2)
    ]
    assert whole and [row for piece in cut for row in piece] == whole


def test_one_key_does_not_take_the_whole_machine(
    program: Program, told: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking, other = AtOnce(most=1, patience=0), Program(told.stranger, [Permission.VIEW])
    monkeypatch.setattr(api, "ASKING", asking)
    with scope(workspace=told.brand):
        mine = str(ApiKey.objects.get().actor.id)
    with asking.one(mine) as came:
        refused, theirs = (one.get("totals", metrics="orders") for one in (program, other))
        catalogue = program.get("metrics")
    assert came and (refused.status_code, refused["Retry-After"]) == (429, "5")
    assert refused.json()["code"] == "too_many" and theirs.status_code == 200
    assert catalogue.status_code == 200, "a constant is no question"
    assert program.get("totals", metrics="orders").status_code == 200, "the turn is given back"
