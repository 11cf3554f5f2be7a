"""HTTP for the edge on uvicorn's parser: an answer is one write, made without asking what it cannot be.

uvicorn writes head and body apart and looks at every header for chunked bodies, odd names and access
logs. The edge's answers are whole, of known length and lower-case, so their bytes are joined at once.
"""

from __future__ import annotations

import asyncio
import urllib.parse
from typing import TYPE_CHECKING, Any

import httptools
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    Message = MutableMapping[str, Any]


class WholeAnswer(RequestResponseCycle):
    """One request and its answer; ``http.response.start`` is held until the body comes."""

    held: Message | None = None

    async def send(self, message: Any) -> None:
        """Write start and body together."""
        if message["type"] == "http.response.start":
            self.held = message
            return
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected or self.response_complete:
            return
        self.transport.write(self._bytes(self.held or {}, message["body"]))
        self.response_started = self.response_complete = True
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()

    def _bytes(self, start: Message, body: bytes) -> bytes:
        parts = [STATUS_LINE[start["status"]]]
        for name, value in (*self.default_headers, *start["headers"]):
            if b"\n" in value or b"\r" in value:
                raise RuntimeError(f"a line break in the header {name.decode()}")
            if name == b"connection":
                self.keep_alive = False
            else:
                parts += (name, b": ", value, b"\r\n")
        if not self.keep_alive:
            parts.append(b"connection: close\r\n")
        parts.append(b"\r\n")
        if self.scope["method"] != "HEAD":
            parts.append(body)
        return b"".join(parts)


class EdgeProtocol(HttpToolsProtocol):
    """uvicorn's protocol without upgrades and root path; pipelined requests wait their turn."""

    def on_headers_complete(self) -> None:
        """Begin the application for a request whose headers are there."""
        parser, scope = self.parser, self.scope
        version = parser.get_http_version()
        scope["method"] = parser.get_method().decode("ascii")
        scope["http_version"] = version
        url = httptools.parse_url(self.url)
        scope["raw_path"], scope["query_string"] = url.path, url.query or b""
        path = url.path.decode("ascii")
        scope["path"] = urllib.parse.unquote(path) if "%" in path else path
        before, self.cycle = self.cycle, self._answer(version)
        if before is None or before.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))

    def _answer(self, version: str) -> WholeAnswer:
        return WholeAnswer(
            scope=self.scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=version != "1.0" and self.parser.should_keep_alive(),
            on_response=self.on_response_complete,
        )
