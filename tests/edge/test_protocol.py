"""The edge's own HTTP answers, byte by byte."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

import pytest
from tests.edge.support import PHONE, EdgeProcess, prepare, running

from shemei.edge.protocol import WholeAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator


HEADERS = f"Host: s\r\nUser-Agent: {PHONE}\r\n"


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EdgeProcess]:
    from shemei.warehouse.home import Home

    home = Home(tmp_path_factory.mktemp("protocol") / "home").ensure()
    with running(prepare(home)) as process:
        yield process


def spoken(edge: EdgeProcess, *requests: str) -> str:
    """Everything the edge says until it closes the connection."""
    with socket.create_connection(("127.0.0.1", edge.port), timeout=10) as wire:
        wire.sendall("".join(requests).encode())
        said = b""
        while piece := wire.recv(65_536):
            said += piece
        return said.decode()


def request(line: str, *headers: str) -> str:
    return f"{line} HTTP/1.1\r\n{HEADERS}{''.join(f'{h}{chr(13)}{chr(10)}' for h in headers)}\r\n"


def test_requests_sent_ahead_are_answered_in_order(edge: EdgeProcess) -> None:
    last = request("GET /r/none", "Connection: close")
    said = spoken(edge, request("GET /r/spring"), request("GET /robots.txt"), last)
    places = [said.index(word) for word in ("302 Found", "200 OK", "404 Not Found")]
    assert places == sorted(places)
    assert said.count("HTTP/1.1 ") == 3


@pytest.mark.parametrize("verb", ["GET", "HEAD"])
def test_an_address_may_come_in_any_script(edge: EdgeProcess, verb: str) -> None:
    """Apps and curl send what is written behind a link as it is."""
    raw = request(f"{verb} /r/spring?via=门店", "Connection: close")
    assert spoken(edge, raw).startswith("HTTP/1.1 302 Found")


def test_only_the_first_line_of_a_request_is_rewritten(edge: EdgeProcess) -> None:
    """A body that looks like a request comes as it was sent, else its end would be another request."""
    body = "GET /门店 HTTP/1.1\r\n\r\n"
    head = request("POST /e", f"Content-Length: {len(body.encode())}", "Connection: close")
    with socket.create_connection(("127.0.0.1", edge.port), timeout=10) as wire:
        for piece in (head, body):
            wire.sendall(piece.encode())
            time.sleep(0.2)
        said = b""
        while piece := wire.recv(65_536):
            said += piece
    assert said.count(b"HTTP/1.1 ") == 1
    assert "不是有效的 JSON" in said.decode()


def test_a_head_has_no_body_but_its_length(edge: EdgeProcess) -> None:
    said = spoken(edge, request("HEAD /robots.txt", "Connection: close"))
    head, _, body = said.partition("\r\n\r\n")
    assert "content-length: 26" in head
    assert body == ""


def test_who_asks_to_close_is_told_once(edge: EdgeProcess) -> None:
    said = spoken(edge, request("GET /r/spring", "Connection: close"))
    assert said.lower().count("connection: close") == 1
    assert said.lower().count("date: ") == 1


def test_an_old_client_gets_one_answer_and_an_end(edge: EdgeProcess) -> None:
    assert "302 Found" in spoken(edge, f"GET /r/spring HTTP/1.0\r\n{HEADERS}\r\n")


def test_a_header_never_breaks_its_line() -> None:
    answer = WholeAnswer.__new__(WholeAnswer)
    answer.default_headers, answer.keep_alive, answer.scope = [], True, {"method": "GET"}
    start = {"status": 302, "headers": [(b"location", b"https://a.cn/\r\nset-cookie: x=1")]}
    with pytest.raises(RuntimeError, match="line break in the header location"):
        answer._bytes(start, b"")
