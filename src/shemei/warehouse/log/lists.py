"""A small list kept as one JSON file beside the log: read whole, changed whole, under a lock of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from shemei.warehouse.log.segments import replace_file
from shemei.warehouse.log.table import locked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def read_list(path: Path) -> dict[str, Any]:
    """Return what the file holds; nothing where there is none."""
    try:
        told: dict[str, Any] = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    return told


def change_list(path: Path, how: Callable[[dict[str, Any]], dict[str, Any]]) -> bool:
    """Change the file all at once; who is killed leaves the one before. Returns whether it changed.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "keep.json"
    >>> change_list(path, lambda told: {**told, "keep": [1]})
    True
    >>> change_list(path, lambda told: {**told, "keep": [1]})
    False
    >>> read_list(path)
    {'keep': [1]}
    """
    with locked(path.with_suffix(".lock")):
        before = read_list(path)
        after = how(before)
        if after == before:
            return False
        replace_file(path, orjson.dumps(after))
    return True
