"""What the log must leave out: batches that were undone. The log only grows; readers filter by this file.

``<home>/lake/tombstones.json`` is ``{"batches": {"<batch>": {"workspace": …, "at": <UTC µs>}}}``, replaced
whole and atomically. The rows in the database are the truth; the file can be written again from them.
"""

from __future__ import annotations

import fcntl
import os
import time
from typing import TYPE_CHECKING, Any

import orjson
from django.conf import settings
from django.db import transaction

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from shemei.warehouse.home import Home

NAME = "tombstones.json"


def exclude_batch(workspace: str, batch: str) -> None:
    """Leave the events of ``batch`` out of every answer, once the current transaction has committed."""
    transaction.on_commit(lambda: exclude_batches(settings.SHEMEI_HOME, [(workspace, batch)]))


def exclude_batches(home: Home, batches: Iterable[tuple[str, str]]) -> int:
    """Add (workspace, batch) pairs to the file; returns how many were not there yet."""
    home.lake.mkdir(parents=True, exist_ok=True)
    with (home.lake / ".tombstones.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = read(home)
        fresh = [(w, b) for w, b in batches if b not in told["batches"]]
        now = time.time_ns() // 1000
        told["batches"] |= {b: {"workspace": w, "at": now} for w, b in fresh}
        if fresh:
            _replace(home.lake / NAME, orjson.dumps(told, option=orjson.OPT_INDENT_2))
    return len(fresh)


def read(home: Home) -> dict[str, dict[str, Any]]:
    path = home.lake / NAME
    told: dict[str, dict[str, Any]] = orjson.loads(path.read_bytes()) if path.exists() else {}
    told.setdefault("batches", {})
    return told


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
