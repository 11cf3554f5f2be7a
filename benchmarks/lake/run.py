"""The lake of a large brand: load rate, boards by four processes, pages, memory, and two peers.

    python benchmarks/lake/run.py --home /somewhere/large [--events 50000000] [--only PART,PART]

Parts: load, build, rebuild, board, pages, peers, report. What each found is kept in the home, so that a run
may be ended and gone on with, and ``report`` writes the table into ``benchmarks/RESULTS.md``. See
README.md in this folder.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import build
import peers
from generate import DAYS, Brand
from measure import Disturbance, middle, percentile
from questions import BOARD, PAGES

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent / "RESULTS.md"
PARTS = ("load", "build", "rebuild", "board", "pages", "peers", "report")
ASKERS = 4
ROUNDS = 3


class Bench:
    """One run: where its data is, and what was found so far."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.folder = options.home.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.options = options
        self.brand = Brand(options.events)
        self.peer_brand = Brand(min(options.events, options.peer_events))
        self.home = build.home_of(self.folder, options.events)
        self.kept = self.folder / f"found-{options.events // 1_000_000}m.json"
        self.found: dict[str, Any] = json.loads(self.kept.read_text()) if self.kept.exists() else {}

    def keep(self, part: str, told: dict[str, Any], disturbance: str) -> None:
        """Remember what a part found."""
        self.found[part] = {**told, "disturbance": disturbance, "commit": commit(), "at": now()}
        self.kept.write_text(json.dumps(self.found, indent=1, ensure_ascii=False))

    def load(self) -> dict[str, Any]:
        """The loader's rate, from segments."""
        runs = build.load_rate(self.folder, self.brand, 5, print)
        used = middle(runs)
        return {"wall": used.wall, "cpu": used.cpu, "events": min(1_000_000, self.brand.events)}

    def build(self) -> dict[str, Any]:
        """The log and all that is computed from it; called again, it goes on."""
        done = build.fill(self.home, self.brand, self.options.seconds)
        if not done:
            sys.exit("not all is there yet: call again, it goes on where it was")
        return {"size": size_of(self.home.lake), "log": size_of(self.home.lake / "events")}

    def rebuild(self) -> dict[str, Any]:
        """All that is computed, from the log alone, by a process of its own."""
        bare = build.bare_copy(self.home, self.folder / "bare")
        told: dict[str, Any] = asked(bare.path, "rebuild")
        shutil.rmtree(bare.path)
        return told

    def board(self) -> dict[str, Any]:
        """Four processes ask the boards' questions at once."""
        seconds = str(self.options.board_seconds)
        asking = [
            subprocess.Popen(
                [*ASK, str(self.home.path), "board", seconds, str(seed)], stdout=subprocess.PIPE
            )
            for seed in range(ASKERS)
        ]
        told = [json.loads(process.communicate()[0]) for process in asking]
        times = {name: [t for one in told for t in one["times"][name]] for name in BOARD}
        return {
            "p50": {name: percentile(some, 0.5) for name, some in times.items()},
            "p95": {name: percentile(some, 0.95) for name, some in times.items()},
            "all": [percentile([t for s in times.values() for t in s], p) for p in (0.5, 0.95)],
            "asked": sum(map(len, times.values())),
            "peak": max(one["peak"] for one in told),
        }

    def pages(self) -> dict[str, Any]:
        """Each question of a page by a fresh process, the median of three."""
        return {name: page(self.home.path, name) for name in (*BOARD, *PAGES)}

    def peers(self) -> dict[str, Any]:
        """The same in PostgreSQL and SQLite, and here at that size."""
        home = build.home_of(self.folder, self.peer_brand.events)
        if not build.fill(home, self.peer_brand, self.options.seconds):
            sys.exit("not all is there yet: call again, it goes on where it was")
        ours = {name: page(home.path, name)["wall"] for name in peers.QUESTIONS}
        told: dict[str, Any] = peers.run(self.peer_brand, self.folder, print)
        ours["size"] = size_of(home.lake)
        return {"events": self.peer_brand.events, "Shemei": ours, **told}


ASK = [sys.executable, str(HERE / "ask.py")]


def asked(home: Path, *what: str) -> Any:
    """Return what a fresh process tells of one thing that it did."""
    done = subprocess.run([*ASK, str(home), *what], check=True, capture_output=True)
    return json.loads(done.stdout)


def page(home: Path, name: str) -> dict[str, float]:
    """Return what a question takes a fresh process that has read one figure before."""
    runs = [asked(home, "page", name) for _ in range(ROUNDS)]
    middle_of = {key: sorted(run[key] for run in runs)[ROUNDS // 2] for key in ("wall", "cpu")}
    print(f"  {name}: {middle_of['wall']:.3f} s, {middle_of['cpu']:.3f} s CPU", flush=True)
    return {**middle_of, "peak": max(run["peak"] for run in runs)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder for the data; 30 GB free")
    parser.add_argument("--events", type=int, default=50_000_000)
    parser.add_argument("--peer-events", type=int, default=5_000_000)
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument(
        "--seconds", type=float, default=1e9, help="build at most so long, then end"
    )
    parser.add_argument("--board-seconds", type=float, default=60)
    options = parser.parse_args()
    bench = Bench(options)
    for part in options.only.split(","):
        if part not in PARTS:
            sys.exit(f"no part {part!r}: there are {', '.join(PARTS)}")
        if part == "report":
            write(report(bench))
            continue
        print(f"{part} …", flush=True)
        watch = Disturbance()
        work: Callable[[], dict[str, Any]] = getattr(bench, part)
        bench.keep(part, work(), watch.end())


def report(bench: Bench) -> str:
    """Return the section of the results."""
    found = bench.found
    lines = [
        f"{now()} · commit {commit()} · {machine()}; {bench.brand.events:,} events wanted, {DAYS} "
        "days, one brand. Made by `benchmarks/lake/run.py`; parts carry their own date and load.",
        "",
    ]
    for part, table in TABLES.items():
        if part in found:
            told = found[part]
            lines += [*table(told), "", f"{told['at']}, commit {told['commit']}, {told['disturbance']}.", ""]  # fmt: skip
    if "build" in found:
        lines.append(f"On disk: log {found['build']['log'] / 1e9:.2f} GB, with all that is computed "
                     f"{found['build']['size'] / 1e9:.2f} GB.")  # fmt: skip
    return "\n".join(lines).rstrip() + "\n"


def _load(told: dict[str, Any]) -> list[str]:
    rate, cpu = told["events"] / told["wall"], told["events"] / told["cpu"]
    return [
        f"**Load** (segments verified, parsed, sorted, written; median of 5 × {told['events']:,}): "
        f"{rate:,.0f} events/s, {cpu:,.0f} events per CPU second."
    ]


def _rebuild(told: dict[str, Any]) -> list[str]:
    return [
        f"**Everything computed anew** from the log, 180 days, people and paths: {told['wall']:,.0f} s, "
        f"{told['cpu']:,.0f} s CPU, peak {told['peak']:,.0f} MB."
    ]


def _board(told: dict[str, Any]) -> list[str]:
    rows = [
        f"| {name} | {told['p50'][name] * 1e3:,.0f} ms | {told['p95'][name] * 1e3:,.0f} ms |"
        for name in BOARD
    ]
    p50, p95 = (value * 1e3 for value in told["all"])
    return [
        f"**Board**, {ASKERS} processes at once, {told['asked']:,} questions, peak {told['peak']:,.0f} "
        "MB a process",
        "", "| question | p50 | p95 |", "|---|---|---|", *rows,
        f"| **all** | **{p50:,.0f} ms** | **{p95:,.0f} ms** |",
    ]  # fmt: skip


def _pages(told: dict[str, Any]) -> list[str]:
    rows = [
        f"| {name} | {told[name]['wall']:.2f} s | {told[name]['cpu']:.2f} s | "
        f"{told[name]['peak']:,.0f} MB |"
        for name in PAGES
        if name in told
    ]
    return [
        f"**Pages**, the first time they are asked; median of {ROUNDS} fresh processes",
        "", "| question | wall | CPU | peak |", "|---|---|---|---|", *rows,
    ]  # fmt: skip


def _peers(told: dict[str, Any]) -> list[str]:
    names = ("PostgreSQL", "SQLite")
    rows = []
    for name in peers.QUESTIONS:
        ours = told["Shemei"][name]
        cells = (_beside(told[peer].get(name), ours) for peer in names)
        rows.append(f"| {name} | {ours:.3f} s | {' | '.join(cells)} |")
    sizes = " | ".join(f"{told[peer]['size'] / 1e9:.2f} GB" for peer in ("Shemei", *names))
    loads = " | ".join(f"{told[p]['load']:.0f} + {told[p]['index']:.0f} s" for p in names)
    return [
        f"**Peers**, {told['events']:,} events, same run; in brackets times of Shemei",
        "", "| question | Shemei | PostgreSQL | SQLite |", "|---|---|---|---|", *rows,
        f"| load + index | | {loads} |", f"| on disk | {sizes} |",
    ]  # fmt: skip


def _beside(theirs: float | None, ours: float) -> str:
    if theirs is None:
        return f"given up after {peers.PATIENCE:.0f} s (> {peers.PATIENCE / ours:,.0f} ×)"
    return f"{theirs:.3f} s ({theirs / ours:.1f} ×)"


TABLES: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "load": _load, "rebuild": _rebuild, "board": _board, "pages": _pages, "peers": _peers,
}  # fmt: skip


def write(section: str) -> None:
    """Put the section under the heading Lake."""
    before = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else "# Results\n"
    rest = re.sub(r"## Lake\n.*?(?=^## |\Z)", "", before, flags=re.S | re.M).rstrip()
    RESULTS.write_text(f"{rest}\n\n## Lake\n\n{section}", encoding="utf-8")
    print(section)


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


def commit() -> str:
    told = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=HERE, capture_output=True, text=True
    )
    return told.stdout.strip()


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
