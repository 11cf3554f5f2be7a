"""``shemei`` as a person calls it, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SOURCE = str(Path(__file__).resolve().parents[2] / "src")


def shemei(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, with nothing of the tests' own settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SHEMEI_", "DJANGO_", "DATA"))}
    return subprocess.run(
        [sys.executable, "-m", "shemei", *map(str, arguments)],
        env=kept | {"PYTHONPATH": SOURCE},
        capture_output=True,
        text=True,
        check=False,
    )
