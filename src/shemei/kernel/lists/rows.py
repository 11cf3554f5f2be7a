"""The same few operations on a QuerySet and on a plain sequence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import F, Q, QuerySet

Rows = QuerySet[Any] | Sequence[Any]


def searched(rows: Rows, text: str, fields: Sequence[str]) -> Rows:
    """Rows in which every word of ``text`` occurs in at least one of ``fields``."""
    for word in text.split():
        if isinstance(rows, QuerySet):
            rows = rows.filter(
                reduce(or_, (Q(**{f"{field}__icontains": word}) for field in fields))
            )
        else:
            rows = [
                row for row in rows if any(word.lower() in _text(row, f).lower() for f in fields)
            ]
    return rows


def _text(row: Any, field: str) -> str:
    value: Any = row
    for part in field.split("__"):
        value = value.get(part) if isinstance(value, dict) else getattr(value, part, None)
    return "" if value is None else str(value)


def ordered(
    rows: Rows, field: str, value: Callable[[Any], Any] | None, *, descending: bool
) -> Rows:
    """Rows by one field; rows without a value come last either way."""
    if isinstance(rows, QuerySet):
        key = F(field).desc(nulls_last=True) if descending else F(field).asc(nulls_last=True)
        return rows.order_by(key, "-pk")
    read = value or (lambda row: _text(row, field))
    known = sorted((row for row in rows if read(row) is not None), key=read, reverse=descending)
    return [*known, *(row for row in rows if read(row) is None)]


def count(rows: Rows) -> int:
    return rows.count() if isinstance(rows, QuerySet) else len(rows)


def chosen(rows: Rows, keys: Sequence[str]) -> Rows:
    """The rows with these keys."""
    if isinstance(rows, QuerySet):
        return rows.filter(key__in=keys)
    wanted = set(keys)
    return [row for row in rows if key_of(row) in wanted]


def key_of(row: Any) -> str:
    return str(row.get("key", "") if isinstance(row, dict) else getattr(row, "key", ""))


def chunks(rows: Rows, size: int) -> Iterator[list[Any]]:
    """All rows, ``size`` at a time, in order."""
    for start in range(0, count(rows), size):
        yield list(rows[start : start + size])
