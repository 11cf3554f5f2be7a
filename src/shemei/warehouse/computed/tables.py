"""The shapes of what is computed from the log, and the templates that compute and ask it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

import pyarrow as pa

from shemei.warehouse.channels import UNSPECIFIC_PLATFORMS
from shemei.warehouse.log.confirming import UNCONFIRMED
from shemei.warehouse.measures import DIMENSIONS, MEASURES, PEOPLE, Measure
from shemei.warehouse.vocabulary import TOUCH_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DIMS: tuple[str, ...] = tuple(DIMENSIONS)
TOUCH_DIMS: tuple[str, ...] = tuple(name for name in DIMS if name != "suspect")
PAIR_DIMS: tuple[str, ...] = tuple(name for name in DIMS if name != "promo_code")
NULL_DIMS: tuple[str, ...] = TOUCH_DIMS
"""What paths may be attributed by."""

STORED_LOOKBACK = 90
DEFAULT_LOOKBACK = 30
DAY_MICROS = 86_400_000_000
SAME_TOUCH_MICROS = 30 * 60 * 1_000_000
"""A visit this soon after its click is the click's, whatever channel it seems to come by."""


def _schema(
    text: Iterable[str] = (),
    big: Iterable[str] = (),
    small: Iterable[str] = (),
) -> pa.Schema:
    kinds = ((text, pa.string()), (big, pa.int64()), (small, pa.int32()))
    return pa.schema([(name, kind) for names, kind in kinds for name in names])


SCHEMAS: dict[str, pa.Schema] = {
    "cells": _schema(("workspace", *DIMS), MEASURES, ("day", "week")),
    "pairs": _schema(
        ("workspace", *PAIR_DIMS),
        ("visitor_key",),
        ("day", "week", *(flag for _, flag in PEOPLE.values())),
    ),
    "sample": _schema(("workspace", *PAIR_DIMS), ("person",), ("day",)),
    "shared": _schema(
        ("workspace", *DIMS, "page", "shared_by"),
        ("visitor_key", "visits"),
        ("share_depth", "day", "week"),
    ),
    "sightings": _schema(
        ("workspace", "click_id", "order_id", "customer", "phone"), ("visitor_key", "ts"), ("day",)
    ),
    "touches": _schema(
        (
            "workspace", "event_id", "kind", "customer", "phone", "order_id", "click_id",
            *TOUCH_DIMS,
        ),
        ("visitor_key", "ts"),
        ("day",),
    ),
    "acts": _schema(
        ("workspace", "kind", "action", "customer", "phone", *TOUCH_DIMS),
        ("visitor_key", "ts"),
        ("day",),
    ),
    "deals": _schema(
        (
            "workspace", "event_id", "kind", "source", "customer", "phone", "order_id",
            "click_id", *DIMS,
        ),
        ("visitor_key", "ts", "amount"),
        ("day", "week", "quantity"),
    ),
    "persons": _schema(("workspace", "kind", "value"), ("person", "first_ts")),
    "orders": _schema(
        ("workspace", "order_id", "event_id", *DIMS),
        ("ts", "person", "amount", "refunded", "value"),
        ("day", "week", "quantity", "number"),
    ),
    "paths": _schema(
        ("workspace", "order_id", "kind", "event_id", *TOUCH_DIMS),
        ("person", "conv_ts", "ts"),
        ("day", "direct", "sale", "place"),
    ),
    "nulls": _schema(("workspace", "dimension", "path"), ("journeys",), ("day",)),
}  # fmt: skip

SORTED: dict[str, str] = {
    "cells": "workspace, day, channel, content",
    "pairs": "workspace, day, visitor_key",
    "sample": "workspace, day",
    "shared": "workspace, day",
    "sightings": "workspace, day",
    "touches": "workspace, ts",
    "acts": "workspace, kind, ts",
    "deals": "workspace, ts",
    "persons": "workspace, kind, value",
    "orders": "workspace, ts",
    "paths": "workspace, day, sale, place",
    "nulls": "workspace, dimension, day",
}
"""How the rows of each file lie, so that a reader skips what it does not need."""

DAY_TABLES: tuple[str, ...] = ("cells", "pairs", "shared", "sightings", "touches", "acts", "deals")
"""Computed from one day of the log each, kept in one file a month."""


@cache
def template(name: str) -> Template:
    """Return the SQL text ``sql/<name>.sql``."""
    return Template((files("shemei.warehouse") / "sql" / f"{name}.sql").read_text())


def render(name: str, values: Mapping[str, str | int]) -> str:
    """Return a template with its gaps filled; an unknown gap is a KeyError."""
    return template(name).substitute(COMMON, **values)


def columns(names: Iterable[str], prefix: str = "") -> str:
    """Return names as a select list.

    Examples
    --------
    >>> columns(("day", "channel"), "c.")
    'c.day, c.channel'
    """
    return ", ".join(f"{prefix}{name}" for name in names)


def named(names: Iterable[str], prefix: str) -> str:
    """Return columns of one table of a join under their own names, which not all engines give them.

    Examples
    --------
    >>> named(("day", "channel"), "c.")
    'c.day AS day, c.channel AS channel'
    """
    return ", ".join(f"{prefix}{name} AS {name}" for name in names)


def quoted(values: Iterable[str]) -> str:
    """Return fixed words of our own as a list for ``IN``.

    Examples
    --------
    >>> quoted(("click", "visit"))
    "'click', 'visit'"
    """
    return ", ".join(f"'{value}'" for value in values)


def measure_sql(measure: Measure) -> str:
    """Return the sum of one measure over rows of the log.

    Examples
    --------
    >>> measure_sql(MEASURES["likes"])
    "SUM(CASE WHEN kind IN ('engage') AND action IN ('like') THEN quantity ELSE 0 END)"
    """
    rule = f"kind IN ({quoted(measure.kinds)})"
    if measure.actions:
        rule += f" AND action IN ({quoted(measure.actions)})"
    if measure.only:
        rule += f" AND {measure.only} = 1"
    return f"SUM(CASE WHEN {rule} THEN {1 if measure.sum == 'events' else measure.sum} ELSE 0 END)"


COMMON: dict[str, str | int] = {
    "dims": columns(DIMS),
    "touch_dims": columns(TOUCH_DIMS),
    "pair_dims": columns(PAIR_DIMS),
    **{f"{row}_touch_dims": named(TOUCH_DIMS, f"{row}.") for row in "rsot"},
    "touch_kinds": quoted(TOUCH_KINDS),
    "unspecific": quoted(sorted(UNSPECIFIC_PLATFORMS)),
    "same_touch": SAME_TOUCH_MICROS,
    "day_micros": DAY_MICROS,
    "unconfirmed": UNCONFIRMED,
}
