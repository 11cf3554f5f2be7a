"""kill -9 while the lake is kept: compacting, closing days, erasing, vacuum, backup, under readers.

A fault is a kill at a random moment or at a random touch of a file of the home. ``SHEMEI_FAULTS``
sets how many (5; the figure in the documentation used 60).
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from tests.edge.support import SRC
from tests.warehouse.cast import BRAND, FIRST, LAST, event

from shemei.warehouse.computed.settling import settle
from shemei.warehouse.home import Home
from shemei.warehouse.lake import Lake
from shemei.warehouse.log import table
from shemei.warehouse.log.segments import write_segment
from shemei.warehouse.log.tombstones import Erased, excluded
from shemei.warehouse.questions import Rows, Totals
from shemei.warehouse.upkeep.backup import backup, restore
from shemei.warehouse.upkeep.erasure import erase, find_person
from shemei.warehouse.upkeep.maintenance import erase_now
from shemei.warehouse.upkeep.proof import prove
from shemei.warehouse.upkeep.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

FAULTS = int(os.environ.get("SHEMEI_FAULTS", "5"))
KEEPER = """
import os, random, signal, sys
from pathlib import Path

from shemei.warehouse.computed import settling
from shemei.warehouse.upkeep import backup, maintenance
from shemei.warehouse.home import Home
from shemei.warehouse.log.tombstones import Erased, excluded

home, chance = Home(Path(sys.argv[1])), random.Random(sys.argv[2])
left = [0]
TOUCHES = {"open", "os.rename", "os.remove", "os.link", "os.mkdir", "os.truncate"}

def die_now_and_then(name, given):
    if name in TOUCHES and str(home.path) in str(given[0]):
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

def erase_everybody():
    for one in excluded(home):
        if isinstance(one, Erased):
            maintenance.erase_now(home, one)

works = {
    "settle": lambda: settling.settle(home),
    "compact": lambda: maintenance.compact(home, closed=20991231),
    "night": lambda: maintenance.nightly(home),
    "erase": erase_everybody,
    "vacuum": lambda: maintenance.vacuum(home, hours=0),
    "backup": lambda: backup.backup(home, home.path.parent / f"{chance.random()}.tar"),
}
sys.addaudithook(die_now_and_then)
print("ready", flush=True)
while True:
    name = chance.choice(list(works))
    print(name, flush=True)
    left[0] = chance.choice([0, 0, chance.randint(1, 10), chance.randint(1, 200)])
    works[name]()
"""


class World:
    """What was acknowledged, what of it was erased, and readers that never stop asking."""

    def __init__(self, home: Home) -> None:
        self.home, self.number = home, 0
        self.kept: set[str] = set()
        self.erased: set[str] = set()
        self.wrong: list[str] = []
        self.reads = 0
        self._stopping = threading.Event()
        self._reader = threading.Thread(target=self._read)

    def more(self, chance: random.Random) -> None:
        """Put one segment of a few people on a few days."""
        self.number += 1
        rows = [
            event("click", f"11-{chance.randint(1, 9):02} 10:00", visitor=f"v{self.number}-{n % 9}")
            for n in range(60)
        ]
        rows.append(
            event("order", "11-10 10:00", visitor=f"v{self.number}-0", order_id=f"N{self.number}")
        )
        write_segment(self.home.spool / "edge-1", self.number, rows)
        self.kept |= {row.event_id for row in rows}

    def erase_one(self, number: int) -> None:
        settle(self.home)
        with suppress(ValueError):
            found = erase(self.home, find_person(self.home, BRAND, order=f"N{number}"))
            gone = self.kept - self.seen()
            assert len(gone) == found.rows
            self.kept -= gone
            self.erased |= gone

    def seen(self) -> set[str]:
        rows = Lake(self.home).ask(Rows(BRAND, FIRST, LAST, limit=100_000)).rows
        found: list[str] = rows["event_id"].to_pylist()
        if len(found) != len(set(found)):
            self.wrong.append("an event stands twice in an answer")
        return set(found)

    def _read(self) -> None:
        while not self._stopping.wait(0.05):
            try:
                Lake(self.home).ask(Totals(BRAND, FIRST, LAST, ("clicks", "orders")))
                if self.seen() & self.erased:
                    self.wrong.append("an erased event stands in an answer")
                self.reads += 1
            except Exception as error:
                self.wrong.append(repr(error))

    def __enter__(self) -> World:
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._reader.join()


def keep_until_killed(home: Home, seed: str, patience: float) -> str:
    """Run the keeper until it dies of itself or is killed; returns what it was at."""
    note = home.path.parent / "keeper.txt"
    with note.open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-c", KEEPER, str(home.path), seed],
            env={**os.environ, "PYTHONPATH": str(SRC)},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        while process.poll() is None and "ready" not in note.read_text():
            time.sleep(0.02)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)
        process.kill()
        process.wait()
    assert "Traceback" not in note.read_text(), note.read_text()
    return note.read_text().split()[-1]


@pytest.mark.slow
def test_nothing_is_lost_doubled_or_brought_back_by_kills_of_the_upkeep(
    home: Home, tmp_path: Path
) -> None:
    chance = random.Random(4711)
    died_at: dict[str, int] = {}
    world = World(home)
    world.more(chance)
    settle(home)
    with world:
        for fault in range(FAULTS):
            world.more(chance)
            if fault % 3 == 0:
                world.erase_one(world.number - 1)
            at = keep_until_killed(home, f"seed {fault}", chance.uniform(0.2, 4))
            died_at[at] = died_at.get(at, 0) + 1
            broken = [one for one in verify(home) if one.state == "bad"]
            assert broken == [], (fault, at)
    print(f"{FAULTS} faults at {died_at}, {world.reads} reads")
    assert world.wrong == []
    assert world.reads > 0
    end(home, world, tmp_path)


def end(home: Home, world: World, tmp_path: Path) -> None:
    """All that was acknowledged is there once, the erased in no file, and backups are whole."""
    settle(home)
    assert world.seen() == world.kept
    for one in excluded(home):
        assert isinstance(one, Erased)
        erase_now(home, one)
        assert prove(home, one).complete
    stored = table.open_table(home).to_pyarrow_table()["event_id"].to_pylist()
    assert sorted(stored) == sorted(world.kept)
    backup(home, tmp_path / "last.tar")
    for number, archive in enumerate(sorted(tmp_path.glob("*.tar"))):
        new = Home(tmp_path / f"new-{number}")
        restore(archive, new.path)
        assert [one for one in verify(new.ensure()) if one.state == "bad"] == []
    assert not [path for path in tmp_path.iterdir() if "restoring" in path.name]
