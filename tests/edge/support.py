"""An edge as a process of its own on a loopback port, and a way to read what it stored."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from shemei.edge.linkbook import LinkRecord, publish
from shemei.edge.sites import publish_sites
from shemei.warehouse.log.groups import good_groups
from shemei.warehouse.vocabulary import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shemei.warehouse.home import Home

SRC = Path(__file__).resolve().parents[2] / "src"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.49(0x18003137) NetType/4G"
)
LINK = LinkRecord(
    code="spring",
    url="https://shop.example.cn/p/1?sku=9&b=%E4%B8%AD#reviews",
    workspace="workspace-one",
    link="link-key",
    platform="xhs",
    platform_account="account-key",
    campaign="campaign-key",
    content="content-key",
    creator="creator-key",
    activity="activity-key",
    promo_code="ALI10",
    utm={"utm_source": "xhs", "utm_medium": "social", "utm_campaign": "双十一"},
)
SITES = {
    "sites": {
        "SITE": {"workspace": "workspace-one", "hosts": ["example.cn"]},
        "ASKS": {"workspace": "workspace-two", "hosts": [], "consent": True},
    },
    "channel_rules": {
        "workspace-two": [{"field": "utm_source", "pattern": "poster-*", "channel": "offline"}]
    },
}


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass(frozen=True)
class EdgeProcess:
    """A running edge."""

    home: Home
    port: int
    process: subprocess.Popen[bytes]

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        agent: str = PHONE,
    ) -> Answer:
        """Send one request on a connection of its own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, {"User-Agent": agent, **(headers or {})})
            return whole(connection.getresponse())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def post(self, event: Any) -> Answer:
        return self.ask("POST", "/e", orjson.dumps(event), {"Content-Type": "text/plain"})

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)


def whole(response: HTTPResponse) -> Answer:
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, headers, response.read())


def prepare(home: Home) -> Home:
    """Publish one link and two sites."""
    publish(home, [LINK])
    publish_sites(home, SITES)
    return home


@contextmanager
def running(home: Home, *options: str, port: int | None = None) -> Iterator[EdgeProcess]:
    """Run an edge until the block ends."""
    port = port or free_port()
    edge = EdgeProcess(home, port, start(home, port, *options))
    try:
        wait_for(port, edge.process)
        yield edge
    finally:
        if edge.process.poll() is None:
            edge.process.kill()
        edge.process.wait()


def start(home: Home, port: int, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "shemei.commands.edge", "--home", str(home.path)]
    environment = {**os.environ, "PYTHONPATH": str(SRC)}
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        [*command, "--port", str(port), *options], env=environment, stdout=quiet
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"the edge ended at once with {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("the edge does not listen")


def events(home: Home) -> list[dict[str, Any]]:
    """Return every stored event, of sealed and open segments, with what its line leaves out."""
    found = []
    for path in sorted([*home.spool.glob("*/*.seg"), *home.spool.glob("*/*.open")]):
        data = path.read_bytes()
        for group in good_groups(data):
            lines = data[group.start : group.stop].splitlines()
            found += [DEFAULTS | orjson.loads(line) for line in lines]
    return found


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process as a power cut would."""
    process.send_signal(signal.SIGKILL)
    process.wait()
