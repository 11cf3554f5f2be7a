"""Order rows by a figure that stands outside the database, exactly and without a limit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from django.db.models import FloatField, Func


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
