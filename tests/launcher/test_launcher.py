"""The launcher ``shemei``: which uv it takes, whose mirror it honours, when it prepares anew."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def launcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The launcher as a module, in a checkout of its own with no uv on the path and no word on mirrors."""
    loader = SourceFileLoader("shemei_launcher", str(ROOT / "shemei"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    made = module_from_spec(spec)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader.exec_module(made)
    for name in made.INPUTS:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.setattr(made, "ROOT", tmp_path)
    monkeypatch.setattr(made, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(made, "TOOLS", tmp_path / ".tools")
    monkeypatch.setattr(made, "STAMP", tmp_path / ".venv" / "shemei.stamp")
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    return made


def uv_at(folder: Path, says: str) -> str:
    """A uv that answers ``--version`` with ``says``."""
    folder.mkdir(parents=True)
    program = folder / "uv"
    program.write_text(f"#!{sys.executable}\nprint({says!r})\n")
    program.chmod(0o755)
    return str(program)


@pytest.fixture
def calls(launcher: Any, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What the launcher would install, instead of installing it; asking for a version stays real."""
    made: list[list[str]] = []
    real = subprocess.run

    def run(command: list[str], **options: Any) -> Any:
        if command[-1] == "--version":
            return real(command, **options)
        made.append(command)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(launcher.subprocess, "run", run)
    return made


@pytest.mark.parametrize("says", ["uv 0.9.0", "uv 0.10.2 (abc 2026-01-01)", "uv 1.0.0-alpha.1"])
def test_a_uv_that_is_new_enough_is_taken_from_the_path(
    launcher: Any, calls: list[list[str]], tmp_path: Path, says: str
) -> None:
    found = uv_at(tmp_path / "path", says)
    assert launcher.find_uv() == found
    assert calls == []


@pytest.mark.parametrize("says", ["uv 0.8.24", "uv 0.4.0 (abc 2024-08-01)", "something else", ""])
def test_a_uv_that_is_too_old_is_left_alone(
    launcher: Any, calls: list[list[str]], tmp_path: Path, says: str
) -> None:
    uv_at(tmp_path / "path", says)
    own = uv_at(launcher.TOOLS / launcher.BIN, "uv 0.9.3")
    assert launcher.find_uv() == own
    assert calls == []


def test_an_own_uv_is_installed_once_and_again_when_it_is_too_old(
    launcher: Any, calls: list[list[str]]
) -> None:
    own = launcher.TOOLS / launcher.BIN / "uv"
    assert launcher.find_uv() == str(own)
    assert calls[-1][-1] == "uv>=0.9"
    calls.clear()
    uv_at(own.parent, "uv 0.5.1")
    launcher.find_uv()
    assert calls[-1][-1] == "uv>=0.9"


def test_a_broken_uv_is_left_alone(launcher: Any, calls: list[list[str]], tmp_path: Path) -> None:
    Path(uv_at(tmp_path / "path", "")).write_text("#!/nowhere/python\n")
    own = uv_at(launcher.TOOLS / launcher.BIN, "uv 0.9.3")
    assert launcher.find_uv() == own


@pytest.mark.parametrize("name", ["UV_DEFAULT_INDEX", "UV_INDEX_URL"])
def test_the_users_index_for_uv_wins_over_the_mirror_of_pip(
    launcher: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://pip.example/simple")
    assert launcher.mirrored_environment()["UV_DEFAULT_INDEX"] == "https://pip.example/simple"
    monkeypatch.setenv(name, "https://uv.example/simple")
    told = launcher.mirrored_environment()
    assert told[name] == "https://uv.example/simple"
    assert "https://pip.example/simple" not in (
        told.get("UV_DEFAULT_INDEX"),
        told.get("UV_INDEX_URL"),
    )
    assert told["UV_PYTHON_DOWNLOADS"] == "never"


def test_pips_own_settings_name_the_mirror(
    launcher: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    asked = "-m pip config get global.index-url"
    python.write_text(f'#!/bin/sh\n[ "$*" = "{asked}" ] && echo https://conf.example/simple\n')
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    assert launcher.mirrored_environment()["UV_DEFAULT_INDEX"] == "https://conf.example/simple"
    python.write_text("#!/bin/sh\nexit 1\n")
    assert "UV_DEFAULT_INDEX" not in launcher.mirrored_environment()


def test_everything_that_is_built_from_asks_for_a_new_preparation(launcher: Any) -> None:
    for name in (*launcher.INPUTS, "src/shemei/portal/icons.txt"):
        before = launcher.fingerprint()
        with (launcher.ROOT / name).open("a") as file:
            file.write("\n")
        assert launcher.fingerprint() != before, name


def stamped(launcher: Any, text: str) -> None:
    launcher.VENV.mkdir(exist_ok=True)
    launcher.STAMP.write_text(text)


def test_ready_is_what_was_made_from_these_files_for_this_purpose(launcher: Any) -> None:
    assert not launcher.ready("abc", developing=False)
    stamped(launcher, "abc run")
    assert launcher.ready("abc", developing=False)
    assert not launcher.ready("abc", developing=True)
    assert not launcher.ready("def", developing=False)
    stamped(launcher, "abc dev")
    assert launcher.ready("abc", developing=False) and launcher.ready("abc", developing=True)


@pytest.mark.parametrize(
    ("stamp", "developing", "lock"),
    [("", False, ""), ("", True, "-dev"), ("old run", False, ""), ("old dev", False, "-dev")],
)
def test_preparing_installs_what_is_locked_and_stamps_it(
    launcher: Any,
    calls: list[list[str]],
    tmp_path: Path,
    stamp: str,
    developing: bool,
    lock: str,
) -> None:
    uv_at(tmp_path / "path", "uv 0.9.9")
    if stamp:
        stamped(launcher, stamp)
    (launcher.VENV).mkdir(exist_ok=True)
    launcher.prepare("abc", developing)
    assert f"{tmp_path}/requirements{lock}.lock" in calls[-2]
    assert {"--require-hashes", "--only-binary"} <= set(calls[-2])
    assert calls[-1][-2:] == ["-e", str(tmp_path)]
    assert launcher.STAMP.read_text() == f"abc {'dev' if lock else 'run'}"


def test_a_failed_preparation_says_so_and_is_not_taken_for_ready(
    launcher: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stamped(launcher, "old run")

    def fails(command: list[str], environment: dict[str, str]) -> None:
        raise subprocess.CalledProcessError(7, command)

    monkeypatch.setattr(launcher, "find_uv", lambda: "uv")
    monkeypatch.setattr(launcher, "call", fails)
    monkeypatch.setattr(sys, "argv", ["shemei", "doctor"])
    assert launcher.main() == 1
    assert "退出码 7" in capsys.readouterr().err
    assert not launcher.STAMP.exists()


def test_an_old_python_is_told_at_once(
    launcher: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(launcher.sys, "version_info", (3, 10, 9))
    assert launcher.main() == 1
    assert "需要 Python 3.11" in capsys.readouterr().err
