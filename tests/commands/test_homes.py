"""Commands and a home that is missing, broken or cannot be written to: one sentence, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.commands.process import shemei
from tests.warehouse.homes import older

from shemei.warehouse.home import Home


@pytest.mark.parametrize("command", [("doctor",), ("export", "events", "--workspace", "w")])
def test_a_home_that_is_not_there_is_refused_not_made(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    said = shemei(*command, "--home", tmp_path / "没有 这个")
    assert said.returncode == 1
    assert "没有数据文件夹" in said.stderr
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "db.sqlite3").write_text("not a database, though long enough to be looked at " * 9)
    (tmp_path / "orders.csv").write_text("订单号,实付\n")
    said = shemei("import", tmp_path / "orders.csv", "--workspace", "w", "--home", tmp_path)
    assert said.returncode == 1
    assert "Traceback" not in said.stderr
    assert "db.sqlite3 用不了" in said.stderr


@pytest.mark.parametrize("what", ["events", "paths", "credits"])
def test_a_log_of_an_older_program_is_not_exported_but_explained(tmp_path: Path, what: str) -> None:
    older(Home(tmp_path).ensure())
    said = shemei("export", what, "--workspace", "brand", "--home", tmp_path)
    assert said.returncode == 1
    assert "Traceback" not in said.stderr
    assert "先运行一次 shemei serve" in said.stderr


@pytest.mark.parametrize("output", ["/dev/full", "/nowhere/events.csv"])
def test_an_export_that_cannot_be_written_says_so(tmp_path: Path, output: str) -> None:
    said = shemei("export", "events", "--workspace", "w", "--home", tmp_path, "-o", output)
    assert said.returncode == 1
    assert "Traceback" not in said.stderr
    assert f"写不进 {output}" in said.stderr
