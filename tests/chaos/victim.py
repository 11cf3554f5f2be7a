"""A process that does one piece of work while one thing goes wrong: ``python -m tests.chaos.victim``.

The work is the real one: a command of ``shemei`` wherever there is one, so that its words and its exit
code are what a person would get. Arguments: home, seed, fault, work and what the work needs.
"""

from __future__ import annotations

import errno
import os
import random
import resource
import signal
import sqlite3
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from shemei.warehouse.home import Home

BRAND = "storm-brand"
TOUCHES = {"open", "os.rename", "os.remove", "os.link", "os.mkdir", "os.truncate"}
UPKEEP = ("load", "settle", "compact", "vacuum", "night", "maintain")
HOURS = (-24 * 400, -24, -1, 1, 24, 24 * 3)


class Fault:
    """What goes wrong in this process, and when; drawn from the seed."""

    def __init__(self, home: Path, chance: random.Random, *, lasting: bool) -> None:
        self.home, self.chance = str(home), chance
        self.lasting = lasting
        self.left = chance.choice([chance.randint(1, 12), chance.randint(1, 150)])

    def none(self) -> None:
        """All goes well."""

    def kill(self) -> None:
        """Die at a touch of a file of the home; the parent kills at a random moment besides."""

        def hook(name: str, given: tuple[Any, ...]) -> None:
            if name in TOUCHES and self.home in str(given[0]):
                self.left -= 1
                if self.left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)

    def rename(self) -> None:
        """Some renames fail."""

        def hook(name: str, given: tuple[Any, ...]) -> None:
            if name == "os.rename" and self.home in str(given[0]) and self.chance.random() < 0.5:
                raise OSError(errno.EIO, "Input/output error", str(given[0]))

        sys.addaudithook(hook)

    def fsync(self) -> None:
        """Some fsyncs fail; what the kernel then has on disk nobody knows."""
        whole = os.fsync

        def failing(fd: int) -> None:
            if self.chance.random() < 0.3:
                raise OSError(errno.EIO, "Input/output error")
            whole(fd)

        os.fsync = failing

    def full(self) -> None:
        """No file may grow past a size: writes of Python, of SQLite and of the lake's engine fail."""
        size = self.chance.choice([0, 512, 4096, 65_536])
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

        def fill() -> None:
            time.sleep(self.chance.uniform(0, 1.5))
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
            if self.lasting:
                time.sleep(0.5)
                resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))

        threading.Thread(target=fill, daemon=True).start()

    def locked(self) -> None:
        """Somebody holds the database for longer than this process waits for it."""
        path, moment = f"{self.home}/db.sqlite3", self.chance.uniform(0.3, 2.0)

        def hold() -> None:
            time.sleep(moment)
            try:
                other = sqlite3.connect(path, timeout=5, isolation_level=None)
                other.execute("BEGIN IMMEDIATE")
                time.sleep(self.chance.uniform(1, 4))
                other.execute("ROLLBACK")
            except sqlite3.Error:
                return

        threading.Thread(target=hold, daemon=True).start()

    def clock(self) -> None:
        """The clock is hours or days off."""
        off = self.chance.choice(HOURS) * 3600
        true_time, true_ns = time.time, time.time_ns
        time.time = lambda: true_time() + off
        time.time_ns = lambda: true_ns() + off * 1_000_000_000


def command(*arguments: object) -> None:
    """Run a command of ``shemei`` in this process; it ends the process with its exit code."""
    from shemei.__main__ import main

    main([str(one) for one in arguments])


def impatient(home: Path) -> Home:
    """Set Django up, with little patience for a busy database and small steps of imports."""
    from shemei.commands.setup import django_home

    made = django_home(str(home))
    from django.conf import settings

    settings.DATABASES["default"]["OPTIONS"]["timeout"] = 1
    from shemei.kernel.imports import actions

    actions.CHUNK_ROWS = 7
    return made


def fill(home: Path, seed: str) -> None:
    """Commit rows to the outbox and relay them, noting what was committed: the rooms' own events."""
    made, chance = impatient(home), random.Random(seed)
    from django.db import transaction

    from shemei.apps.accounts.models import Workspace
    from shemei.kernel import outbox
    from shemei.warehouse.vocabulary import Event

    outbox.SEGMENT_ROWS = 60
    notes = os.open(home.parent / "notes", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    brand = Workspace.objects.get(key=BRAND)

    def put(change: str) -> None:
        size = chance.randint(1, 40)
        with transaction.atomic():
            rows = [
                Event(
                    kind="custom",
                    workspace=BRAND,
                    ts=time.time_ns() // 1000,
                    source="test",
                    action=change,
                )
                for _ in range(size)
            ]
            outbox.log(rows, workspace=brand)
        os.write(notes, f"{change} {size}\n".encode())

    for turn in range(60):
        beat(lambda turn=turn: put(f"{seed}-{turn}"))
        if turn % 3 == 0:
            beat(lambda: outbox.relay(made))


def beat(work: Callable[[], object]) -> None:
    """Do as the worker does: what the machine refuses is logged, and tried again at the next beat."""
    from shemei.commands.refusals import sentence

    try:
        work()
    except Exception as error:
        if not sentence(error):
            raise
        print(f"beat: {error!r}", file=sys.stderr)


def upkeep(home: Path, name: str) -> None:
    from shemei.warehouse.computed import settling
    from shemei.warehouse.home import Home
    from shemei.warehouse.log import loader
    from shemei.warehouse.upkeep import maintenance

    made = Home(home)
    works: dict[str, Callable[[], object]] = {
        "load": lambda: loader.load(made),
        "settle": lambda: settling.settle(made),
        "compact": lambda: maintenance.compact(made, closed=20991231),
        "vacuum": lambda: maintenance.vacuum(made, hours=0),
        "night": lambda: maintenance.nightly(made),
        "maintain": lambda: maintenance.maintain(made),
    }
    beat(works[name])


def undo(home: Path) -> None:
    """Undo the latest import that can be undone, as its page does."""
    impatient(home)
    from django_scopes import scope

    from shemei.apps.accounts.models import Workspace
    from shemei.kernel.actor import SYSTEM
    from shemei.kernel.imports import actions
    from shemei.kernel.imports.errors import ImportError_
    from shemei.kernel.imports.models import ImportBatch

    def work() -> None:
        with scope(workspace=Workspace.objects.get(key=BRAND)):
            done = ImportBatch.objects.filter(state="done").order_by("-id").first()
            if done is not None:
                actions.undo(done, by=SYSTEM)

    try:
        work()
    except ImportError_ as error:
        refuse(str(error))


def explain(work: Callable[[], object]) -> None:
    """Do as every command does: what the machine refuses ends the process with a sentence."""
    import click

    from shemei.commands.refusals import explained

    try:
        with explained():
            work()
    except click.ClickException as error:
        refuse(str(error))


def refuse(why: str) -> None:
    print(why, file=sys.stderr)
    sys.exit(1)


def main() -> None:
    home, seed, fault, work, *rest = sys.argv[1:]
    place = Path(home)
    os.environ["SHEMEI_HOME"] = home
    if work in ("import", "erase"):
        impatient(place)
    getattr(Fault(place, random.Random(seed), lasting=work == "edge"), fault)()
    print("ready", flush=True)
    if work == "edge":
        command("edge", "--home", home, "--port", rest[0])
    elif work == "fill":
        explain(lambda: fill(place, seed))
    elif work == "undo":
        explain(lambda: undo(place))  # with its imports: the queue's file is opened by them
    elif work in UPKEEP:
        upkeep(place, work)
    else:
        command(work, *rest)


if __name__ == "__main__":
    main()
