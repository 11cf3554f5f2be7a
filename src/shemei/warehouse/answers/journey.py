"""One person's way: the identities of a person, and every event that carries one of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shemei.warehouse.answers.asking import View, in_micros, once, path_table_sql
from shemei.warehouse.computed.tables import render
from shemei.warehouse.questions import Journey, PathTable
from shemei.warehouse.vocabulary import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pyarrow as pa

    from shemei.warehouse.answers.engine import Engine


@dataclass(slots=True)
class _Known:
    """What is known of a person."""

    person: int = 0
    visitors: set[int] = field(default_factory=set)
    customers: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)


def answer_journey(engine: Engine, question: Journey) -> pa.Table:
    """Return all events of the person, oldest first, each once."""
    known = _known(engine, question)
    touches = _touches(engine, question, known)
    days = set(engine.read(lambda view: _days(view, question, known))["day"].to_pylist())

    def build(view: View) -> str:
        live = engine.files(question.first, question.last)
        files = [item for item in live if item.day in days]
        return _sql(view, question, known, touches, view.events(files))

    return in_micros(once(engine.read(build)))


def _days(view: View, question: Journey, known: _Known) -> str:
    """Return the query of the days on which any of the identities was seen."""
    between = (
        f"workspace = {view.dialect.literal(question.workspace)}"
        f" AND day BETWEEN {question.first} AND {question.last}"
    )
    browsers = _tests(view, {"visitor_key": known.visitors})
    others = _tests(view, _texts(known))
    return (
        f"SELECT day FROM {view.source('pairs', question.first, question.last)} AS p"
        f" WHERE {between} AND ({browsers}) UNION"
        f" SELECT day FROM {view.source('sightings', question.first, question.last)} AS s"
        f" WHERE {between} AND ({others})"
    )


def _known(engine: Engine, question: Journey) -> _Known:
    known = _Known(person=int(question.person or 0))
    if question.order_id:
        known.orders.add(question.order_id)
        rows = engine.read(lambda view: _of_order(view, question))
        known.person = next(iter(rows["person"].to_pylist()), 0)
    if known.person:
        rows = engine.read(lambda view: _identities(view, question.workspace, known.person))
        for kind, value in zip(*(column.to_pylist() for column in rows.columns), strict=True):
            _add(known, kind, value)
        if not known.visitors | known.customers | known.phones:
            known.visitors.add(known.person)
    return known


def _add(known: _Known, kind: str, value: str) -> None:
    if kind == "v":
        known.visitors.add(int(value))
    else:
        {"c": known.customers, "p": known.phones, "o": known.orders}[kind].add(value)


def _of_order(view: View, question: Journey) -> str:
    literal = view.dialect.literal
    return (
        f"SELECT person FROM {view.source('orders')} AS o"
        f" WHERE workspace = {literal(question.workspace)}"
        f" AND order_id = {literal(question.order_id)}"
    )


def _identities(view: View, workspace: str, person: int) -> str:
    mine = f"WHERE workspace = {view.dialect.literal(workspace)} AND person = {person}"
    return (
        f"SELECT kind, value FROM {view.source('persons')} AS p {mine}"
        f" UNION ALL SELECT 'o' AS kind, order_id AS value FROM {view.source('orders')} AS o {mine}"
    )


def _touches(engine: Engine, question: Journey, known: _Known) -> list[str]:
    """Return the ids of events that count for the order named, or for any order of the person."""
    wanted = sorted({question.order_id} if question.order_id else known.orders)
    if not wanted:
        return []
    table = PathTable(
        question.workspace, question.first, question.last, lookback_days=question.lookback_days
    )
    rows = engine.read(lambda view: path_table_sql(view, table, wanted))
    found: list[str] = rows["event_id"].to_pylist()
    return found


def _texts(known: _Known) -> dict[str, set[str]]:
    return {"customer": known.customers, "phone": known.phones, "order_id": known.orders}


def _tests(view: View, columns: Mapping[str, Iterable[str | int]]) -> str:
    tests = [
        f"{name} IN ({', '.join(view.dialect.literal(value) for value in sorted(values, key=str))})"
        for name, values in columns.items()
        if values
    ]
    return " OR ".join(tests) or "1 = 0"


def _sql(view: View, question: Journey, known: _Known, touches: list[str], events: str) -> str:
    literal = view.dialect.literal
    values: dict[str, str | int] = {
        "workspace": literal(question.workspace),
        "first": question.first,
        "last": question.last,
        "log_columns": ", ".join(COLUMNS),
        "events": events,
        "event_where": "" if question.include_suspect else " AND suspect = ''",
        "person": literal(str(known.person or "")),
        "in_path": ", ".join(literal(touch) for touch in touches) or "''",
        "identities": _tests(view, {"visitor_key": known.visitors, **_texts(known)}),
    }
    return render("journey", values)
