"""What the machine refuses ends a command with a sentence, and what was killed is gone on with."""

from __future__ import annotations

import errno
import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from django.db import OperationalError
from django_scopes import scope

from shemei.__main__ import main
from shemei.apps.commerce.models import Order
from shemei.commands.refusals import sentence
from shemei.kernel.imports import actions, jobs
from shemei.kernel.imports.models import ImportBatch
from shemei.kernel.jobs import queue
from shemei.warehouse.upkeep import backup as making

if TYPE_CHECKING:
    from pathlib import Path

    from tests.world import World

    from shemei.warehouse.home import Home


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (OSError(errno.EFBIG, "File too large", "/data/a"), "清出空间"),
        (OSError(errno.EIO, "Input/output error"), "检查磁盘和权限"),
        (OperationalError("database is locked"), "过一会儿再执行"),
        (sqlite3.OperationalError("disk I/O error"), "清出空间"),
        (sqlite3.DatabaseError("malformed"), "从备份恢复"),
    ],
)
def test_every_refusal_of_the_machine_says_what_to_do(error: Exception, word: str) -> None:
    assert word in sentence(error)


def test_a_defect_is_not_talked_away() -> None:
    assert sentence(KeyError("x")) == ""


def test_what_a_person_stops_says_how_to_go_on(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(making, "backup", stopped)
    said = CliRunner().invoke(main, ["backup", str(tmp_path / "b.tar"), "--home", str(home.path)])
    assert said.exit_code == 130
    assert "再执行一次同样的命令" in said.stderr and "Abort" not in said.output


def test_a_backup_that_the_disk_refuses_says_what_to_do_and_leaves_nothing(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(making.os, "replace", refuse)
    said = CliRunner().invoke(main, ["backup", str(tmp_path / "b.tar"), "--home", str(home.path)])
    assert said.exit_code == 1
    assert "没有备份成" in said.stderr and "再执行一次" in said.stderr
    assert not list(tmp_path.glob("b.tar*"))


def test_an_import_by_command_that_was_killed_is_gone_on_with(
    world: World, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    """A kill runs no handler: only what the database knows by then is left."""
    rows = "".join(f"D{n},2026-11-03 09:05,10.00,已发货\n" for n in range(9))
    (tmp_path / "a.csv").write_text("订单编号,付款时间,实付金额,订单状态\n" + rows)
    monkeypatch.setattr(actions, "CHUNK_GROUPS", 2)

    class Killed(BaseException):
        pass

    write, kept = actions._write_chunk, actions._take_back

    def die(batch: ImportBatch, chunk: object, place: int, *more: object) -> None:
        if place == 3:
            raise Killed
        write(batch, chunk, place, *more)

    monkeypatch.setattr(actions, "_write_chunk", die)
    monkeypatch.setattr(actions, "_take_back", lambda *_: None)
    with pytest.raises(Killed):
        CliRunner().invoke(
            main, ["import", str(tmp_path / "a.csv"), "--workspace", world.brand.key]
        )
    monkeypatch.setattr(actions, "_write_chunk", write)
    monkeypatch.setattr(actions, "_take_back", kept)
    monkeypatch.setattr(jobs, "STALLED_AFTER", timedelta(0))
    monkeypatch.setattr(queue, "immediate", True)
    with scope(workspace=world.brand):
        assert ImportBatch.objects.get().state == "writing"
        with django_capture_on_commit_callbacks(execute=True):
            assert jobs.resume_stalled.call_local() == 1
        assert ImportBatch.objects.get().state == "done"
        assert Order.objects.count() == 9
