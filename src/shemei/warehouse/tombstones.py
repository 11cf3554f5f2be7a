"""Batches that were undone: the log only grows, so everybody who reads it leaves their events out."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from shemei.warehouse.segments import sync_folder, write_file
from shemei.warehouse.table import locked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shemei.warehouse.home import Home

NAME = "tombstones.json"


@dataclass(frozen=True, slots=True)
class Tombstone:
    """One batch whose events no longer count.

    Attributes
    ----------
    batch : str
        The import's key, as in the events' ``batch``.
    workspace : str
        Whose it was.
    first, last : int
        The days its events lie on (yyyymmdd, both included): what has to be computed again.
    at : int
        UTC microseconds of the undo.
    """

    batch: str
    workspace: str
    first: int
    last: int
    at: int = 0


def exclude(home: Home, tombstone: Tombstone) -> bool:
    """Leave a batch out of every answer from now on.

    Rows of the log are left out at once, what is computed from it at the next settle.

    Parameters
    ----------
    home : Home
        The installation.
    tombstone : Tombstone
        What to leave out; an ``at`` of 0 becomes this moment.

    Returns
    -------
    bool
        False where it was left out already.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from shemei.warehouse.home import Home
    >>> home = Home(Path(tempfile.mkdtemp())).ensure()
    >>> exclude(home, Tombstone("b1", "w", 20261101, 20261103))
    True
    >>> [one.batch for one in excluded(home)]
    ['b1']
    >>> exclude(home, Tombstone("b1", "w", 20261101, 20261103))
    False
    """
    with locked(home.lake / "tombstones.lock"):
        known = excluded(home)
        if any(one.batch == tombstone.batch for one in known):
            return False
        at = tombstone.at or time.time_ns() // 1000
        fresh = Tombstone(tombstone.batch, tombstone.workspace, tombstone.first, tombstone.last, at)
        draft = home.lake / f"{NAME}.tmp"
        write_file(draft, orjson.dumps({"batches": [*known, fresh]}))
        os.replace(draft, home.lake / NAME)
        sync_folder(home.lake)
    return True


def excluded(home: Home) -> tuple[Tombstone, ...]:
    """Return all tombstones of a home, oldest first."""
    try:
        told = orjson.loads((home.lake / NAME).read_bytes())
    except FileNotFoundError:
        return ()
    return tuple(Tombstone(**one) for one in told["batches"])


def marks(tombstones: Iterable[Tombstone], day: int) -> list[str]:
    """Return the batches that a day's figures must do without.

    Examples
    --------
    >>> marks([Tombstone("b1", "w", 20261101, 20261103)], 20261102)
    ['-b1']
    """
    return [f"-{one.batch}" for one in tombstones if one.first <= day <= one.last]
