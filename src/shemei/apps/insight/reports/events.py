"""The events behind a figure, the newest first: visits by pages that were passed on, and steps of the funnel."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shemei.apps.insight.queries import VISITED_BY, Board
from shemei.edge.useragent import DEVICE_NAMES, IN_APP_NAMES
from shemei.kernel.figures import ask
from shemei.kernel.ways import words
from shemei.warehouse.catalogue import DEFAULT_FUNNEL
from shemei.warehouse.questions import Rows
from shemei.warehouse.vocabulary import SHANGHAI, from_ts

LOOKED_THROUGH = 100_000
"""So many of the newest visits by pages that were passed on are looked at."""
AT_A_GLANCE = 20_000
"""The same where a few rows are enough."""
SHOWN = 2_000
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
    """What was found, and whether older events of the period were not looked at any more."""

    table: pa.Table
    among: int
    cut: bool

    @property
    def newest(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.table.slice(0, SHOWN).to_pylist()
        return rows

    @property
    def cut_note(self) -> str:
        """What a reader must know where not all of the period was looked at."""
        return f"只看了最近 {self.among:,} 条，选短一些的时段能看全" if self.cut else ""

    @property
    def note(self) -> str:
        """The same of a list that shows the newest."""
        return f"只列最近 {SHOWN:,} 条" if self.table.num_rows > SHOWN else self.cut_note


def passed_on(
    board: Board, *, depth: int = 0, by: str = "", key: str = "", among: int = 0
) -> Found:
    """Visits by pages that were passed on: through ``depth`` hands, of one channel, content … or all."""
    where = ((by, key),) if by in VISITED_BY else ()
    return _found(board, ("visit",), where, among or LOOKED_THROUGH, share_depth=depth)


def step_events(board: Board, number: int) -> Found:
    """Everything of the period that a step of the funnel can be taken by, of people the log can tell apart."""
    step = DEFAULT_FUNNEL[number - 1]
    actions = tuple(("action", action) for action in step.actions)
    found = _found(board, step.kinds, actions, AT_A_GLANCE)
    return replace(found, table=found.table.filter(_told_apart(found.table)))


def _told_apart(rows: pa.Table) -> pa.Array:
    """Whose event it is: exposure that a platform reports as a number is nobody's."""
    named = pc.or_(pc.not_equal(rows["customer"], ""), pc.not_equal(rows["phone"], ""))
    return pc.or_(pc.not_equal(rows["visitor_key"], 0), named)


def _found(
    board: Board,
    kinds: tuple[str, ...],
    where: tuple[tuple[str, str], ...],
    among: int,
    share_depth: int | None = None,
) -> Found:
    period = board.period
    question = Rows(
        board.workspace.key, period.first_day, period.last_day, kinds=kinds, where=where,
        share_depth=share_depth, limit=among,
    )  # fmt: skip
    rows = ask(question).rows.select(KEPT)
    return Found(rows, among, rows.num_rows == among)


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
