"""A PostgreSQL server of one's own, made from the machine's binaries and thrown away at exit."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote


def binaries() -> Path:
    """The newest installed server binaries; raises where there are none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if not found and (on_path := shutil.which("initdb")):
        return Path(on_path).parent
    if not found:
        raise RuntimeError(
            "no PostgreSQL server binaries here; install postgresql or unset SHEMEI_TEST_DATABASE"
        )
    return found[-1]


def throw_away_server() -> str:
    """Start a server that listens on a Unix socket alone; returns its URL. It ends with this process."""
    folder = Path(tempfile.mkdtemp(prefix="shemei-pg-"))
    as_user = _as_other_user(folder)
    tools, data = binaries(), folder / "data"
    _run(
        [
            *as_user,
            tools / "initdb",
            "-D",
            data,
            "-U",
            "shemei",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]
    )
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    control = [*as_user, tools / "pg_ctl", "-D", data]
    atexit.register(_stop, control, folder)
    _run([*control, "-l", folder / "log", "-o", options, "-w", "start"])
    return f"postgresql://shemei@{quote(str(folder), safe='')}/postgres"


def _as_other_user(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: hand the folder to the user ``postgres`` then."""
    if os.geteuid() != 0:
        return []
    owner = pwd.getpwnam("postgres")
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    return ["runuser", "-u", "postgres", "--"]


def _run(command: list[str | Path]) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True, cwd="/tmp")


def _stop(control: list[str | Path], folder: Path) -> None:
    subprocess.run(
        [*map(str, control), "-m", "immediate", "stop"],
        check=False,
        capture_output=True,
        cwd="/tmp",
    )
    shutil.rmtree(folder, ignore_errors=True)
