"""Visits to links with rules: late, full or locked ones get a page, the others go their way."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from shemei.edge import answers, pages
from shemei.edge.answers import Answer, answer
from shemei.edge.passwords import Tries, has_pass, is_password, pass_cookie
from shemei.edge.redirect import Router, Step
from shemei.edge.visit import cookie, read_request, visitor_of

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    from shemei.edge.bodies import Bodies, Receive
    from shemei.edge.networks import Networks
    from shemei.edge.redirect import Targets
    from shemei.edge.spool import Spool
    from shemei.edge.stamps import Clock, Ids
    from shemei.edge.visit import Came

    Scope = MutableMapping[str, Any]


class RuledLinks:
    """Answers for links with rules; as with every link, only once the click is on disk.

    Parameters
    ----------
    targets, networks, spool, clock, ids, bodies
        Those of the edge.
    """

    def __init__(
        self,
        targets: Targets,
        networks: Networks,
        spool: Spool,
        clock: Clock,
        ids: Ids,
        bodies: Bodies,
    ) -> None:
        self._networks = networks
        self._targets, self._spool, self._bodies = targets, spool, bodies
        self._clock, self._ids = clock, ids
        self._let_through: dict[str, int] = {}
        self._tries = Tries()

    async def visit(self, scope: Scope, code: str, router: Router) -> Answer:
        """Return what one who opens the link gets."""
        headers, rules = dict(scope["headers"]), router.rules
        ts = self._clock.now()
        centre = self._networks.holds(scope["client"])
        came = read_request(
            scope["method"], headers, from_centre=centre, query=scope["query_string"]
        )
        if rules.expires and ts >= rules.expires:
            return await self._late(scope, headers, router, came, ts, pages.EXPIRED)
        if self._is_full(code, router):
            return await self._late(scope, headers, router, came, ts, pages.USED_UP)
        if rules.password and not has_pass(headers, code, rules.password, time.time()):
            return pages.PASSWORD
        visitor = visitor_of(headers) or self._ids.visitor()
        step = router.step(came.agent.in_app, came.agent.device, visitor, ts)
        if step.kind == "guide" and not came.suspect:
            came = replace(came, suspect="guided")
        return await self._go(scope, code if rules.limit else "", step, came, visitor, ts)

    async def unlock(self, scope: Scope, code: str, receive: Receive) -> Answer:
        """Return what one who has typed a password gets: the link again, with a pass."""
        router = self._targets.get(code) if scope["method"] == "POST" else None
        if not isinstance(router, Router) or not router.rules.password:
            return answers.WRONG_METHOD
        address = str((scope.get("client") or ("",))[0])
        body = await self._bodies.read(dict(scope["headers"]), receive)
        if isinstance(body, Answer):
            return body
        if not self._tries.allowed(code, address):
            return pages.TOO_MANY_TRIES
        self._tries.count(code, address)
        kept = router.rules.password
        if not await asyncio.to_thread(is_password, _given(body), kept):
            return pages.WRONG_PASSWORD
        self._tries.forgive(code, address)
        pass_ = pass_cookie(code, kept, time.time(), secure=scope["scheme"] == "https")
        asked = scope["query_string"]
        back = (b"location", b"/r/" + code.encode() + (b"?" + asked if asked else b""))
        return answer(303, b"", back, (b"set-cookie", pass_), answers.NO_STORE)

    def _is_full(self, code: str, router: Router) -> bool:
        """Ask the larger of what the log had counted and what this process let through."""
        rules = router.rules
        return bool(rules.limit) and max(rules.used, self._let_through.get(code, 0)) >= rules.limit

    async def _late(
        self,
        scope: Scope,
        headers: Mapping[bytes, bytes],
        router: Router,
        came: Came,
        ts: int,
        page: Answer,
    ) -> Answer:
        if router.late is None:
            return page
        visitor = visitor_of(headers) or self._ids.visitor()
        return await self._go(scope, "", Step(router.late), came, visitor, ts)

    async def _go(
        self, scope: Scope, limited: str, step: Step, came: Came, visitor: str, ts: int
    ) -> Answer:
        """Store the click, then send the visitor on or show the page of the way."""
        click_id = self._ids.uuid7(ts)
        line = step.target.event(click_id, ts, self._clock.day(ts), visitor, came)
        stored = self._spool.add(line)
        if stored is None:
            return answers.BUSY_PAGE
        if not await stored:
            return answers.FAILED_PAGE
        if limited and not came.suspect:
            self._let_through[limited] = self._let_through.get(limited, 0) + 1
        location = step.target.location(click_id)
        known = (b"set-cookie", cookie(visitor, secure=scope["scheme"] == "https"))
        if step.kind == "guide":
            return _with(pages.guide_page(came.agent.in_app), known)
        if step.kind == "app":
            return _with(pages.app_page(step.app, location.decode()), known)
        return answer(302, b"", (b"location", location), known, answers.NO_STORE)


def _given(body: bytes) -> str:
    fields = parse_qs(body[:1024].decode("utf-8", "replace"))
    return fields.get("password", [""])[0]


def _with(page: Answer, header: tuple[bytes, bytes]) -> Answer:
    return Answer({**page.start, "headers": [*page.start["headers"], header]}, page.end)
