"""Reads request bodies: not too long, and not for ever."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from shemei.edge import answers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, MutableMapping

    from shemei.edge.answers import Answer

    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

MOST_BYTES = 64 * 1024
BODY_SECONDS = 10.0


class Bodies:
    """Reads bodies and knows who is reading, so that one sweep ends all that take too long.

    A timer per request would cost more than reading it does.

    Parameters
    ----------
    seconds : float, optional
        How long a body may take to arrive.
    """

    def __init__(self, seconds: float = BODY_SECONDS) -> None:
        self._seconds = seconds
        self._reading: dict[asyncio.Task[Any], float] = {}
        self._ended: set[asyncio.Task[Any]] = set()

    async def read(self, headers: Mapping[bytes, bytes], receive: Receive) -> bytes | Answer:
        """Return the whole body, or the refusal of one too long or too slow."""
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or len(length) > 12 or int(length) > MOST_BYTES:
            return answers.TOO_LARGE
        task = asyncio.current_task()
        assert task is not None
        self._reading[task] = time.monotonic()
        try:
            return await _whole(receive)
        except asyncio.CancelledError:
            if task not in self._ended:
                raise
            task.uncancel()
            return answers.TOO_SLOW
        finally:
            self._ended.discard(task)
            del self._reading[task]

    def sweep(self) -> None:
        """End the reading of bodies that have taken too long; call it now and then."""
        before = time.monotonic() - self._seconds
        for task, began in self._reading.items():
            if began < before and task not in self._ended:
                self._ended.add(task)
                task.cancel()


async def _whole(receive: Receive) -> bytes | Answer:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":  # the sender has gone
            return answers.TOO_SLOW
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > MOST_BYTES:
            return answers.TOO_LARGE
        if not message.get("more_body"):
            return b"".join(parts) + part if parts else part
        parts.append(part)
