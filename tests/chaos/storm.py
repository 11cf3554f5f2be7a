"""A storm: a whole installation under load, faults drawn from a seed, and the books after each."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import duckdb
import orjson
from tests.chaos.victim import BRAND, UPKEEP
from tests.edge.support import PHONE, SRC, free_port, wait_for

from shemei.warehouse.computed.shelf import Shelf
from shemei.warehouse.home import Home
from shemei.warehouse.log import table as events
from shemei.warehouse.log.groups import good_groups
from shemei.warehouse.log.tombstones import Erased, excluded
from shemei.warehouse.upkeep.verify import verify

ROOT = SRC.parent
WORKS = {
    "edge": 22, "fill": 18, "load": 8, "settle": 14, "compact": 12, "vacuum": 10, "night": 10,
    "maintain": 6, "orders": 34, "metrics": 20, "undo": 14, "backup": 12, "restore": 10, "erase": 14,
}  # fmt: skip
"""Where faults strike, and how often of 200 or so."""

FAULTS = {"kill": 10, "full": 4, "fsync": 3, "rename": 3, "locked": 3, "clock": 2}
NO_DATABASE = {"edge", "restore", *UPKEEP}
SENTENCE = re.compile(r"[一-鿿].*[。！；]|[一-鿿]{6}")
WHAT_TO_DO = re.compile("请|再执行|稍后|过一会|先|没有|换")
PATIENCE = 40.0


@dataclass(frozen=True)
class Strike:
    """One fault: on which work, of which kind, and the seed that decides the rest."""

    number: int
    work: str
    fault: str
    seed: str
    patience: float


def draw(seed: int, count: int) -> list[Strike]:
    """Return the faults of a seed, always the same."""
    chance = random.Random(seed)
    strikes = []
    for number in range(count):
        work = chance.choices(list(WORKS), list(WORKS.values()))[0]
        faults = {k: n for k, n in FAULTS.items() if k != "locked" or work not in NO_DATABASE}
        fault = chance.choices(list(faults), list(faults.values()))[0]
        strikes.append(Strike(number, work, fault, f"{seed}-{number}", chance.uniform(0.2, 6)))
    return strikes


@dataclass
class Books:
    """What was acknowledged to anybody, what was refused, and what was found wrong."""

    clicks: list[str] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    orders: set[str] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)


class Storm:
    """One installation: an edge with people who click, and what faults are let loose on."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, Home(folder / "home").ensure()
        self.books, self.number = Books(), 0
        self.port = free_port()
        self.edge: subprocess.Popen[str] | None = None
        self._stop = threading.Event()
        self._people = [threading.Thread(target=self._click) for _ in range(2)]
        self._accountant = self._process("accountant", str(self.home.path), stdin=subprocess.PIPE)
        assert self._hear() == "ready"

    def __enter__(self) -> Storm:
        self.start_edge()
        for person in self._people:
            person.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for person in self._people:
            person.join()
        for process in (self.edge, self._accountant):
            if process:
                end(process)

    def _process(self, module: str, *given: str, **more: Any) -> subprocess.Popen[str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SHEMEI_", "DATABASE"))}
        env = kept | {"PYTHONPATH": f"{SRC}{os.pathsep}{ROOT}"}
        env["DJANGO_SETTINGS_MODULE"] = "shemei.config.settings"
        command = [sys.executable, "-m", f"tests.chaos.{module}", *given]
        return subprocess.Popen(
            command, env=env, text=True, stdout=subprocess.PIPE, cwd=self.folder, **more
        )

    def _hear(self) -> Any:
        assert self._accountant.stdout is not None
        return json.loads(self._accountant.stdout.readline() or '"gone"')

    # people

    def _click(self) -> None:
        while not self._stop.is_set():
            with (
                suppress(OSError, HTTPException),
                closing(HTTPConnection("127.0.0.1", self.port, timeout=5)) as connection,
            ):
                while not self._stop.is_set():
                    self._click_once(connection)
                    time.sleep(0.02)
            time.sleep(0.05)

    def _click_once(self, connection: HTTPConnection) -> None:
        connection.request("GET", "/r/spring", headers={"User-Agent": PHONE})
        answer = connection.getresponse()
        body = answer.read().decode()
        if answer.status == 302:
            place = answer.headers["location"]
            self.books.clicks.append(place.partition("_c=")[2].partition("#")[0])
        else:
            self.refused(f"HTTP {answer.status}", body)

    def refused(self, where: str, words: str) -> None:
        """Note a refusal; one without a sentence that says what to do is wrong."""
        self.books.refusals[where] += 1
        if "Traceback" in words or not (SENTENCE.search(words) and WHAT_TO_DO.search(words)):
            self.books.wrong.append(f"{where} refused without a word: {words[-400:]!r}")

    # faults

    def start_edge(self, fault: str = "none", seed: str = "") -> None:
        self.edge = self._victim(seed, fault, "edge", str(self.port))
        wait_for(self.port, self.edge)  # type: ignore[arg-type]

    def _victim(self, seed: str, fault: str, work: str, *rest: str) -> subprocess.Popen[str]:
        given = (str(self.home.path), seed, fault, work, *rest)
        return self._process("victim", *given, stderr=subprocess.PIPE)

    def strike(self, one: Strike) -> str:
        """Let one fault loose; returns how the work ended."""
        if one.work == "edge":
            return self._strike_edge(one)
        victim = self._victim(one.seed, one.fault, *self._order(one))
        late = one.patience if one.fault == "kill" else PATIENCE
        assert victim.stdout is not None
        victim.stdout.readline()
        try:
            _, words = victim.communicate(timeout=late)
        except subprocess.TimeoutExpired:
            victim.kill()
            _, words = victim.communicate()
            if one.fault != "kill":
                self.books.wrong.append(f"{one} does not end: {words[-400:]!r}")
        if victim.returncode > 0:
            self.refused(f"{one.work} {victim.returncode}", words)
        if one.work == "restore":
            self._look_at_restored(one, victim.returncode)
        return str(victim.returncode)

    def _strike_edge(self, one: Strike) -> str:
        """The edge with this fault takes the place of the one that ran, which is killed."""
        assert self.edge is not None
        end(self.edge)
        with suppress(AssertionError):
            self.start_edge(one.fault, one.seed)
        time.sleep(one.patience / 2)
        ended = self.edge.poll()
        end(self.edge)
        self.start_edge()
        return str(ended)

    def _order(self, one: Strike) -> tuple[str, ...]:
        """Write what the work needs, and return its arguments."""
        self.number += 1
        chance, home = random.Random(one.seed), ("--home", str(self.home.path))
        archive = self.folder / f"backup-{self.number}.tar"
        if one.work in ("orders", "metrics"):
            file = getattr(self, f"_{one.work}")(chance)
            kind = {"orders": "orders", "metrics": "post_metrics"}[one.work]
            return ("import", str(file), "--kind", kind, "--workspace", BRAND, *home)
        if one.work == "backup":
            return ("backup", str(archive), *home)
        if one.work == "restore":
            self.run("backup", str(archive), *home)
            return ("restore", str(archive), "--home", str(self.folder / f"new-{one.number}"))
        if one.work == "erase":
            order = chance.choice(sorted(self.books.orders - self.books.erased) or ["none"])
            return ("erase", "--workspace", BRAND, "--order", order, "--now", "--yes", *home)
        return (one.work,)

    def run(self, *command: str) -> None:
        """Run a command to its end, without a fault."""
        victim = self._victim("0", "none", *command)
        _, words = victim.communicate(timeout=PATIENCE)
        assert victim.returncode == 0, words

    def _orders(self, chance: random.Random) -> Path:
        file = self.folder / f"orders-{self.number}.csv"
        told = sorted(self.books.orders - self.books.erased)
        numbers = [f"S{self.number}-{n}" for n in range(chance.randint(5, 30))]
        again = chance.sample(told, min(len(told), 3)) if chance.random() < 0.3 else []
        lines = [
            f"{number},2026-11-{chance.randint(1, 20):02} 10:00,{chance.randint(1, 999)}.00,"
            f"已发货,138{chance.randint(0, 10**8 - 1):08}"
            for number in [*numbers, *again]
        ]
        file.write_text("\n".join(["订单编号,付款时间,实付金额,订单状态,手机号", *lines]))
        return file

    def _metrics(self, chance: random.Random) -> Path:
        file = self.folder / f"xhs-{self.number}.csv"
        posts = chance.sample(range(40), 12)
        lines = [f"作品 {n},P{n:04},{self.number * 100 + n}" for n in posts]
        file.write_text("\n".join(["标题,作品编号,播放量", *lines]))
        return file

    # books

    def settled(self) -> dict[str, Any]:
        """Let everything be done that is due, and return the accountant's account."""
        assert self._accountant.stdin is not None
        self._accountant.stdin.write("\n")
        self._accountant.stdin.flush()
        account: dict[str, Any] = self._hear()
        assert "broken" not in account, account
        return account

    def audit(self) -> list[str]:
        """Hold everything acknowledged against what is stored; returns what is wrong."""
        clicks = list(self.books.clicks)
        account = self.settled()
        self.books.orders |= account["orders"].keys()
        for one in excluded(self.home):
            self.books.erased |= set(one.orders) if isinstance(one, Erased) else set()
        wrong, self.books.wrong = self.books.wrong, []
        with events.locked(self.home.lake / "settle.lock"):
            wrong += self._ids(clicks)
            wrong += self._fills()
            wrong += self._orders_in_log(account)
            wrong += self._plays_in_log(account)
        open_batches = [k for k, s in account["batches"].items() if s in ("writing", "checking")]
        wrong += [f"batch {key} hangs" for key in open_batches]
        wrong += [f"outbox: {account[k]} {k}" for k in ("waiting", "given_up") if account[k]]
        wrong += [f"verify: {one}" for one in verify(self.home) if one.state == "bad"]
        return wrong

    def _query(self, files: list[str], sql: str) -> list[tuple[Any, ...]]:
        if not files:
            return []
        with closing(duckdb.connect()) as connection:
            source = f"read_parquet({files!r}, hive_partitioning=true)"
            return connection.execute(sql.format(source=source)).fetchall()

    def _log(self, sql: str) -> list[tuple[Any, ...]]:
        files = [one.path for one in events.live_files(events.open_table(self.home))]
        return self._query(files, sql)

    def _ids(self, clicks: list[str]) -> list[str]:
        with events.locked(self.home.lake / "loader.lock"):
            rows = self._log("SELECT event_id, COUNT(*) FROM {source} GROUP BY 1")
            waiting = {
                orjson.loads(line)["event_id"]
                for path in [*self.home.spool.glob("*/*.seg"), *self.home.spool.glob("*/*.open")]
                for line in lines(path)
            }
        stored = dict(rows)
        lost = set(clicks) - stored.keys() - waiting
        twice = [key for key, count in rows if count > 1]
        return [f"lost clicks: {sorted(lost)[:5]}"] * bool(lost) + [f"twice: {twice[:5]}"] * bool(
            twice
        )

    def _fills(self) -> list[str]:
        notes = self.folder / "notes"
        told = (
            dict(line.split() for line in notes.read_text().splitlines()) if notes.exists() else {}
        )
        stored = dict(
            self._log("SELECT action, COUNT(*) FROM {source} WHERE kind = 'custom' GROUP BY 1")
        )
        return [
            f"change {change}: {size} committed, {stored.get(change, 0)} in the log"
            for change, size in told.items()
            if stored.get(change, 0) != int(size)
        ]

    def _orders_in_log(self, account: dict[str, Any]) -> list[str]:
        shelf = Shelf(self.home)
        files = [shelf.path(name) for name in shelf.current().parts("orders").values()]
        sql = f"SELECT order_id, value FROM {{source}} WHERE workspace = '{BRAND}'"
        told = dict(self._query(files, sql))
        meant = {k: v for k, v in account["orders"].items() if k not in self.books.erased}
        keys = sorted(k for k in told.keys() | meant.keys() if told.get(k) != meant.get(k))
        return [f"order {k}: log {told.get(k)}, books {meant.get(k)}" for k in keys[:5]]

    def _plays_in_log(self, account: dict[str, Any]) -> list[str]:
        gone = [f"'{one.key}'" for one in excluded(self.home) if not isinstance(one, Erased)]
        left_out = f"AND batch NOT IN ({', '.join(gone)})" if gone else ""
        sql = (
            "SELECT content, SUM(quantity) FROM {source} WHERE kind = 'impression'"
            f" AND source = 'import' {left_out} GROUP BY 1"
        )
        told = {key: int(plays) for key, plays in self._log(sql) if plays}
        meant = {key: plays for key, plays in account["plays"].items() if plays}
        keys = sorted(k for k in told.keys() | meant.keys() if told.get(k) != meant.get(k))
        return [f"plays of {k}: log {told.get(k)}, books {meant.get(k)}" for k in keys[:5]]

    def _look_at_restored(self, one: Strike, code: int) -> None:
        new = self.folder / f"new-{one.number}"
        if code == 0 and not new.exists():
            self.books.wrong.append(f"{one}: restored nothing")
        if new.exists():
            place = Home(new).ensure()
            bad = [check for check in verify(place) if check.state == "bad"]
            self.books.wrong += [f"{one}: restored {check}" for check in bad]
        for path in [new, *self.folder.glob(".new-*"), *self.folder.glob("backup-*")]:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def end(process: subprocess.Popen[str]) -> None:
    """Kill a process and close what led to it."""
    process.kill()
    process.communicate()


def lines(path: Path) -> list[bytes]:
    """Return the committed lines of a segment, open or sealed."""
    with suppress(FileNotFoundError):
        data = path.read_bytes()
        return [line for g in good_groups(data) for line in data[g.start : g.stop].splitlines()]
    return []
