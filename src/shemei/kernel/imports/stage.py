"""Checked rows on their way to the database: a private SQLite file that sorts rows into groups on disk."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import orjson

from shemei.kernel.imports.kinds import Change, Row, Staged

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator
    from pathlib import Path

    from shemei.kernel.imports.errors import CellError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS staged(n INTEGER, phase INTEGER, at INTEGER, gkey TEXT, body BLOB);
CREATE TABLE IF NOT EXISTS problem(n INTEGER, field TEXT, label TEXT, value TEXT, code TEXT, problem TEXT, fix TEXT, suggestion TEXT);
CREATE TABLE IF NOT EXISTS left_out(n INTEGER, field TEXT, label TEXT, value TEXT, code TEXT, problem TEXT, fix TEXT, suggestion TEXT);
CREATE TABLE IF NOT EXISTS change(n INTEGER, subject TEXT, label TEXT, old TEXT, new TEXT, kept INTEGER);
CREATE TABLE IF NOT EXISTS held(gkey TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_FLUSH = 5_000


@dataclass(frozen=True, slots=True)
class Problem:
    """One cell that cannot be used, as the check page and the error file show it."""

    row: int
    field: str
    label: str
    value: str
    code: str
    problem: str
    fix: str
    suggestion: str

    @property
    def group(self) -> str:
        return f"{self.field}:{self.code}"


class Stage:
    """Opened by the check, which fills it, and by the writing, which reads whole groups in order."""

    def __init__(self, path: Path, *, fresh: bool = False) -> None:
        if fresh:
            path.unlink(missing_ok=True)
        self.path = path
        self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.db.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-16000;"
        )
        self.db.executescript(_SCHEMA)  # one that was checked before an upgrade may lack a table
        self._rows: list[tuple[int, int, int, str, bytes]] = []

    def __enter__(self) -> Stage:
        self.db.execute("BEGIN")
        return self

    def __exit__(self, *_: object) -> None:
        self.flush()
        self.db.execute("COMMIT")
        self.db.close()

    def add(self, number: int, row: Staged) -> None:
        self._rows.append(
            (number, row.phase, row.at, row.group or f"#{number:012d}", orjson.dumps(row.values))
        )
        if len(self._rows) >= _FLUSH:
            self.flush()

    def flush(self) -> None:
        self.db.executemany("INSERT INTO staged VALUES (?,?,?,?,?)", self._rows)
        self._rows.clear()

    def problem(self, number: int, error: CellError, label: str, value: str, group: str) -> None:
        self.db.execute(
            "INSERT INTO problem VALUES (?,?,?,?,?,?,?,?)", _told(number, error, label, value)
        )
        if group:
            self.db.execute("INSERT OR IGNORE INTO held VALUES (?)", (group,))

    def leave_out(self, number: int, error: CellError, label: str, value: str) -> None:
        """One cell that a row comes in without."""
        self.db.execute(
            "INSERT INTO left_out VALUES (?,?,?,?,?,?,?,?)", _told(number, error, label, value)
        )

    def left_out(self, limit: int = 200) -> list[Problem]:
        query = "SELECT * FROM left_out ORDER BY n LIMIT ?"
        return [Problem(*row) for row in self.db.execute(query, (limit,))]

    def note_changes(self, changes: list[Change]) -> None:
        """What the comparison found, in place of what an earlier one did."""
        self.db.execute("DELETE FROM change")
        rows = [(c.row, c.subject, c.label, c.old[:80], c.new[:80], int(c.kept)) for c in changes]
        self.db.executemany("INSERT INTO change VALUES (?,?,?,?,?,?)", rows)

    def changes(self, *, kept: bool = False) -> list[Change]:
        query = "SELECT n, subject, label, old, new FROM change WHERE kept = ? ORDER BY n, rowid"
        return [Change(*row, kept=kept) for row in self.db.execute(query, (int(kept),))]

    def problems(self, limit: int = 200, group: str = "") -> list[Problem]:
        where = "WHERE field || ':' || code = ?" if group else ""
        query = f"SELECT * FROM problem {where} ORDER BY n LIMIT ?"
        return [
            Problem(*row) for row in self.db.execute(query, (*([group] if group else []), limit))
        ]

    def problem_groups(self) -> list[tuple[str, str, str, str, int]]:
        """(group, label, problem, suggestion kind, rows): the mistakes by kind, most frequent first."""
        query = (
            "SELECT field || ':' || code, label, min(problem), max(suggestion), count(*) FROM problem"
            " GROUP BY 1, 2 ORDER BY 5 DESC"
        )
        return list(self.db.execute(query))

    def problem_rows(self) -> Iterator[tuple[int, str, str, str]]:
        """What stands in the error file: of wrong rows and of cells left out."""
        yield from self.db.execute(
            "SELECT n, label, problem, fix FROM problem"
            " UNION ALL SELECT n, label, problem, fix FROM left_out ORDER BY n"
        )

    def held_rows(self) -> set[int]:
        """Rows that are right themselves but belong to a group that holds a wrong one."""
        return {
            n
            for (n,) in self.db.execute(
                "SELECT n FROM staged WHERE gkey IN (SELECT gkey FROM held)"
            )
        }

    def size(self) -> int:
        query = "SELECT count(*) FROM staged WHERE gkey NOT IN (SELECT gkey FROM held)"
        return int(self.db.execute(query).fetchone()[0])

    def groups(self) -> Iterator[list[Row]]:
        """Whole groups in order of phase, of their first ``at``, of group; groups with a wrong row are left out."""
        query = (
            "SELECT phase, gkey, n, body FROM staged WHERE gkey NOT IN (SELECT gkey FROM held)"
            " ORDER BY phase, MIN(at) OVER (PARTITION BY phase, gkey), gkey, at, n"
        )
        current: tuple[int, str] | None = None
        group: list[Row] = []
        for phase, key, number, body in self.db.execute(query):
            if (phase, key) != current and group:
                yield group
                group = []
            current = (phase, key)
            group.append(Row(number, orjson.loads(body)))
        if group:
            yield group

    def chunks(self, rows: int, groups: int) -> Iterator[list[list[Row]]]:
        """Groups in chunks of about ``rows`` rows and at most ``groups`` groups, the same ones every time."""
        pending = self.groups()
        while chunk := _take(pending, rows, groups):
            yield chunk


def _told(number: int, error: CellError, label: str, value: str) -> tuple[Any, ...]:
    said = (error.code, error.problem, error.fix, error.suggestion)
    return (number, error.field, label, value[:200], *said)


def _take(pending: Iterator[list[Row]], rows: int, groups: int) -> list[list[Row]]:
    chunk: list[list[Row]] = []
    held = 0
    for group in islice(pending, groups):
        chunk.append(group)
        held += len(group)
        if held >= rows:
            break
    return chunk


def reasons(counter: Counter[str]) -> list[str]:
    return [f"{reason}：{count:,} 行" for reason, count in counter.most_common()]
