"""The process as a whole: limits, faults, polling, stopping, what it tells of itself."""

from __future__ import annotations

import re
import resource
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.edge.support import (
    LINK,
    SITES,
    EdgeProcess,
    events,
    free_port,
    prepare,
    running,
    start,
    wait_for,
)

from shemei.edge.health import METRICS
from shemei.edge.linkbook import publish
from shemei.edge.sites import publish_sites

if TYPE_CHECKING:
    from shemei.warehouse.home import Home

EVENT = {"site": "SITE", "kind": "view", "url": "https://example.cn/"}
SHORT_BODIES = """
import sys
import shemei.edge.app as app
app.Edge.__init__.__kwdefaults__["body_seconds"] = 0.3
from shemei.commands.edge import edge
edge(sys.argv[1:])
"""


def raw(port: int, data: bytes) -> bytes:
    """Send bytes as they are and return the first of what comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as wire:
        wire.sendall(data)
        return wire.recv(65536)


def test_a_body_too_long_is_a_413(edge: EdgeProcess) -> None:
    assert edge.ask("POST", "/e", b"x" * 65_537).status == 413
    chunk = b"%x\r\n%b\r\n" % (40_000, b"x" * 40_000)
    head = b"POST /e HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert raw(edge.port, head + chunk + chunk + b"0\r\n\r\n").startswith(b"HTTP/1.1 413")


def test_a_body_in_chunks_is_read(edge: EdgeProcess) -> None:
    body = b'{"site":"SITE","kind":"view"}'
    parts = b"".join(b"%x\r\n%b\r\n" % (len(p), p) for p in (body[:9], body[9:]))
    head = b"POST /e HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert raw(edge.port, head + parts + b"0\r\n\r\n").startswith(b"HTTP/1.1 202")


def test_a_body_that_does_not_come_is_a_408(home: Home) -> None:
    port = free_port()
    command = [sys.executable, "-c", SHORT_BODIES, "--home", str(prepare(home).path)]
    process = subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.DEVNULL)
    try:
        wait_for(port, process)
        head = b"POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n"
        answer = raw(port, head + b"{")
    finally:
        process.kill()
        process.wait()
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"connection: close" in answer


@pytest.mark.parametrize("length", [b"-1", b"abc", b"9" * 30])
def test_a_length_that_is_none_is_refused(edge: EdgeProcess, length: bytes) -> None:
    answer = raw(
        edge.port, b"POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + b"\r\n\r\n"
    )
    assert answer[9:10] == b"4"


def test_new_links_and_sites_are_taken_in_within_a_second(edge: EdgeProcess) -> None:
    assert edge.get("/r/fresh").status == 404
    publish(edge.home, [replace(LINK, code="fresh")])
    publish_sites(edge.home, {"sites": {**SITES["sites"], "NEW": {"workspace": "w"}}})
    deadline = time.monotonic() + 1.5
    while edge.get("/r/fresh").status != 302:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert edge.post({**EVENT, "site": "NEW"}).status == 202
    publish(edge.home, [replace(LINK, code="fresh", active=False)])
    time.sleep(0.8)
    assert edge.get("/r/fresh").status == 404


def test_health_and_metrics_count_the_same(edge: EdgeProcess) -> None:
    before = edge.get("/healthz").json["accepted"]
    assert edge.post([EVENT, EVENT]).status == 202
    health = edge.get("/healthz")
    assert (health.status, health.json["status"]) == (200, "ok")
    assert health.json["accepted"] == before + 2
    text = edge.get("/metrics").body.decode()
    assert f"\nshemei_edge_accepted_total {before + 2}\n" in text
    assert set(re.findall(r"^# TYPE (\w+) (?:counter|gauge)$", text, re.M)) == set(METRICS)


def test_robots_are_asked_to_stay_away(edge: EdgeProcess) -> None:
    assert b"Disallow: /" in edge.get("/robots.txt").body


def test_a_disk_that_refuses_is_a_503_then_all_is_well_again(home: Home) -> None:
    """A file-size limit is met in the middle of a write: that group is refused, the next stored."""
    prepare(home)
    port = free_port()
    process = start(home, port)
    try:
        wait_for(port, process)
        edge = EdgeProcess(home, port, process)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (4_000, resource.RLIM_INFINITY))
        answers = [edge.get("/r/spring").status for _ in range(12)]
        assert 503 in answers
        time.sleep(0.3)
        resource.prlimit(
            process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        )
        time.sleep(0.3)
        assert edge.get("/r/spring").status == 302
        assert edge.get("/healthz").json["failed"] == answers.count(503)
        edge.stop()
    finally:
        process.kill()
        process.wait()
    assert len(events(home)) == answers.count(302) + 1


def test_sigterm_drains_and_seals(home: Home) -> None:
    with running(prepare(home)) as edge:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: edge.get("/r/spring").status, range(80)))
        edge.stop()
    assert answers == [302] * 80
    assert len(events(home)) == 80
    assert list(home.spool.glob("*/*.open")) == []


def test_a_second_edge_on_the_same_home_has_its_own_stream(home: Home) -> None:
    with running(prepare(home)) as one, running(home) as two:
        assert one.get("/r/spring").status == two.get("/r/spring").status == 302
        streams = {edge.get("/healthz").json["stream"] for edge in (one, two)}
    assert len(streams) == 2
    assert len(events(home)) == 2


@pytest.mark.parametrize(
    ("options", "secure"), [((), False), (("--trust-proxy", "127.0.0.1"), True)]
)
def test_a_proxys_word_counts_only_where_it_is_trusted(
    home: Home, options: tuple[str, ...], secure: bool
) -> None:
    with running(prepare(home), *options) as edge:
        answer = edge.get("/r/spring", X_Forwarded_Proto="https", X_Forwarded_For="1.2.3.4")
    assert ("; Secure" in answer.headers["set-cookie"]) is secure


def test_killed_and_started_again_it_goes_on_in_the_same_stream(home: Home) -> None:
    with running(prepare(home)) as edge:
        assert edge.get("/r/spring").status == 302
        stream = edge.get("/healthz").json["stream"]
        edge.process.send_signal(signal.SIGKILL)
        edge.process.wait()
    with running(home) as edge:
        assert edge.get("/healthz").json["stream"] == stream
        assert edge.get("/r/spring").status == 302
        edge.stop()
    assert len(events(home)) == 2
    assert [path.name for path in sorted(home.spool.glob("*/*.seg"))] == [
        "000000000001.seg", "000000000002.seg",
    ]  # fmt: skip
