"""Paths as a file for spreadsheets: one line per touch, keys for programs and names for people beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from shemei.apps.insight.attribution.paths import OrderPath
from shemei.apps.insight.queries import DIMENSIONS, Board
from shemei.apps.insight.reports.files import about
from shemei.kernel.lists import Column, Table, Tables
from shemei.warehouse.vocabulary import SHANGHAI, from_ts

FORM = "%Y-%m-%d %H:%M:%S"
Names = Mapping[str, Mapping[str, str]]
"""Dimension → key → what people call it."""


@dataclass(frozen=True, slots=True)
class TouchRow:
    """The ``n``-th touch of an order's path; ``keys`` and ``names`` are in the order of the dimensions."""

    path: OrderPath
    n: int
    hours: float
    keys: tuple[str, ...]
    names: tuple[str, ...]


def _paid(row: TouchRow, *, utc: bool) -> str:
    paid = from_ts(row.path.paid_ts)
    return (paid if utc else paid.astimezone(SHANGHAI)).strftime(FORM)


def _dimension(at: int, name: str) -> tuple[Column, Column]:
    return (
        Column(f"key{at}", f"{name}编号", lambda row: row.keys[at], "code"),
        Column(f"name{at}", name, lambda row: row.names[at]),
    )


COLUMNS = (
    Column("number", "订单号", lambda row: row.path.order_id, "code"),
    Column("paid", "付款时间（北京）", lambda row: _paid(row, utc=False)),
    Column("paid_utc", "付款时间（UTC）", lambda row: _paid(row, utc=True)),
    Column("value", "成交额", lambda row: row.path.value, "money", unit="元，已减退款"),
    Column("n", "第几次触达", lambda row: row.n, "num"),
    Column("length", "共几次", lambda row: len(row.path.channels), "num"),
    Column("hours", "距付款小时", lambda row: row.hours, "num"),
    *(one for at, name in enumerate(DIMENSIONS.values()) for one in _dimension(at, name)),
)


def names_in(board: Board, found: Sequence[OrderPath]) -> Names:
    """The names of everything that was touched; what bears no key has no name either."""
    told = {}
    for by in DIMENSIONS:
        keys = {key for path in found for key in path.keys(by) if key}
        told[by] = {key: one.name for key, one in board.named(by, keys).items()}
    return told


def touches(found: Iterable[OrderPath], names: Names) -> Iterator[TouchRow]:
    """Paths as their touches, one after another."""
    for path in found:
        lines = zip(*(path.keys(by) for by in DIMENSIONS), strict=True)
        for n, (hours, keys) in enumerate(zip(path.hours, lines, strict=True), start=1):
            pairs = zip(DIMENSIONS, keys, strict=True)
            named = tuple(names.get(by, {}).get(key, "") for by, key in pairs)
            yield TouchRow(path, n, hours, keys, named)


def tables_of(board: Board, found: Sequence[OrderPath]) -> Tables:
    """The paths of a page as the one table of its file."""

    def rows() -> list[TouchRow]:
        return list(touches(found, names_in(board, found)))

    lookback = f"一行一次触达；付款前 {board.workspace.lookback_days} 天内的触达，可疑的不算"
    table = Table("paths", "成交路径", COLUMNS, rows, some=bool(found))
    return Tables("成交路径", (table,), about(board, lookback))
