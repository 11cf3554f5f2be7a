"""Every command explains itself in Chinese, as the reference does, and refuses what it does not know."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from shemei.__main__ import COMMANDS, main

CHINESE = re.compile(r"[\u4e00-\u9fff]")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "commands.md"


def command(name: str) -> click.Command:
    found = main.get_command(click.Context(main), name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_and_each_of_its_options_are_explained_in_chinese(name: str) -> None:
    told = CliRunner().invoke(main, [name, "--help"])
    assert told.exit_code == 0
    assert CHINESE.search(command(name).help or "")
    options = [p for p in command(name).params if isinstance(p, click.Option)]
    assert [o.name for o in options if not CHINESE.search(o.help or "")] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_reference_names_options_that_exist(name: str) -> None:
    line = next(t for t in PAGE.read_text().splitlines() if t.startswith(f"| `shemei {name}`"))
    options = {text for parameter in command(name).params for text in parameter.opts}
    assert set(re.findall(r"`(--[a-z-]+)`", line)) <= options


def test_all_commands_are_listed() -> None:
    told = CliRunner().invoke(main, ["--help"]).stdout
    assert [
        name for name, (_, text) in COMMANDS.items() if f"{name} " not in told or text not in told
    ] == []


@pytest.mark.parametrize(
    "words",
    [
        ["nothing"],
        ["doctor", "--nothing"],
        ["import", "/nowhere.csv", "--workspace", "w"],
        ["import"],
        ["export", "people", "--workspace", "w"],
        ["export", "events"],
        ["export", "events", "--workspace", "w", "--format", "parquet"],
        ["export", "events", "--workspace", "w", "--from", "2026-11-02", "--to", "2026-11-01"],
        ["export", "events", "--workspace", "w", "--from", "yesterday"],
        ["serve", "--port", "many"],
        ["demo", "--port", "many"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_two(words: list[str]) -> None:
    told = CliRunner().invoke(main, words)
    assert told.exit_code == 2
    assert told.stdout == "" and told.stderr


@pytest.mark.parametrize("option", ["--port", "--edge-port"])
def test_a_taken_port_is_refused_before_anything_starts(option: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ports = {"--port": "0", "--edge-port": "0"} | {option: str(port)}
        words = [word for pair in ports.items() for word in pair]
        told = CliRunner().invoke(main, ["serve", "--home", str(tmp_path / "home"), *words])
    assert told.exit_code == 1
    assert f"端口 {port} 用不了" in told.stderr and f"{option} {port + 10}" in told.stderr
    assert not (tmp_path / "home").exists()
