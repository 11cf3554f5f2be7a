"""One process that asks: ``ask.py HOME`` and ``board SECONDS SEED``, ``page NAME`` or ``rebuild``; tells JSON."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from generate import WORKSPACE
from measure import peak_mb, took
from questions import BOARD, PAGES, month

from shemei.warehouse.computed import settling
from shemei.warehouse.home import Home
from shemei.warehouse.lake import Lake
from shemei.warehouse.questions import Totals

MONTHS = 140
"""So many months, a day apart, are asked of in turn."""


def main() -> None:
    home, what, *rest = sys.argv[1:]
    if what == "rebuild":
        used = took(lambda: settling.settle(Home(Path(home))))
        print(json.dumps({"wall": used.wall, "cpu": used.cpu, "peak": peak_mb()}))
        return
    lake = Lake(Home(Path(home)))
    lake.ask(Totals(WORKSPACE, *month(MONTHS), ("orders",)))
    told = board(lake, float(rest[0]), int(rest[1])) if what == "board" else page(lake, rest[0])
    print(json.dumps({**told, "peak": peak_mb()}))


def board(lake: Lake, seconds: float, seed: int) -> dict[str, object]:
    """Ask the board's questions in turn until time is over; each month of each is asked once."""
    until, turn = time.perf_counter() + seconds, 0
    times: dict[str, list[float]] = {name: [] for name in BOARD}
    while time.perf_counter() < until and turn < MONTHS:
        for name, ask in BOARD.items():
            begun = time.perf_counter()
            ask(lake, (turn * 37 + seed * 11) % MONTHS)
            times[name].append(time.perf_counter() - begun)
        turn += 1
    return {"times": times}


def page(lake: Lake, name: str) -> dict[str, object]:
    """Ask one question of a page once."""
    wall, cpu = time.perf_counter(), time.process_time()
    (BOARD | PAGES)[name](lake, 0)
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


if __name__ == "__main__":
    main()
