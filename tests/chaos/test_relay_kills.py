"""kill -9 on the relay: each row committed to the outbox reaches the log once, others never.

``SHEMEI_KILLS`` sets how often (6; the figure in the documentation used 60).
"""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pytest
from tests.edge.support import SRC, kill

from shemei.warehouse.log.loader import accounting, load
from shemei.warehouse.log.table import open_table

if TYPE_CHECKING:
    from pathlib import Path

    from shemei.warehouse.home import Home

KILLS = int(os.environ.get("SHEMEI_KILLS", "6"))
DEADLINE = 60
RELAY = """
import os, random, signal, sys, time

from shemei.commands.setup import django_home, migrate

home = django_home(sys.argv[1])
migrate()

from django.db import transaction
from shemei.apps.accounts.models import Workspace
from shemei.kernel import outbox
from shemei.warehouse.vocabulary import Event

outbox.SEGMENT_ROWS = 60
chance = random.Random(sys.argv[2])
now = time.time_ns() // 1000
notes = open(home.path / "notes", "a", buffering=1)
workspace, _ = Workspace.objects.get_or_create(name="one")

def now_and_then(work):
    def die_before_or_after(*given):
        if chance.random() < 0.01:
            os.kill(os.getpid(), signal.SIGKILL)
        done = work(*given)
        if chance.random() < 0.01:
            os.kill(os.getpid(), signal.SIGKILL)
        return done
    return die_before_or_after

outbox._stamp_next = now_and_then(outbox._stamp_next)
outbox.write_segment = now_and_then(outbox.write_segment)

def fill(change):
    size = chance.randint(1, 40)
    rolled_back = chance.random() < 0.2
    notes.write(f"{'never' if rolled_back else 'began'} {change} {size}\\n")
    with transaction.atomic():
        outbox.log(
            (
                Event(kind="custom", workspace=workspace.key, ts=now, source="test", action=change)
                for _ in range(size)
            ),
            workspace=workspace,
        )
        transaction.set_rollback(rolled_back)
    if not rolled_back:
        notes.write(f"done {change} {size}\\n")

outbox.relay(home)
notes.write(f"up {sys.argv[2]}\\n")
for turn in range(1_000_000 if sys.argv[3] == "fill" else 0):
    fill(f"{sys.argv[2]}-{turn}")
    if turn % 3 == 0:
        outbox.relay(home)
"""


def start(home: Home, life: int, work: str = "fill") -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(SRC), "DATABASE_URL": ""}
    environment["DJANGO_SETTINGS_MODULE"] = "shemei.config.settings"
    command = [sys.executable, "-c", RELAY, str(home.path), str(life), work]
    return subprocess.Popen(command, env=environment)


def live(home: Home, life: int, chance: random.Random) -> None:
    """Let one relay work while segments are loaded, and kill it at a random moment."""
    relay = start(home, life)
    deadline = time.monotonic() + DEADLINE
    try:
        while relay.poll() is None and f"up {life}\n" not in noted(home):
            assert time.monotonic() < deadline, "the relay does not come up"
            time.sleep(0.02)
        until = time.monotonic() + chance.uniform(0.0, 0.5)
        while relay.poll() is None and time.monotonic() < until:
            load(home)
            time.sleep(0.01)
    finally:
        kill(relay)


def noted(home: Home) -> list[str]:
    path: Path = home.path / "notes"
    return path.read_text().splitlines(keepends=True) if path.exists() else []


@pytest.mark.slow
def test_each_committed_row_of_the_outbox_is_in_the_log_once_though_the_relay_dies(
    home: Home,
) -> None:
    chance = random.Random(KILLS)
    for life in range(KILLS):
        live(home, life, chance)
    assert start(home, KILLS, "relay").wait(DEADLINE) == 0
    while load(home).segments:
        pass
    told: dict[str, dict[str, int]] = defaultdict(dict)
    for line in noted(home):
        word, change, *size = line.split()
        if size:
            told[word][change] = int(size[0])
    table = open_table(home).to_pyarrow_table(columns=["event_id", "action"])
    ids = Counter(table.column("event_id").to_pylist())
    logged = Counter(table.column("action").to_pylist())
    count = accounting(home)
    print(
        f"\n{KILLS} kills of the relay, {sum(told['done'].values())} rows committed and noted, "
        f"{len(ids)} in the log, {sum(ids.values()) - len(ids)} doubled"
    )
    assert len(told["done"]) > KILLS
    assert max(ids.values()) == 1
    assert told["done"].items() <= logged.items()
    assert logged.items() <= told["began"].items(), "a change is in the log whole or not at all"
    assert len(logged) - len(told["done"]) <= KILLS
    assert (count.loaded, count.pending, count.failed) == (len(ids), 0, 0)
    with sqlite3.connect(home.database) as database:
        assert database.execute("SELECT count(*) FROM kernel_outboxevent").fetchone() == (0,)
