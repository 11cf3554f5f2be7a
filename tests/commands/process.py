"""``shemei`` as a person calls it, in a process of its own."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

SOURCE = str(Path(__file__).resolve().parents[2] / "src")
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2


def mortal() -> None:
    """Permissions hold for the command as for anybody, also where root runs the tests."""
    libc = ctypes.CDLL(None)
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def on_a_full_disk() -> None:
    """No file may grow beyond a few kilobytes, as where the disk is full."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8_192, 8_192))


def shemei(
    *arguments: object, under: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, with nothing of the tests' own settings; ``under`` sets what holds for it alone."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SHEMEI_", "DJANGO_", "DATA"))}
    return subprocess.run(
        [sys.executable, "-m", "shemei", *map(str, arguments)],
        env=kept | {"PYTHONPATH": SOURCE},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=under,
        timeout=300,
    )
