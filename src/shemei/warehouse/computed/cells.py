"""What is computed day by day from the log: cells, who came, what was seen together, touches."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from shemei.warehouse.computed.tables import DAY_TABLES, SCHEMAS, columns, measure_sql, render
from shemei.warehouse.log.putback import counted_again
from shemei.warehouse.measures import MEASURES
from shemei.warehouse.vocabulary import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shemei.warehouse.computed.bench import Bench
    from shemei.warehouse.log.table import LiveFile


def rebuild_days(
    bench: Bench,
    days: Iterable[int],
    files: Sequence[LiveFile],
    without: Sequence[str] = (),
    counted: Sequence[str] = (),
) -> None:
    """Compute the changed days again, month by month; the other days of a month are kept.

    Parameters
    ----------
    bench : Bench
        Where to work.
    days : iterable of int
        Days whose files in the log changed, also those that have none any more.
    files : sequence of LiveFile
        All data files of the log.
    without : sequence of str
        SQL conditions of the events that do not count.
    counted : sequence of str
        SQL conditions of the suspect events that count again.
    """
    months: dict[int, set[int]] = defaultdict(set)
    for day in days:
        months[day // 100].add(day)
    for month, changed in sorted(months.items()):
        _read_fresh(bench, [item.path for item in files if item.day in changed], without, counted)
        for table in DAY_TABLES:
            _rebuild_month(bench, table, month, changed)
    bench.connection.execute("DROP TABLE IF EXISTS fresh")


def _read_fresh(
    bench: Bench, paths: Sequence[str], without: Sequence[str], counted: Sequence[str]
) -> None:
    log = bench.dialect.events(paths, SCHEMA, without)
    source = counted_again(log, SCHEMA.names, counted)
    repeated = bench.number(
        f"SELECT COUNT(*) - COUNT(DISTINCT workspace || event_id) FROM {source} AS e"
    )
    template = "fresh" if repeated else "fresh_once"
    bench.table("fresh", template, events=source, ts=bench.dialect.micros("ts"))


def _rebuild_month(bench: Bench, table: str, month: int, changed: set[int]) -> None:
    names = columns(SCHEMAS[table].names)
    measures = ", ".join(f"{measure_sql(m)} AS {m.key}" for m in MEASURES.values())
    made = render(table, {"measures": measures} if table == "cells" else {})
    kept = bench.source(table, month * 100, month * 100 + 31)
    days = ", ".join(str(day) for day in sorted(changed))
    bench.store(
        table,
        str(month),
        f"SELECT {names} FROM {kept} AS kept WHERE day NOT IN ({days})"
        f" UNION ALL SELECT {names} FROM ({made}) AS made",
    )
