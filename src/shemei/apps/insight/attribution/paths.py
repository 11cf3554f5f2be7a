"""Paths as people see them: which touches led to an order, and how often."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import Any

import pyarrow as pa

from shemei.apps.insight.queries import Board
from shemei.kernel.figures import lake
from shemei.kernel.periods import Period
from shemei.warehouse import questions

FLOW_CHANNELS = 6
REST = "_rest"
"""All channels that the path picture does not name; not 其他, which is a channel."""
COLUMNS = (
    "order_id",
    "person",
    "conv_ts",
    "value",
    "position",
    "length",
    "hours_before",
    "channel",
    "content",
    "creator",
    "campaign",
    "promo_code",
)


@dataclass(frozen=True, slots=True)
class OrderPath:
    """One order with its touches, oldest first; ``value`` is 分, net of refunds until now."""

    order_id: str
    person: str
    paid_ts: int
    value: int
    channels: tuple[str, ...]
    contents: tuple[str, ...]
    creators: tuple[str, ...]
    campaigns: tuple[str, ...]
    hours: tuple[float, ...]
    promo_code: str

    def keys(self, by: str) -> tuple[str, ...]:
        return {
            "channel": self.channels,
            "content": self.contents,
            "creator": self.creators,
            "campaign": self.campaigns,
        }[by]


def order_paths(board: Board, period: Period | None = None) -> list[OrderPath]:
    """All orders of the period with at least one touch, the latest first."""
    span, ws = period or board.period, board.workspace
    question = questions.PathTable(
        ws.key, span.first_day, span.last_day, lookback_days=ws.lookback_days
    )
    return _order_paths(lake().ask(question).rows)


def _order_paths(rows: pa.Table) -> list[OrderPath]:
    rows = rows.select(COLUMNS).sort_by(
        [("conv_ts", "descending"), ("order_id", "ascending"), ("position", "ascending")]
    )
    columns = {name: rows[name].to_pylist() for name in COLUMNS if name != "conv_ts"}
    paid = rows["conv_ts"].cast(pa.int64()).to_pylist()
    starts = [
        n
        for n, order in enumerate(columns["order_id"])
        if n == 0 or order != columns["order_id"][n - 1]
    ]
    return [
        _order_path(columns, paid[a], a, b)
        for a, b in zip(starts, [*starts, len(paid)][1:], strict=True)
    ]


def _order_path(columns: dict[str, list[Any]], paid: int, a: int, b: int) -> OrderPath:
    part = {name: tuple(values[a:b]) for name, values in columns.items()}
    code = next((code for code in part["promo_code"] if code), "")
    return OrderPath(
        part["order_id"][0], part["person"][0], paid, part["value"][0], part["channel"], part["content"], part["creator"], part["campaign"],
        part["hours_before"], code,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PathRow:
    """Orders with the same path."""

    channels: tuple[str, ...]
    orders: int
    value: int


def common_paths(found: list[OrderPath], limit: int) -> list[PathRow]:
    """The most frequent paths by channel; equal ones in a row are one step."""
    orders: Counter[tuple[str, ...]] = Counter()
    values: Counter[tuple[str, ...]] = Counter()
    for path in found:
        steps = tuple(
            key for n, key in enumerate(path.channels) if n == 0 or key != path.channels[n - 1]
        )
        orders[steps] += 1
        values[steps] += path.value
    return [PathRow(steps, count, values[steps]) for steps, count in orders.most_common(limit)]


@dataclass(frozen=True, slots=True)
class Part:
    """How one channel, content or creator takes part in the orders of a period."""

    orders: int
    value: int
    share: float
    first_share: float
    last_share: float
    median_hours: float

    @property
    def median_seconds(self) -> float:
        return self.median_hours * 3600


def part_of(found: list[OrderPath], by: str, key: str) -> tuple[Part | None, list[OrderPath]]:
    """The part a key plays and the paths it stands in; ``None`` where it stands in none."""
    inside = [path for path in found if key in path.keys(by)]
    if not inside:
        return None, []
    first = sum(path.keys(by)[0] == key for path in inside) / len(inside)
    last = sum(path.keys(by)[-1] == key for path in inside) / len(inside)
    hours = median(path.hours[0] for path in inside)
    return Part(
        len(inside),
        sum(path.value for path in inside),
        len(inside) / len(found),
        first,
        last,
        hours,
    ), inside


def flows(found: list[OrderPath]) -> Counter[tuple[str, str]]:
    """Links of the path picture: first touch → one in between → last touch, of orders with two touches or more."""
    long = [path for path in found if len(path.channels) > 1]
    frequent = Counter(key for path in long for key in (path.channels[0], path.channels[-1]))
    shown = {key for key, _ in frequent.most_common(FLOW_CHANNELS)}
    links: Counter[tuple[str, str]] = Counter()
    for path in long:
        steps = [key if key in shown else REST for key in path.channels]
        first, last = f"{steps[0]} 1", f"{steps[-1]} 3"
        if len(steps) == 2:
            links[first, last] += 1
        else:
            links[first, f"{steps[1]} 2"] += 1
            links[f"{steps[1]} 2", last] += 1
    return links
