"""What a stranger may send: each answer has its right status, and nothing is lost or half done."""

from __future__ import annotations

import gzip
import os
import re
import socket
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from tests.edge.support import SRC, EdgeProcess, events, free_port, prepare, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from shemei.warehouse.home import Home

    Stored = Callable[[], list[dict[str, Any]]]
EVENT = b'{"site":"SITE","kind":"view","url":"https://example.cn/"}'
STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")


def get(path: bytes, *headers: bytes, method: bytes = b"GET") -> bytes:
    lines = [b"%b %b HTTP/1.1" % (method, path), b"Host: a", *headers, b"", b""]
    return b"\r\n".join(lines)


def post(body: bytes, *headers: bytes) -> bytes:
    return get(b"/e", *headers, b"Content-Length: %d" % len(body), method=b"POST") + body


def say(port: int, data: bytes) -> bytes:
    """Send bytes as they are and return all that comes back until it is quiet for a while."""
    heard = b""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as wire:
        wire.sendall(data)
        while True:
            try:
                part = wire.recv(65536)
            except (TimeoutError, ConnectionResetError):
                return heard
            if not part:
                return heard
            heard += part
            wire.settimeout(0.15)


UPGRADE = (b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13")
CHUNKED = b"Transfer-Encoding: chunked"
CASES: dict[str, tuple[bytes, int, int]] = {
    "a code that ends a header": (get(b"/r/spring%0d%0aSet-Cookie:%20x=1"), 404, 0),
    "a code with a NUL": (get(b"/r/spring%00"), 404, 0),
    "a code that climbs": (get(b"/r/..%2f..%2fetc"), 404, 0),
    "a code that is no UTF-8": (get(b"/r/%ff%fe"), 404, 0),
    "a code in raw bytes": (get(b"/r/\xe6\x98\xa5"), 404, 0),
    "a code written in percents": (get(b"/r/%73pring"), 302, 1),
    "a code of 60 KB": (get(b"/r/" + b"a" * 60_000), 404, 0),
    "a query of 60 KB": (get(b"/r/spring?" + b"a" * 60_000), 302, 1),
    "a pixel of 60 KB": (get(b"/e.gif?site=SITE&kind=view&url=" + b"a" * 60_000), 400, 0),
    "a pixel of 100 fields": (get(b"/e.gif?" + b"a=1&" * 100), 400, 0),
    "a tunnel": (get(b"evil:443", method=b"CONNECT"), 400, 0),
    "a method of no standard": (get(b"/r/spring", method=b"BREW"), 400, 0),
    "OPTIONS where there is nothing to ask": (get(b"/r/spring", method=b"OPTIONS"), 405, 0),
    "HEAD on what takes events": (get(b"/e", method=b"HEAD"), 405, 0),
    "a websocket": (get(b"/r/spring", *UPGRADE), 302, 1),
    "the greeting of TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, 0),
    "a cookie that ends a string": (get(b"/r/spring", b'Cookie: _sv=aaaaaaaa","x":"\\'), 302, 1),
    "a referrer that ends a string": (get(b"/r/spring", b'Referer: https://"},{/'), 302, 1),
    "an agent with a control byte": (get(b"/r/spring", b"User-Agent: \x01"), 400, 0),
    "two lengths": (post(EVENT, b"Content-Length: 6"), 400, 0),
    "a length and chunks": (post(EVENT, CHUNKED), 400, 0),
    "chunks that are none": (get(b"/e", CHUNKED, method=b"POST") + b"zz\r\n", 400, 0),
    "no body": (get(b"/e", method=b"POST"), 400, 0),
    "a request inside a body too long": (post(get(b"/r/spring") + b"x" * 70_000), 413, 0),
    "a promise of a body too long": (
        get(b"/e", b"Expect: 100-continue", b"Content-Length: 999999", method=b"POST"), 413, 0,
    ),
    "a compressed body": (post(gzip.compress(EVENT), b"Content-Encoding: gzip"), 400, 0),
    "a form": (post(b"site=SITE&kind=view"), 400, 0),
    "JSON under another name": (post(EVENT, b"Content-Type: application/xml"), 202, 1),
    "lists in lists": (post(b"[" * 60_000), 400, 0),
    "half a pair of a character": (
        post(b'{"site":"SITE","kind":"view","title":"\\ud800"}'), 400, 0,
    ),
    "a number of 5,000 digits": (
        post(b'{"site":"SITE","kind":"view","amount":' + b"9" * 5_000 + b"}"), 400, 0,
    ),
    "an action that looks like a commit": (
        post(b'{"site":"SITE","kind":"custom","action":"a\\n{\\"commit\\":1"}'), 202, 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("data", "status", "kept"), CASES.values(), ids=CASES)
def test_strange_requests(
    edge: EdgeProcess, stored: Stored, data: bytes, status: int, kept: int
) -> None:
    heard = say(edge.port, data)
    assert [int(found) for found in STATUS.findall(heard)] == [status]
    assert b"x=1" not in heard
    assert len(stored()) == kept
    assert edge.get("/healthz").status == 200


def test_requests_in_one_packet_are_answered_one_by_one(edge: EdgeProcess, stored: Stored) -> None:
    heard = say(edge.port, get(b"/r/spring") * 3 + get(b"/r/none") + post(EVENT))
    assert STATUS.findall(heard) == [b"302", b"302", b"302", b"404", b"202"]
    assert len(stored()) == 4


def test_an_event_sent_many_times_at_once_is_stored_once(edge: EdgeProcess, stored: Stored) -> None:
    event = {"site": "SITE", "kind": "view", "event_id": str(uuid.uuid4())}
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: edge.post(event).status, range(64)))
    assert answers == [202] * 64
    assert [row["event_id"] for row in stored()] == [event["event_id"]]


def test_a_pixel_asked_for_again_is_stored_once(edge: EdgeProcess, stored: Stored) -> None:
    address = f"/e.gif?site=SITE&kind=view&event_id={uuid.uuid4()}"
    assert [edge.get(address).status for _ in range(3)] == [200] * 3
    assert len(stored()) == 1


FEW_FILES = 'ulimit -Sn 64 && exec "$0" "$@"'


def test_more_slow_connections_than_the_usual_limit_hold_nobody_up(home: Home) -> None:
    """The process begins with room for 64 files and makes the room that the system allows."""
    halves = (get(b"/r/spring")[:-2], get(b"/e", b"Content-Length: 9", method=b"POST") + b"{")
    port, module = free_port(), ("-m", "shemei.commands.edge", "--port")
    command = ["sh", "-c", FEW_FILES, sys.executable, *module, str(port)]
    place = {**os.environ, "SHEMEI_HOME": str(prepare(home).path), "PYTHONPATH": str(SRC)}
    process = subprocess.Popen(command, env=place, stdout=subprocess.DEVNULL)
    slow: list[socket.socket] = []
    try:
        wait_for(port, process)
        edge = EdgeProcess(home, port, process)
        for number in range(200):
            slow.append(socket.create_connection(("127.0.0.1", port), timeout=5))
            slow[-1].sendall(halves[number % 2])
        began = time.monotonic()
        assert edge.get("/r/spring").status == 302
        assert time.monotonic() - began < 1
    finally:
        for wire in slow:
            wire.close()
        process.kill()
        process.wait()
    assert len(events(home)) == 1
