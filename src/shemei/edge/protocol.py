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


def escape_target(data: bytes) -> bytes:
    """Return the beginning of a request with all of its first line in ASCII, as the parser wants it.

    Some apps open an address as it is written, ``?via=门店`` unescaped.

    Examples
    --------
    >>> escape_target("GET /r/a?via=店 HTTP/1.1\\r\\nx: 店\\r\\n".encode()).partition(b"\\r")[0]
    b'GET /r/a?via=%E5%BA%97 HTTP/1.1'
    """
    line, end, rest = data.partition(b"\n")
    if not end or line.isascii():
        return data
    return b"".join(b"%c" % byte if byte < 128 else b"%%%02X" % byte for byte in line) + end + rest


class EdgeProtocol(HttpToolsProtocol):
    """uvicorn's protocol without upgrades and root path; pipelined requests wait their turn."""

    _within = False
    """Whether a request has begun and is not there yet: what comes then is no first line."""

    def data_received(self, data: bytes) -> None:
        """Let a request's target be written in any script; never change what is within a request."""
        fresh = not self._within and not data.isascii() and data[:5] in (b"GET /", b"HEAD ")
        super().data_received(escape_target(data) if fresh else data)

    def on_message_begin(self) -> None:
        """Remember that a request has begun."""
        self._within = True
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """Remember that the request is there."""
        self._within = False
        super().on_message_complete()

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
