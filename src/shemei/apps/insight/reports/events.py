"""The events behind a figure, the newest first: visits by pages that were passed on, and steps of the funnel."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from shemei.apps.insight.queries import Board
from shemei.edge.useragent import DEVICE_NAMES, IN_APP_NAMES
from shemei.kernel.figures import ask
from shemei.kernel.ways import words
from shemei.warehouse.catalogue import DEFAULT_FUNNEL
from shemei.warehouse.questions import Rows, Where
from shemei.warehouse.vocabulary import SHANGHAI, from_ts

SHOWN = 2_000
"""So many of the newest events are listed."""
COUNTED = 100_000
"""So many of the newest visits are counted by who passed their page on."""
KEPT = (
    "ts", "kind", "action", "visitor_key", "customer", "phone", "shared_by", "share_depth", "channel", "content", "page",
    "device", "in_app", "region",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event as a row; it names no visitor."""

    at: datetime
    what: str
    sharer: str
    depth: int
    channel: str
    content: str
    href: str
    page: str
    device: str
    in_app: str
    region: str
    browser: int


@dataclass(frozen=True, slots=True)
class SharerRow:
    """One browser that passed pages on: what came of it."""

    sharer: str
    visits: int
    browsers: int
    depth: int
    last: datetime
    href: str


@dataclass(frozen=True, slots=True)
class Found:
    """The newest events of what was asked for, and whether the period has more of them."""

    table: pa.Table
    cut: bool

    @property
    def rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.table.to_pylist()
        return rows

    @property
    def note(self) -> str:
        """What a reader must know where these are not all."""
        told = f"只到最近 {self.table.num_rows:,} 条，选短一些的时段能看全"
        return told if self.cut else ""


def passed_on(board: Board, where: Where, depth: int, limit: int) -> Found:
    """Visits by pages that were passed on, through ``depth`` hands or any number of them."""
    return _newest(board, limit, kinds=("visit",), where=where, share_depth=depth)


def step_events(board: Board, number: int) -> Found:
    """Everything of the period that a step of the funnel can be taken by, of people the log can tell apart."""
    step = DEFAULT_FUNNEL[number - 1]
    actions = tuple(("action", action) for action in step.actions)
    return _newest(board, SHOWN, kinds=step.kinds, where=actions, of_people=True)


def _newest(board: Board, limit: int, **asked: Any) -> Found:
    period = board.period
    question = Rows(
        board.workspace.key, period.first_day, period.last_day, limit=limit + 1, **asked
    )
    rows = ask(question).rows.select(KEPT)
    return Found(rows.slice(0, limit), rows.num_rows > limit)


def event_rows(board: Board, found: Iterable[dict[str, Any]]) -> list[EventRow]:
    """Events with the names of what they came by."""
    rows = list(found)
    names = board.named("content", {row["content"] for row in rows if row["content"]})
    return [_row(row, names.get(row["content"])) for row in rows]


def _row(row: dict[str, Any], content: Any) -> EventRow:
    return EventRow(
        at=from_ts(row["ts"]).astimezone(SHANGHAI),
        what=words.verb(row),
        sharer=row["shared_by"],
        depth=row["share_depth"],
        channel=row["channel"],
        content=content.name if content else "",
        href=content.url if content else "",
        page=row["page"],
        device=DEVICE_NAMES.get(row["device"], row["device"]),
        in_app=IN_APP_NAMES.get(row["in_app"], row["in_app"]),
        region=row["region"],
        browser=row["visitor_key"],
    )


def sharer_rows(found: Found, visits_of: Callable[[str], str]) -> list[SharerRow]:
    """The browsers that passed pages on, who brought most first; ``visits_of`` leads to what one brought."""
    sums = found.table.group_by("shared_by").aggregate(
        [
            ("ts", "count"),
            ("visitor_key", "count_distinct"),
            ("share_depth", "max"),
            ("ts", "max"),
        ]
    )
    rows = [
        SharerRow(
            row["shared_by"], row["ts_count"], row["visitor_key_count_distinct"],
            row["share_depth_max"], from_ts(row["ts_max"]).astimezone(SHANGHAI), visits_of(row["shared_by"]),
        )
        for row in sums.to_pylist()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row.visits, row.sharer))
