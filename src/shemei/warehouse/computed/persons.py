"""Who is the same person, and every order once with its person: derived from the whole log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from shemei.engines.identity import components
from shemei.warehouse.computed.tables import SCHEMAS, render
from shemei.warehouse.log.confirming import condition
from shemei.warehouse.vocabulary import visitor_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from shemei.warehouse.computed.bench import Bench

MOST_WITH_CLICK = 3
"""Browsers one click may join: the app's, the site's inside it, and the one it was opened with."""

MOST_WITH_ORDER = 6
"""Identities one order number may join."""


def rebuild_persons(bench: Bench) -> None:
    """Compute the persons of all workspaces from what was seen together, and store them.

    A person is named after its first-seen identity, so that the name stays when others join. An
    identity with too many neighbours (a shop's shared phone) joins nobody.
    """
    sightings = bench.source("sightings")
    bench.make("sighted", f"SELECT * FROM {sightings} AS s")
    bench.table(
        "edges",
        sightings="sighted",
        most_with_click=MOST_WITH_CLICK,
        most_with_order=MOST_WITH_ORDER,
    )
    bench.table("nodes", sightings="sighted")
    bench.store_table("persons", _named(bench))
    for name in ("sighted", "edges", "nodes"):
        bench.connection.execute(f"DROP TABLE {name}")


def _named(bench: Bench) -> pa.Table:
    nodes = bench.arrow("SELECT workspace, kind, value, first_ts FROM nodes ORDER BY id")
    ends = bench.arrow(
        "SELECT l.id AS a, r.id AS b FROM edges AS e"
        " JOIN nodes AS l ON l.workspace = e.workspace AND l.kind || l.value = e.a"
        " JOIN nodes AS r ON r.workspace = e.workspace AND r.kind || r.value = e.b"
    )
    labels = components(
        ends["a"].to_numpy().astype(np.int64), ends["b"].to_numpy().astype(np.int64), len(nodes)
    ).labels
    keys = _keys(nodes, labels)
    return nodes.append_column("person", pa.array(keys, pa.int64())).select(
        SCHEMAS["persons"].names
    )


def _keys(nodes: pa.Table, labels: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return each node's person: the key of the first-seen node of its component."""
    roots, place = np.unique(labels, return_inverse=True)
    names = nodes.take(pa.array(roots))
    kinds, values = names["kind"].to_pylist(), names["value"].to_pylist()
    keys = [person_key(kind, value) for kind, value in zip(kinds, values, strict=True)]
    return np.array(keys, np.int64)[place]


def person_key(kind: str, value: str) -> int:
    """Return the key of a person who is known by just this identity.

    Examples
    --------
    >>> person_key("v", "42")
    42
    """
    return int(value) if kind == "v" else visitor_key(f"{kind}:{value}")


def name_people(bench: Bench) -> None:
    """Make the lookups ``people_v``, ``people_c`` and ``people_p`` that other templates join."""
    for kind, key in (
        ("v", "CAST(value AS BIGINT) AS visitor_key"),
        ("c", "value"),
        ("p", "value"),
    ):
        bench.make(
            f"people_{kind}",
            f"SELECT workspace, {key}, person FROM {bench.source('persons')} AS p"
            f" WHERE kind = '{kind}'",
        )


def rebuild_orders(bench: Bench, confirmed_only: Iterable[str] = ()) -> None:
    """Compute every order once, with its person, its refunds so far and its number.

    In workspaces that are ``confirmed_only`` an order that only the tag told does not count.
    """
    values = {"deals": bench.source("deals"), "sightings": bench.source("sightings")}
    values["most_with_click"] = str(MOST_WITH_CLICK)
    values["confirmed_only"] = condition(confirmed_only, bench.dialect)
    made = render("orders", values)
    bench.store("orders", "all", made)


def moved_days(bench: Bench, before: str) -> set[int]:
    """Return the days on which somebody came, touched or bought who has become another person.

    Parameters
    ----------
    bench : Bench
        With the new persons stored and named.
    before : str
        The persons until now, as a SQL source.
    """
    bench.make("moved", render("moved", {"before": before, "persons": bench.source("persons")}))
    days: set[int] = set()
    came = f"(SELECT *, '' AS customer, '' AS phone FROM {bench.source('pairs')} AS p)"
    for rows in (bench.source("touches"), bench.source("deals"), came):
        days.update(bench.numbers(render("moved_days", {"rows": rows})))
    bench.connection.execute("DROP TABLE moved")
    return days
