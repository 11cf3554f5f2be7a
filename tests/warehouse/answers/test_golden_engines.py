"""Written once, run anywhere: every question gives the same rows on every engine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.warehouse import cast
from tests.warehouse.cast import BRAND, FIRST, LAST, RIVAL, WALK

from shemei.warehouse.answers.visitors import sampled_sql
from shemei.warehouse.attribution import attribute, daily_credits
from shemei.warehouse.catalogue import METRICS, Step
from shemei.warehouse.flows import Funnel, LagPercents, Lags, Retention, ShareDepths, SharedPages
from shemei.warehouse.home import Home
from shemei.warehouse.lake import Lake
from shemei.warehouse.log.tombstones import Tombstone, exclude
from shemei.warehouse.questions import (
    Extent,
    Journey,
    Orders,
    PathTable,
    People,
    Question,
    RefundParts,
    Refunds,
    Rows,
    Series,
    Totals,
    Visitors,
)
from shemei.warehouse.reading.readers import EngineMissing

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.engines,
    pytest.mark.filterwarnings("ignore::Warning"),  # those of the engines' own Python sides
]

IN_LOG = tuple(key for key, metric in METRICS.items() if metric.in_log)
NO_PEOPLE = tuple(key for key in IN_LOG if not METRICS[key].people)
EITHER = (("channel", "xhs"), ("channel", "wechat"))
NASTY = "x\\' OR '1'='1\\"
DECEMBER = 20261231

GOLDEN: dict[str, Question] = {
    "totals": Totals(BRAND, FIRST, LAST, IN_LOG),
    "totals by": Totals(BRAND, FIRST, LAST, NO_PEOPLE, ("channel", "promo_code"), (), True),
    "totals of ratios": Totals(BRAND, FIRST, LAST, ("roi", "aov", "cvr"), by=("channel",)),
    "totals where": Totals(BRAND, FIRST, LAST, ("clicks", "visitors"), where=EITHER),
    "totals by reason": Totals(BRAND, FIRST, LAST, ("clicks",), ("suspect",), (), True),
    "nothing": Totals(BRAND, 20250101, 20250131, IN_LOG),
    "nobody": Totals(NASTY, FIRST, LAST, IN_LOG, by=("channel",)),
    "nasty": Totals(BRAND, FIRST, LAST, ("clicks",), where=(("channel", NASTY),)),
    "days": Series(BRAND, FIRST, LAST, IN_LOG),
    "weeks by": Series(BRAND, FIRST, LAST, NO_PEOPLE, "week", by=("content",)),
    "extent": Extent(BRAND, FIRST, LAST),
    "extent of orders": Extent(BRAND, FIRST, DECEMBER, of="orders", include_suspect=True),
    "extent of clicks": Extent(BRAND, FIRST, LAST, of="clicks", where=EITHER),
    "extent of nothing": Extent(BRAND, 20250101, 20250131),
    "extent of nobody": Extent(NASTY, FIRST, LAST, of="spend"),
    "visitors": Visitors(BRAND, FIRST, LAST),
    "visitors by": Visitors(BRAND, FIRST, LAST, by=("link",), include_suspect=True),
    "rows": Rows(BRAND, FIRST, LAST, limit=1000, include_suspect=True),
    "rows of kinds": Rows(BRAND, FIRST, LAST, kinds=("order", "click"), limit=3, offset=2),
    "rows passed on": Rows("friends", FIRST, LAST, share_depth=0, limit=1000),
    "rows of a hand": Rows(BRAND, FIRST, LAST, share_depth=2, include_suspect=True),
    "rows of people": Rows(BRAND, FIRST, LAST, of_people=True, limit=1000),
    "rows of nothing": Rows(BRAND, 20250101, 20250131),
    "orders": Orders(BRAND, FIRST, LAST, limit=1000, include_suspect=True),
    "orders of a channel": Orders(BRAND, FIRST, LAST, where=EITHER, limit=2, offset=1),
    "orders of people": Orders(BRAND, FIRST, LAST, of_people=True, limit=1000),
    "refunds": Refunds(BRAND, FIRST, LAST),
    "refunds of a later day": Refunds(BRAND, 20261106, 20261106),
    "refunds recounted": Refunds("crowd", FIRST, LAST),
    "refunds of a part": Refunds(BRAND, 20261106, 20261106, parts=("later", "own"), limit=1),
    "refund parts": RefundParts(BRAND, 20261106, 20261106),
    "refund parts, recounted": RefundParts("crowd", FIRST, LAST),
    "refund parts of nobody": RefundParts(NASTY, FIRST, LAST),
    "orders of which more came back": Orders("crowd", FIRST, LAST, over=True),
    "refunds of nobody": Refunds(NASTY, FIRST, LAST),
    "journey": Journey(BRAND, FIRST, LAST, order_id="NO-1"),
    "journey of nobody": Journey(BRAND, FIRST, LAST, order_id=NASTY),
    "people": People(BRAND, FIRST, LAST, limit=1000),
    "people by worth": People(BRAND, FIRST, LAST, order="value", bought="yes", limit=2, offset=1),
    "people found": People(BRAND, FIRST, LAST, search="NO-4"),
    "people not found": People(BRAND, FIRST, LAST, search=NASTY),
    "paths": PathTable(BRAND, FIRST, LAST, untracked=True),
    "paths, short": PathTable(BRAND, FIRST, LAST, lookback_days=1, where=EITHER),
    "funnel": Funnel(WALK, FIRST, LAST),
    "funnel by": Funnel(WALK, FIRST, LAST, by=("channel", "campaign"), within_days=10),
    "funnel where": Funnel(WALK, FIRST, LAST, where=EITHER),
    "funnel of orders": Funnel(BRAND, FIRST, LAST, (Step("a", ("order",)), Step("b", ("order",)))),
    "funnel of one step": Funnel(BRAND, FIRST, LAST, (Step("a", ("click", "custom"), ("", NASTY)),)),
    "retention": Retention(WALK, FIRST, DECEMBER),
    "retention of visits": Retention(WALK, FIRST, DECEMBER, "visit", "visit"),
    "retention by month": Retention(WALK, FIRST, DECEMBER, "visit", "order", "month"),
    "buyers who come": Retention(WALK, FIRST, DECEMBER, "order", "visit"),
    "share depths": ShareDepths(BRAND, FIRST, LAST),
    "share depths where": ShareDepths(BRAND, FIRST, LAST, EITHER, include_suspect=True),
    "shares of nobody": ShareDepths(NASTY, FIRST, LAST),
    "shared pages": SharedPages(BRAND, FIRST, LAST),
    "shared pages, one": SharedPages(BRAND, FIRST, LAST, EITHER, most=1, include_suspect=True),
    "shared pages, many": SharedPages("friends", FIRST, LAST, most=4),
    "shared pages of nobody": SharedPages(NASTY, FIRST, LAST),
    "lags": Lags(BRAND, FIRST, LAST),
    "lags by": Lags(BRAND, FIRST, LAST, of="touches", by=("channel",), lookback_days=90),
    "lag percents": LagPercents(BRAND, FIRST, LAST),
    "lag percents by": LagPercents(BRAND, FIRST, LAST, (10, 50), ("channel",), EITHER),
}  # fmt: skip


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The small log, one batch of it undone: in the log, and in no answer."""
    path: Path = tmp_path_factory.mktemp("golden") / "home"
    home = Home(path).ensure()
    undone = [replace(one, batch="b-1") for one in cast.fanfan()]
    exclude(home, Tombstone("b-1", BRAND, FIRST, LAST))
    crowd = [
        cast.event(
            "visit", "11-02 10:00", "crowd", visitor=f"v-{n}", channel="xhs" if n % 3 else ""
        )
        for n in range(300)
    ]
    friends = [
        cast.came(
            "11-03 10:00", f"v-{n % 29}", cast.HANDS[n % 3], 1 + n % 5,
            workspace="friends", page=f"/页-{n % 11}" if n % 12 else "",
        )
        for n in range(200)
    ]  # fmt: skip
    again = {"workspace": "crowd", "action": "recount", "quantity": 0}
    crowd += [
        cast.event("refund", "11-14 10:00", "crowd", order_id="X", amount=n) for n in (30, 40)
    ]
    crowd.append(cast.event("order", "11-13 10:00", "crowd", order_id="X", amount=60))
    crowd.append(cast.event("refund", "11-14 10:00", order_id="X", amount=-5, **again))
    crowd.append(cast.event("refund", "11-15 10:00", order_id="X", amount=7, **again))
    crowd.append(cast.event("order", "11-13 10:00", visitor="v-1", amount=3_000, source="tag"))
    cast.put(
        home,
        [
            *cast.everybody(),
            *cast.rivals(),
            *cast.walkers(),
            *undone,
            *crowd,
            *friends,
            *cast.passed_on(),
        ],
    )
    return home


@pytest.fixture(scope="module", params=["clickhouse", "spark"])
def other(request: pytest.FixtureRequest, golden: Home) -> Lake:
    lake = Lake(golden, request.param)
    try:
        assert lake.engine
    except EngineMissing as missing:
        pytest.skip(str(missing))
    return lake


@pytest.mark.parametrize("name", GOLDEN)
def test_every_engine_gives_the_same_rows(golden: Home, other: Lake, name: str) -> None:
    expected = Lake(golden).ask(GOLDEN[name]).rows
    found = other.ask(GOLDEN[name]).rows
    assert found.column_names == expected.column_names
    assert rounded(found.to_pylist()) == rounded(expected.to_pylist())


@pytest.mark.parametrize("lookback", [1, 30])
@pytest.mark.parametrize("workspace", [BRAND, RIVAL])
def test_every_engine_credits_alike(
    golden: Home, other: Lake, workspace: str, lookback: int
) -> None:
    span = (workspace, FIRST, LAST)
    expected = attribute(Lake(golden), *span, lookback_days=lookback)
    found = attribute(other, *span, lookback_days=lookback)
    assert found.totals == expected.totals
    assert found.paths == expected.paths
    assert found.untracked == expected.untracked
    for model, credits in expected.models.items():
        assert found.models[model].keys() == credits.keys()
        for channel, credit in credits.items():
            assert found.models[model][channel].value == pytest.approx(credit.value, rel=1e-9)
    assert daily_credits(other, *span) == daily_credits(Lake(golden), *span)


def test_every_engine_estimates_alike(golden: Home, other: Lake) -> None:
    question = Visitors("crowd", FIRST, LAST, by=("channel",))
    expected = Lake(golden).engine.read(lambda view: sampled_sql(view, question, question.by))
    found = other.engine.read(lambda view: sampled_sql(view, question, question.by))
    assert found.to_pylist() == expected.to_pylist()
    assert found.num_rows == 2


def test_every_question_is_asked_here() -> None:
    asked = {type(question).__name__ for question in GOLDEN.values()}
    assert asked == {kind.__name__ for kind in Question.__subclasses__()}


def rounded(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with floats as nine digits, which is what engines agree on."""
    return [
        {k: float(f"{v:.9g}") if isinstance(v, float) else v for k, v in row.items()}
        for row in rows
    ]
