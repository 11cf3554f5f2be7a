"""One file holds a whole home; a home made from it answers alike, and half of one is never seen."""

from __future__ import annotations

import io
import os
import sqlite3
import tarfile
from typing import TYPE_CHECKING, Any

import pytest
from tests.warehouse.asked import answers
from tests.warehouse.cast import event
from tests.warehouse.homes import bad, lived_in

from shemei.warehouse.computed.settling import settle
from shemei.warehouse.home import Home
from shemei.warehouse.log.loader import accounting, load
from shemei.warehouse.log.segments import write_segment
from shemei.warehouse.upkeep import backup as making
from shemei.warehouse.upkeep.backup import BackupError, backup, restore

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["all.tar.gz", "all.tar"])
def test_a_restored_home_answers_alike_and_loads_what_waited(
    home: Home, tmp_path: Path, name: str
) -> None:
    lived_in(home)
    before, counted = answers(home), accounting(home)
    backup(home, tmp_path / name)
    new = Home(tmp_path / "new")
    restore(tmp_path / name, new.path)
    new.ensure()
    assert accounting(new) == counted
    assert answers(new) == before
    assert bad(new) == []
    assert load(new).loaded_records == 2
    settle(home)
    settle(new)
    with sqlite3.connect(new.database) as connection:
        assert connection.execute("SELECT text FROM notes").fetchall() == [("kept",)]
    assert (new.media / "a" / "picture.png").read_bytes() == b"png"
    assert (new.links / "book.ndjson").exists()
    assert (new.path / "simulated" / "brand.json").read_bytes() == b'{"what": "simulated"}'
    assert not list(new.keys.iterdir())
    assert not list(home.path.glob(".backup-*"))


def test_what_is_loaded_meanwhile_is_there_once(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived_in(home)
    original = making._pack

    def pack_while_others_work(*given: Any, **named: Any) -> Any:
        write_segment(home.spool / "edge-2", 1, [event("click", "11-23 10:00", visitor="later")])
        settle(home)
        return original(*given, **named)

    monkeypatch.setattr(making, "_pack", pack_while_others_work)
    counted = accounting(home)
    backup(home, tmp_path / "all.tar")
    restore(tmp_path / "all.tar", tmp_path / "new")
    assert accounting(Home(tmp_path / "new")) == counted
    assert accounting(home).loaded > counted.loaded
    assert bad(Home(tmp_path / "new").ensure()) == []


def test_nothing_is_written_over(home: Home, tmp_path: Path) -> None:
    lived_in(home)
    backup(home, tmp_path / "all.tar")
    with pytest.raises(BackupError, match="已经存在"):
        backup(home, tmp_path / "all.tar")
    with pytest.raises(BackupError, match="不是空的"):
        restore(tmp_path / "all.tar", home.path)
    assert accounting(home).loaded > 0


def test_an_archive_that_is_not_whole_restores_nothing(home: Home, tmp_path: Path) -> None:
    lived_in(home)
    backup(home, tmp_path / "all.tar")
    data = (tmp_path / "all.tar").read_bytes()
    place = data.index(b"PAR1") + 100
    for number, wrong in enumerate(
        (
            data[: len(data) // 2],
            data[:-20_000],
            data[:place] + b"\xff" * 8 + data[place + 8 :],
            b"no tar",
        )
    ):
        (tmp_path / "wrong.tar").write_bytes(wrong)
        with pytest.raises(BackupError, match="没有恢复"):
            restore(tmp_path / "wrong.tar", tmp_path / f"new-{number}")
    assert not list(tmp_path.glob("*new*"))


@pytest.mark.parametrize("name", ["../outside", "/tmp/outside", "a/../../outside"])
def test_a_name_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        info = tarfile.TarInfo(name)
        info.size = 1
        tar.addfile(info, io.BytesIO(b"x"))
    with pytest.raises(BackupError, match="指到外面"):
        restore(tmp_path / "evil.tar", tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("step", ["_freeze_lake", "_pack", "_copy_sqlite"])
def test_a_backup_that_fails_leaves_no_file(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    lived_in(home)

    def full(*given: Any, **named: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(making, step, full)
        with pytest.raises(OSError, match="No space"):
            backup(home, tmp_path / "all.tar")
    assert not list(tmp_path.glob("all*"))
    assert not list(home.path.glob(".backup-*"))
    backup(home, tmp_path / "all.tar")


def test_postgres_without_its_program_is_said(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "PATH", str(tmp_path))
    with pytest.raises(BackupError, match="pg_dump"):
        backup(home, tmp_path / "all.tar", database_url="postgresql://localhost/x")
