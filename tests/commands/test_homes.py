"""Commands and a home that is missing, another's, too new, or cannot be written to: one sentence, no traceback."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess
from types import SimpleNamespace

import pytest
from tests.commands.process import mortal, on_a_full_disk, shemei
from tests.warehouse import cast
from tests.warehouse.homes import older

from shemei.__main__ import COMMANDS
from shemei.commands import serve
from shemei.commands.homes import SAID
from shemei.warehouse.home import Home
from shemei.warehouse.log import table

HERE = Path(__file__)
ONES: dict[str, tuple[object, ...]] = {
    "serve": ("--port", 0, "--edge-port", 0),
    "web": ("--port", 0),
    "edge": ("--port", 0),
    "worker": (),
    "import": (HERE, "--workspace", "w"),
    "export": ("events", "--workspace", "w"),
    "doctor": (),
    "verify": (),
    "backup": ("all.tar",),
    "erase": ("--workspace", "w", "--order", "NO-1", "--yes"),
}
"""Every command that is given a home that is there, with what else it needs."""
STARTS = ("serve", "web", "edge", "worker")
"""Those that make one where there is none."""
READS = ("export",)
"""Those that write nothing at all."""


def run(name: str, home: Path, **how: object) -> CompletedProcess[str]:
    more = [home.parent / "all.tar" if one == "all.tar" else one for one in ONES[name]]
    return shemei(name, *more, "--home", home, **how)  # type: ignore[arg-type]


def told(said: CompletedProcess[str], *words: str) -> bool:
    """Whether it ended with one sentence that has these words, and nothing beside it."""
    lines = said.stderr.strip().splitlines()
    return said.returncode in (1, SAID) and len(lines) == 1 and all(w in lines[0] for w in words)


def test_every_command_with_a_home_is_tried() -> None:
    assert {*ONES, "demo", "restore", "attribute", "test"} == set(COMMANDS)


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Home(tmp_path_factory.mktemp("newer") / "home").ensure()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "SCHEMA_VERSION", table.SCHEMA_VERSION + 1)
        cast.put(home, cast.ali())
    return home.path


@pytest.mark.parametrize("name", [one for one in ONES if one != "edge"])
def test_a_log_of_a_newer_program_is_explained_by_every_command(newer: Path, name: str) -> None:
    said = run(name, newer)
    assert told(said, "数据湖的格式是第", str(newer), "请升级 Shemei"), said


def test_serving_stops_where_a_part_says_that_it_cannot_run(newer: Path, tmp_path: Path) -> None:
    """Also where the database was prepared before: else it would start again every second."""
    home = Path(shutil.copytree(newer, tmp_path / "home"))
    assert run("web", home).returncode == SAID
    (home / "shape").write_text(serve._shape())
    said = run("serve", home)
    assert said.returncode == 1 and "请升级 Shemei" in said.stderr
    assert "重启" not in said.stdout and "Traceback" not in said.stderr


@pytest.fixture(scope="module")
def shut(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home that nobody may write to."""
    home = Home(tmp_path_factory.mktemp("shut") / "home").ensure()
    cast.put(home, cast.ali())
    folders = [Path(place) for place, _, _ in os.walk(home.path)]
    for folder in folders:
        folder.chmod(0o555)
    yield home.path
    for folder in folders:
        folder.chmod(0o755)


@pytest.mark.parametrize("name", [one for one in ONES if one not in READS])
def test_a_home_that_cannot_be_written_is_explained_by_every_command(shut: Path, name: str) -> None:
    assert told(run(name, shut, under=mortal), "写不进", str(shut), "请检查挂载")


@pytest.mark.parametrize("name", READS)
def test_who_only_reads_reads_it(shut: Path, name: str) -> None:
    assert run(name, shut, under=mortal).returncode == 0


@pytest.mark.parametrize("name", ["serve", "edge"])
def test_a_new_home_where_none_can_be_made_is_explained(tmp_path: Path, name: str) -> None:
    place = tmp_path / "shut"
    place.mkdir(mode=0o555)
    assert told(run(name, place / "a" / "home", under=mortal), f"写不进 {place}：")


@pytest.mark.parametrize("name", ONES)
def test_a_folder_of_something_else_is_not_touched(tmp_path: Path, name: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with sqlite3.connect(home / "db.sqlite3") as other:
        other.execute("CREATE TABLE theirs (text)")
    before = (home / "db.sqlite3").read_bytes()
    assert told(run(name, home), "不像 Shemei 的数据文件夹", str(home))
    assert [path.name for path in home.iterdir()] == ["db.sqlite3"]
    assert (home / "db.sqlite3").read_bytes() == before


@pytest.mark.parametrize("below", ["", "a/home"])
@pytest.mark.parametrize("name", ONES)
def test_a_file_is_no_home_and_has_none_in_it(tmp_path: Path, name: str, below: str) -> None:
    file = tmp_path / "home"
    file.write_bytes(b"theirs")
    assert told(run(name, file / below), f"{file} 是一个文件", "请用 --home"), name
    assert file.read_bytes() == b"theirs"


@pytest.mark.parametrize("below", ["", "a/home"])
@pytest.mark.parametrize(
    "command", [("demo", "--no-serve"), ("demo", "--rebuild"), ("restore", HERE)]
)
def test_a_file_is_no_place_to_build_or_restore_in(
    tmp_path: Path, command: tuple[object, ...], below: str
) -> None:
    file = tmp_path / "home"
    file.write_bytes(b"theirs")
    said = shemei(*command, "--home", file / below)
    assert told(said, f"{file} 是一个文件", "请用 --home"), said
    assert file.read_bytes() == b"theirs"


@pytest.mark.parametrize("name", [one for one in ONES if one not in STARTS])
def test_a_home_that_is_not_there_is_refused_not_made(tmp_path: Path, name: str) -> None:
    said = run(name, tmp_path / "没有 这个")
    assert said.returncode == 1
    assert "没有数据文件夹" in said.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "command",
    [
        ("serve", *ONES["serve"], "--home", "new"),
        ("worker", "--home", "new"),
        ("demo", "--no-serve", "--people", 50, "--home", "new"),
        ("backup", "all.tar", "--home", "old"),
        ("restore", "kept.tar", "--home", "new"),
        ("erase", *ONES["erase"], "--home", "old"),
    ],
    ids=lambda command: str(command[0]),
)
def test_a_full_disk_is_explained(tmp_path: Path, command: tuple[object, ...]) -> None:
    old = Home(tmp_path / "old").ensure()
    cast.put(old, cast.ali())
    shemei("backup", tmp_path / "kept.tar", "--home", old.path)
    paths = {"new", "old", "all.tar", "kept.tar"}
    said = shemei(
        *(tmp_path / str(one) if one in paths else one for one in command), under=on_a_full_disk
    )
    assert said.returncode == 1
    assert "Traceback" not in said.stderr + said.stdout
    assert "清出" in said.stderr


def test_the_way_in_is_shown_once_the_ports_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as web, socket.socket() as edge:
        for one in (web, edge):
            one.bind(("127.0.0.1", 0))
        ports = [one.getsockname()[1] for one in (web, edge)]
        parts = [
            serve.Part(name, ["--host", "127.0.0.1", "--port", str(port)])
            for name, port in zip(("web", "edge"), ports, strict=True)
        ]
        asked = threading.Event()
        answers = serve._answers
        monkeypatch.setattr(serve, "_answers", lambda port: answers(port) or asked.set() or False)
        waiting = threading.Thread(
            target=serve._say_when_ready, args=(parts, threading.Event(), "打开 http://")
        )
        waiting.start()
        assert asked.wait(10) and "打开" not in capsys.readouterr().out
        web.listen()
        edge.listen()
        waiting.join(10)
        assert capsys.readouterr().out.count("打开 http://") == 1


def test_the_demo_hands_its_way_in_on_to_be_shown_when_ready(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept: list[object] = []
    monkeypatch.setattr(serve, "supervise", lambda parts, *, ready: kept.append(ready))
    monkeypatch.setattr(serve, "_prepare", lambda home: None)
    monkeypatch.delenv("SHEMEI_HOME", raising=False)
    serve.run_all(str(tmp_path / "home"), "127.0.0.1", 0, 0, banner="打开")
    assert kept == ["打开"] and "打开" not in capsys.readouterr().out


def test_a_part_that_fell_is_started_again_and_one_that_refuses_is_not() -> None:
    fell, refused = SimpleNamespace(started=0), SimpleNamespace(started=0)
    for part, code in ((fell, 1), (refused, SAID)):
        part.name, part.ended = "web", lambda code=code: code
        part.start = lambda part=part: vars(part).update(started=part.started + 1)
        stopping = threading.Event()
        serve._start_again(part, stopping)  # type: ignore[arg-type]
    assert (fell.started, refused.started) == (1, 0)


def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").ensure()
    home.database.write_text("not a database, though long enough to be looked at " * 9)
    (tmp_path / "orders.csv").write_text("订单号,实付\n")
    said = shemei("import", tmp_path / "orders.csv", "--workspace", "w", "--home", home.path)
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
