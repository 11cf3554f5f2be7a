"""kill -9 on the edge and on the loader, again and again: acknowledged is in the log, each once.

``SHEMEI_KILLS`` sets how often the edge is killed (8; the figure in the documentation used 60).
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING

import pytest
from deltalake import DeltaTable
from tests.edge.support import PHONE, SRC, events, free_port, kill, prepare, start, wait_for

from shemei.warehouse.log.loader import accounting, load
from shemei.warehouse.log.segments import recover
from shemei.warehouse.log.table import open_table

if TYPE_CHECKING:
    from shemei.warehouse.home import Home

KILLS = int(os.environ.get("SHEMEI_KILLS", "8"))
LOADER = """
import os, random, signal, sys, time
from pathlib import Path
from shemei.warehouse.log import loader
from shemei.warehouse.home import Home

chance = random.Random(int(sys.argv[2]))
retire = loader._retire

def die_or_retire(folder, last):
    if chance.random() < 0.2:
        os.kill(os.getpid(), signal.SIGKILL)
    retire(folder, last)

loader._retire = die_or_retire
while True:
    loader.load(Home(Path(sys.argv[1])))
    time.sleep(0.02)
"""


class Clients:
    """Four people who click without a pause and note every click that was answered."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.acknowledged: list[str] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._click) for _ in range(4)]
        for thread in self._threads:
            thread.start()

    def _click(self) -> None:
        while not self._stop.is_set():
            connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
            with suppress(OSError, HTTPException):
                while not self._stop.is_set():
                    connection.request("GET", "/r/spring", headers={"User-Agent": PHONE})
                    answer = connection.getresponse()
                    answer.read()
                    if answer.status == 302:
                        location = answer.headers["location"]
                        self.acknowledged.append(location.partition("_c=")[2].partition("#")[0])
            connection.close()
            time.sleep(0.01)

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


def start_loader(home: Home, seed: int) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(SRC)}
    command = [sys.executable, "-c", LOADER, str(home.path), str(seed)]
    return subprocess.Popen(command, env=environment)


def torment(home: Home, kills: int, *, with_loader: bool) -> tuple[list[str], int]:
    """Kill and start again; return the clicks acknowledged and how often the loader died."""
    chance = random.Random(kills)
    port = free_port()
    clients = Clients(port)
    loader = start_loader(home, 0) if with_loader else None
    loader_deaths = 0
    try:
        for turn in range(kills):
            edge = start(home, port)
            try:
                wait_for(port, edge)
                time.sleep(chance.uniform(0.05, 0.5))
            finally:
                kill(edge)
            dies = turn == kills // 2 or chance.random() < 0.15
            if loader and (dies or loader.poll() is not None):
                kill(loader)
                loader_deaths += 1
                loader = start_loader(home, turn + 1)
    finally:
        clients.stop()
        if loader:
            kill(loader)
    return clients.acknowledged, loader_deaths


@pytest.mark.slow
def test_every_acknowledged_click_is_in_a_segment_once(home: Home) -> None:
    kills = max(5, KILLS // 4)
    acknowledged, _ = torment(prepare(home), kills, with_loader=False)
    stored = Counter(row["event_id"] for row in events(home))
    print(f"\n{kills} kills, {len(acknowledged)} acknowledged, {len(stored)} stored")
    assert len(acknowledged) > kills
    assert set(acknowledged) <= set(stored)
    assert max(stored.values()) == 1
    assert len(stored) - len(acknowledged) <= 4 * kills


@pytest.mark.slow
def test_every_acknowledged_click_is_in_the_log_once_though_the_loader_dies_too(home: Home) -> None:
    acknowledged, deaths = torment(prepare(home), KILLS, with_loader=True)
    for folder in home.spool.iterdir():
        recover(folder)
    while load(home).segments:
        pass
    rows = Counter(ids(open_table(home)))
    count = accounting(home)
    print(f"\n{KILLS}+{deaths} kills, {len(acknowledged)} acknowledged, {len(rows)} in the log")
    assert deaths > 0
    assert set(acknowledged) <= set(rows)
    assert max(rows.values()) == 1
    assert (count.accepted, count.loaded) == (len(rows), len(rows))
    assert (count.pending, count.failed) == (0, 0)


def ids(log: DeltaTable) -> list[str]:
    table = log.to_pyarrow_table(columns=["event_id"])
    return [str(value) for value in table.column("event_id").to_pylist()]
