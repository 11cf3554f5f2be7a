"""A home with a bit of everything in it, and what is wrong with one."""

from __future__ import annotations

import atexit
import shutil
import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
from deltalake import DeltaTable, write_deltalake
from tests.warehouse import cast
from tests.warehouse.cast import event

from shemei.warehouse.computed.settling import settle
from shemei.warehouse.home import Home
from shemei.warehouse.log import table
from shemei.warehouse.log.segments import SegmentWriter, write_segment
from shemei.warehouse.upkeep.verify import verify
from shemei.warehouse.vocabulary import SCHEMA


def lived_in(home: Home) -> None:
    """A home with a bit of everything: loaded, waiting, being written, set aside; files and databases."""
    shutil.copytree(_made().path, home.path, dirs_exist_ok=True)


@cache
def _made() -> Home:
    """The home that is copied: to compute it once is enough."""
    folder = tempfile.mkdtemp(prefix="shemei-lived-in-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    home = Home(Path(folder) / "home").ensure()
    write_segment(home.spool / "edge-1", 1, cast.everybody())
    write_segment(home.spool / "edge-1", 2, cast.rivals())
    (home.spool / "edge-1" / "000000000003.seg").write_bytes(b"torn\n")
    settle(home)
    write_segment(home.spool / "edge-1", 4, [event("click", "11-21 10:00", visitor="waits")])
    writer = SegmentWriter(home.spool / "edge-1", 5)
    writer.append(orjson.dumps(event("click", "11-22 10:00", visitor="open").as_dict()) + b"\n", 1)
    with closing(sqlite3.connect(home.database)) as connection, connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE notes (text)")
        connection.execute("INSERT INTO notes VALUES ('kept')")
    (home.media / "a").mkdir()
    (home.media / "a" / "picture.png").write_bytes(b"png")
    (home.links / "book.ndjson").write_bytes(b"{}\n")
    (home.path / "simulated").mkdir()
    (home.path / "simulated" / "brand.json").write_bytes(b'{"what": "simulated"}')
    (home.keys / "pepper.key").write_bytes(b"secret")
    (home.keys / "pepper.key").chmod(0o600)
    return home


def bad(home: Home) -> list[Any]:
    return [one for one in verify(home) if one.state == "bad"]


def older(home: Home) -> None:
    """A log as a program wrote it that knew neither ``currency`` nor by whom a page was passed on."""
    unknown = ("currency", "shared_by", "share_depth")
    schema = pa.schema([item for item in SCHEMA if item.name not in unknown])
    rows = pa.Table.from_pylist([one.as_dict() for one in cast.ali()], schema=schema)
    path = table.events_path(home)
    DeltaTable.create(path, schema, partition_by=["day"], configuration=table.CONFIGURATION)
    write_deltalake(path, rows, mode="append")
