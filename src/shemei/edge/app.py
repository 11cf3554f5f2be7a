"""The edge as a raw ASGI application: routes, bodies, answers. No answer before the disk has it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from typing import TYPE_CHECKING, Any

from shemei.edge import answers
from shemei.edge.answers import Answer
from shemei.edge.bodies import BODY_SECONDS, Bodies
from shemei.edge.collect import Collector, TagError, from_query
from shemei.edge.health import health, metrics
from shemei.edge.linkbook import LinkBook
from shemei.edge.networks import Networks
from shemei.edge.redirect import Router, Targets
from shemei.edge.ruled import RuledLinks
from shemei.edge.sites import Sites
from shemei.edge.spool import Limits, Spool
from shemei.edge.stamps import Clock, Ids
from shemei.edge.tag import tag_answer
from shemei.edge.visit import cookie, read_request, visitor_of

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from shemei.edge.answers import Send
    from shemei.edge.bodies import Receive
    from shemei.edge.collect import Batch
    from shemei.warehouse.home import Home

    Scope = MutableMapping[str, Any]

POLL_SECONDS = 0.5
COLLECTIONS = (2_000, 5, 1_000)
"""Requests leave no cycles behind, but each link made ready is an object that stays: at Python's
own thresholds the full collections walk them all again and again, 40 ms each time."""
_ONE = answers.accepted(1)
_EMPTY = {"type": "http.response.body", "body": b""}
_NO_LENGTH = (b"content-length", b"0")


class Edge:
    """The application; give it to uvicorn.

    Parameters
    ----------
    home : Home
        The installation: its link book, sites and spool.
    limits : Limits, optional
        Of the spool.
    body_seconds : float, optional
        How long a request's body may take to arrive.
    """

    def __init__(
        self, home: Home, *, limits: Limits | None = None, body_seconds: float = BODY_SECONDS
    ) -> None:
        home.ensure()
        self.book = LinkBook(home)
        self.sites = Sites(home)
        self.networks = Networks(home)
        self.spool = Spool(home, limits=limits)
        self.targets = Targets(self.book, self.sites)
        self._clock, self._ids = Clock(), Ids()
        self.collector = Collector(self.sites, self._clock, self._ids)
        self._bodies = Bodies(body_seconds)
        self._ruled = RuledLinks(
            self.targets, self.networks, self.spool, self._clock, self._ids, self._bodies
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the life of the process."""
        if scope["type"] == "http":
            path: str = scope["path"]
            if path.startswith("/r/"):
                await self._redirect(scope, path[3:], receive, send)
            elif path == "/e":
                await self._collect(scope, receive, send)
            else:
                await (await self._other(scope, path))(send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def _redirect(self, scope: Scope, code: str, receive: Receive, send: Send) -> None:
        method = scope["method"]
        if method != "GET" and method != "HEAD":
            return await (await self._ruled.unlock(scope, code, receive))(send)
        target = self.targets.get(code)
        if target is None:
            return await answers.NOT_FOUND(send)
        if isinstance(target, Router):
            return await (await self._ruled.visit(scope, code, target))(send)
        headers = dict(scope["headers"])
        ts = self._clock.now()
        click_id = self._ids.uuid7(ts)
        visitor = visitor_of(headers) or self._ids.visitor()
        came = read_request(
            method,
            headers,
            from_centre=self.networks.holds(scope["client"]),
            query=scope["query_string"],
        )
        stored = self.spool.add(target.event(click_id, ts, self._clock.day(ts), visitor, came))
        if stored is None:
            return await answers.BUSY_PAGE(send)
        if not await stored:
            return await answers.FAILED_PAGE(send)
        head = [
            (b"location", target.location(click_id)),
            (b"set-cookie", cookie(visitor, secure=scope["scheme"] == "https")),
            answers.NO_STORE,
            _NO_LENGTH,
        ]
        await send({"type": "http.response.start", "status": 302, "headers": head})
        await send(_EMPTY)
        return None

    async def _collect(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            preflight = scope["method"] == "OPTIONS"
            return await (answers.PREFLIGHT if preflight else answers.WRONG_METHOD)(send)
        headers = dict(scope["headers"])
        body = await self._bodies.read(headers, receive)
        if isinstance(body, Answer):
            return await body(send)
        try:
            came = read_request("POST", headers, from_centre=self.networks.holds(scope["client"]))
            batch = self.collector.batch(body, came, visitor_of(headers))
        except TagError as error:
            return await answers.refusal(400, error.code, str(error))(send)
        n = batch.events
        return await (await self._store(batch, _ONE if n == 1 else answers.accepted(n)))(send)

    async def _store(self, batch: Batch, done: Answer) -> Answer:
        """Return ``done`` once all of a batch is on disk, by this request or by another."""
        if batch.lines:
            stored = self.spool.add(b"".join(batch.lines), len(batch.lines))
            if stored is None:
                return answers.BUSY
            given = batch.given
            if not await (self.collector.recent.follow(given, stored) if given else stored):
                return answers.FAILED
        for twin in batch.twins:
            if not await twin:
                return answers.FAILED
        return done

    async def _pixel(self, scope: Scope) -> Answer:
        headers = dict(scope["headers"])
        try:
            centre = self.networks.holds(scope["client"])
            came = read_request(scope["method"], headers, from_centre=centre)
            event = from_query(scope["query_string"])
            batch = self.collector.gather([event], came, visitor_of(headers))
        except TagError as error:
            return answers.refusal(400, error.code, str(error))
        return await self._store(batch, answers.PIXEL_ANSWER)

    async def _other(self, scope: Scope, path: str) -> Answer:
        if scope["method"] not in ("GET", "HEAD"):
            return answers.WRONG_METHOD
        if path == "/e.gif":
            return await self._pixel(scope)
        if path == "/tag.js":
            return tag_answer(dict(scope["headers"]).get(b"if-none-match", b""))
        if path == "/healthz":
            return health(self)
        if path == "/metrics":
            return metrics(self)
        return answers.ROBOTS if path == "/robots.txt" else answers.NOT_FOUND

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self.spool.start()
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECTIONS)
        poll = asyncio.create_task(self._poll())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        poll.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await poll
        await self.spool.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _poll(self) -> None:
        """Take in new links and sites; a large change is read beside the loop, not in it."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            self._bodies.sweep()
            self.networks.refresh()
            with contextlib.suppress(OSError):
                links = self.book.stale() and await asyncio.to_thread(self.book.refresh)
                if self.sites.refresh() or links:
                    self.targets.forget()
