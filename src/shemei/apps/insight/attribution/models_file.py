"""The seven models beside one another as a file: every name, not only those the page has room for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from shemei.apps.insight.attribution.against_truth import scaled
from shemei.apps.insight.queries import model_table, other_says
from shemei.apps.insight.reports.files import about, split_columns
from shemei.apps.insight.rules import reading
from shemei.kernel.figures import MODEL_NAMES
from shemei.kernel.lists import Column, Table, Tables
from shemei.kernel.lists.declared import Kind

if TYPE_CHECKING:
    from shemei.apps.insight.attribution.page import AttributionPage
    from shemei.engines.resampling import Band

MEASURES: dict[str, tuple[str, Kind]] = {
    "value": ("成交额", "money"),
    "conversions": ("订单数", "num"),
    "share": ("占比", "ratio"),
}
SAYS = (
    "七个模型分的是同一个总数，每一列相加都是它，列与列不相加；马尔可夫与沙普利为精确解，不是抽样"
)
BANDS = "95% 区间由按日重抽 500 次得到，总额的起落也算在内"
TRUTH = "模拟真值只有示例公司有"


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One name with what each model gives it."""

    name: str
    platform: str
    figures: dict[str, float]
    truth: float | None
    band: Band | None
    reading: str


def tables_of(page: AttributionPage) -> Tables:
    """A table for each measure, the one that the page shows first; every name stands in each."""
    shown = (page.column, *(key for key in MEASURES if key != page.column))
    tables = tuple(
        Table(
            name, MEASURES[name][0], _columns(page, name), partial(rows_of, page, name),
            (BANDS,) if name == "value" and page.bands else (), some=bool(page.table),
        )
        for name in shown
    )  # fmt: skip
    board = page.board
    credited = f"归因按七种模型，回看 {board.workspace.lookback_days} 天，已减退款；品牌用的是{MODEL_NAMES[board.model]}"
    truth = TRUTH if page.trial else ""
    other = other_says(page.by, page.table)
    return Tables("归因模型对比", tables, about(board, credited, SAYS, truth, other))


def _columns(page: AttributionPage, measure: str) -> tuple[Column, ...]:
    kind = MEASURES[measure][1]
    return (
        *split_columns(page.by),
        *(_model(key, name, kind) for key, name in page.models),
        *((Column("truth", "模拟真值", lambda row: row.truth, kind),) if page.trial else ()),
        *(_bands(MODEL_NAMES[page.board.model]) if measure == "value" and page.bands else ()),
        Column("reading", "判读", lambda row: row.reading),
    )


def _model(key: str, name: str, kind: Kind) -> Column:
    return Column(key, name, lambda row: row.figures.get(key, 0.0), kind)


def _bands(model: str) -> Iterable[Column]:
    yield Column("low", f"{model} 95% 下限", lambda row: row.band and row.band.low, "money")
    yield Column("high", f"{model} 95% 上限", lambda row: row.band and row.band.high, "money")


def rows_of(page: AttributionPage, measure: str) -> list[ModelRow]:
    """Every name that any model gives something, the most by the chosen model first."""
    table, chosen = model_table(page.answer, measure), page.board.model
    some = [key for key, row in table.items() if any(row.values())]
    ranked = sorted(some, key=lambda key: (-table[key].get(chosen, 0.0), key))
    names = page.board.named(page.by, ranked)
    whole = sum(row.get(chosen, 0.0) for row in table.values())
    return [
        ModelRow(
            names[key].name, names[key].platform, table[key],
            scaled(page.trial.truth, key, whole) if page.trial else None,
            page.bands.get(key) if measure == "value" else None,
            reading(table[key]) if key in page.in_paths else "不在成交路径里",
        )
        for key in ranked
    ]  # fmt: skip
