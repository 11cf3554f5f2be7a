"""A clock that jumps, and a link book that is read anew: hits go on."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import orjson
from tests.edge.support import LINK

from shemei.edge import linkbook
from shemei.edge.linkbook import LinkBook
from shemei.edge.spool import Limits, Spool
from shemei.edge.stamps import Clock, Ids
from shemei.warehouse.log.groups import read_segment

if TYPE_CHECKING:
    from shemei.warehouse.home import Home

NOON = 1_795_500_000_000_000
HOUR = 3_600_000_000


def test_a_clock_that_jumps_loses_and_doubles_nothing(home: Home) -> None:
    """Forward three days, back before the start: each hit has its day, its id and its place."""
    jumps = [NOON, NOON + 72 * HOUR, NOON - 48 * HOUR, NOON, NOON]
    clock, ids, spool = Clock(), Ids(), Spool(home, limits=Limits(idle=0.05))

    async def life() -> None:
        spool.start()
        for ts in jumps:
            day = clock.day(ts)
            row = {"event_id": ids.uuid7(ts), "ts": ts, "day": day.day, "week": day.week}
            waiter = spool.add(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
            assert waiter is not None
            assert await waiter
        await spool.close()

    asyncio.run(life())
    lines = b"".join(read_segment(path)[0] for path in sorted(home.spool.glob("*/*.seg")))
    rows = [orjson.loads(line) for line in lines.splitlines()]
    assert [row["ts"] for row in rows] == jumps
    assert len({row["event_id"] for row in rows}) == len(jumps)
    days = [row["day"] for row in rows]
    assert days[0] == days[3] == days[4]
    assert days[2] < days[0] < days[1]


def test_while_a_large_book_is_read_anew_its_links_are_found(home: Home) -> None:
    many = 20_000
    linkbook.rewrite(home, (replace(LINK, code=f"c{n}") for n in range(many)))
    book = LinkBook(home)
    again = (
        replace(LINK, code=f"c{n}", url="https://shop.example.cn/new", v=9) for n in range(many)
    )
    linkbook.rewrite(home, again)
    missed, done = [0], threading.Event()

    def look() -> None:
        while not done.is_set():
            missed[0] += book.get("c7") is None

    looking = threading.Thread(target=look)
    looking.start()
    try:
        assert book.refresh()
    finally:
        done.set()
        looking.join()
    found = book.get("c7")
    assert missed == [0]
    assert found is not None
    assert found.url.endswith("/new")
