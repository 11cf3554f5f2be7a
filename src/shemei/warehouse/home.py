"""The one folder that holds all state of an installation (``SHEMEI_HOME``)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Home:
    """Paths inside ``SHEMEI_HOME``; nothing is created until :meth:`ensure`.

    Examples
    --------
    >>> Home(Path("/srv/shemei")).lake.as_posix()
    '/srv/shemei/lake'
    """

    path: Path

    @classmethod
    def from_environment(cls) -> Home:
        """Return the home named by ``SHEMEI_HOME``, by default ``./.shemei``."""
        return cls(Path(os.environ.get("SHEMEI_HOME", ".shemei")).resolve())

    @property
    def spool(self) -> Path:
        """Segments that wait for the loader."""
        return self.path / "spool"

    @property
    def lake(self) -> Path:
        """The event log (Delta) and what is pre-aggregated from it."""
        return self.path / "lake"

    @property
    def links(self) -> Path:
        """The link book that the edge reads."""
        return self.path / "links"

    @property
    def media(self) -> Path:
        """Uploaded files."""
        return self.path / "media"

    @property
    def exports(self) -> Path:
        """Lists written as files for a member to fetch; kept for a day."""
        return self.path / "exports"

    @property
    def keys(self) -> Path:
        """Secrets made at the first start; readable by the owner alone."""
        return self.path / "keys"

    @property
    def database(self) -> Path:
        """The SQLite file of operational data."""
        return self.path / "db.sqlite3"

    @property
    def jobs(self) -> Path:
        """The SQLite file of the job queue."""
        return self.path / "jobs.sqlite3"

    def ensure(self) -> Home:
        """Create the folders; ``keys`` is private. Returns itself."""
        for folder in (self.spool, self.lake, self.links, self.media, self.exports):
            folder.mkdir(parents=True, exist_ok=True)
        self.keys.mkdir(mode=0o700, exist_ok=True)
        return self
