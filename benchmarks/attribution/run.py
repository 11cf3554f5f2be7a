"""Times ``shemei attribute`` beside two peers, each run a fresh process that reads the file itself.

See README.md in this folder for the peers' environment and what is counted.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from generate import generate

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RESULTS = HERE.parent / "RESULTS.md"
SHEMEI, CA, MAM = "Shemei", "ChannelAttribution 2.2.5", "marketing-attribution-models 2.1.1"
JOBS = (
    (SHEMEI, "linear", "one heuristic"),
    (SHEMEI, "all", "all six (4 heuristics, Markov, Shapley)"),
    (CA, "heuristics", "3 heuristics"),
    (MAM, "heuristics", "4 heuristics"),
    (SHEMEI, "markov", "Markov order 1, exact"),
    (CA, "markov", "Markov order 1, simulated"),
    (MAM, "markov", "Markov order 1"),
    (SHEMEI, "shapley", "Shapley"),
    (MAM, "shapley", "Shapley, last 4 channels"),
)
FILES = (
    (10_000, "csv"),
    (1_000_000, "csv"),
    (1_000_000, "parquet"),
    (10_000_000, "parquet"),
)
MAM_LARGEST = 1_000_000


NOTES = """How to read it: at 10,000 rows nearly all of the time is the start of the interpreter and its
imports. Within a warm process (machine loaded) a 10,000-row file takes 0.02 to 0.03 s here and
0.1 to 0.5 s in ChannelAttribution. ChannelAttribution uses one core, Shemei two: compare CPU as
well. Its Markov result is a simulation (tolerance 5 %), ours is the exact solution. marketing-
attribution-models was not run at 10 million rows: in an earlier run heuristics took 20 GB and
Markov was killed at 24 GB.
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took."""

    wall: float
    cpu: float
    peak: float


def main() -> None:
    options = _options()
    options.data.mkdir(parents=True, exist_ok=True)
    rows = []
    for count, suffix in FILES:
        if count > options.largest:
            continue
        for repeating in (True, False):
            kind = "repeating" if repeating else "all different"
            file = options.data / f"{kind.replace(' ', '-')}-{count}.{suffix}"
            if not file.exists():
                generate(file, count, repeating=repeating)
            for tool, model, label in JOBS:
                found = _measured(tool, model, file, count, options)
                row = f"| {count:,} {suffix} | {kind} | {label} | {tool} | {found} |"
                print(row, flush=True)
                rows.append(row)
    _write(rows, options.repeat)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, help="python of the peers' environment")
    parser.add_argument("--data", type=Path, default=Path("/tmp/shemei-attribution"))
    parser.add_argument("--largest", type=int, default=10_000_000, help="rows of the largest file")
    parser.add_argument("--repeat", type=int, default=3)
    return parser.parse_args()


def _measured(tool: str, model: str, file: Path, count: int, options: argparse.Namespace) -> str:
    if tool == MAM and count > MAM_LARGEST:
        return "not run (memory) | | "
    if tool == SHEMEI:
        command = [sys.executable, "-m", "shemei", "attribute", str(file), "--model", model]
        command += ["--format", "json"]
    elif options.peers is None:
        return "no peers' environment | | "
    else:
        short = "channelattribution" if tool == CA else "mam"
        command = [str(options.peers), str(HERE / "peers.py"), short, model, str(file)]
    runs = [_run(command) for _ in range(options.repeat)]
    if None in runs:
        return "failed | | "
    done = [run for run in runs if run is not None]
    wall, cpu, peak = (
        statistics.median(getattr(run, name) for run in done) for name in ("wall", "cpu", "peak")
    )
    return f"{wall:.2f} s | {cpu:.2f} s | {peak:,.0f} MB"


def _run(command: list[str]) -> Run | None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    if command[0] != sys.executable:
        environment.pop("PYTHONPATH")
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        return None
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _write(rows: list[str], repeat: int) -> None:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    machine = f"{os.cpu_count()} cores, {_memory()} GB, {platform.system()} {platform.machine()}"
    section = "\n".join(
        [
            "## Attribution",
            "",
            f"{datetime.now(UTC):%Y-%m-%d}, commit {commit}, {machine}, Python "
            f"{platform.python_version()}; the machine was shared with other work.",
            f"Median of {repeat} fresh processes each, start of the interpreter and reading the "
            "file included for everybody. Made by `benchmarks/attribution/run.py`.",
            "",
            "| rows | paths | models | tool | wall | CPU | peak RSS |",
            "|---|---|---|---|---|---|---|",
            *rows,
            "",
            NOTES,
        ]
    )
    before = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else "# Results\n"
    rest = re.sub(r"## Attribution\n.*?(?=^## |\Z)", "", before, flags=re.S | re.M).rstrip()
    RESULTS.write_text(f"{rest}\n\n{section}", encoding="utf-8")


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


if __name__ == "__main__":
    main()
