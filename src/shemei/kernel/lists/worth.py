"""Order rows by a figure that stands outside the database, exactly and without a limit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

import orjson
from django.db.models import F, FloatField, Func

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest


class Worth(Func):
    """The figure of a row under its key; nought where it has none.

    The figures are one parameter, a JSON object from key to number. SQLite joins it as a small table of its own,
    PostgreSQL looks the key up in ``jsonb``.
    """

    output_field = FloatField()

    def __init__(self, key: Any, worth: Mapping[str, float]) -> None:
        super().__init__(key)
        self.worth = orjson.dumps(dict(worth)).decode()

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:
        key, params = compiler.compile(self.source_expressions[0])
        sql = (
            "COALESCE((WITH w AS MATERIALIZED (SELECT key, value FROM json_each(%s))"  # noqa: S608 - key is a column
            f" SELECT w.value FROM w WHERE w.key = {key}), 0.0)"
        )
        return sql, [self.worth, *params]

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:
        key, params = compiler.compile(self.source_expressions[0])
        return f"COALESCE((%s::jsonb ->> {key})::double precision, 0)", [self.worth, *params]


def asked_sort(request: BrandRequest) -> str:
    """The column that a list's address asks to sort by, whichever way."""
    return request.GET.get("sort", "").lstrip("-")


def ranked(rows: Any, worth: Mapping[str, Any], *, field: str = "key") -> Any:
    """Rows with ``rank``, a figure that the database does not keep, for every row that has one; others have nought.

    The figures go along as one JSON document, so that there is no limit to how many rows are ranked.
    """
    known = {str(key): float(value) for key, value in worth.items() if value}
    return rows.annotate(rank=Worth(F(field), known))


def ranked_as_asked(
    rows: Any,
    wanted: str,
    metrics: Collection[str],
    ask: Callable[[str], Mapping[str, Any]],
    *,
    field: str = "key",
) -> Any:
    """Rows with ``rank`` where ``wanted``, the sort asked for, is one of ``metrics``; ``ask`` gives it per key."""
    return ranked(rows, ask(wanted), field=field) if wanted in metrics else rows
