"""Runs the edge on uvicorn with uvloop and httptools; SIGTERM drains and seals."""

from __future__ import annotations

import resource
from dataclasses import dataclass
from typing import TYPE_CHECKING

import uvicorn

from shemei.edge.app import Edge
from shemei.edge.protocol import EdgeProtocol

if TYPE_CHECKING:
    from shemei.warehouse.home import Home


@dataclass(frozen=True, slots=True)
class Address:
    """Where the edge listens, and whose ``X-Forwarded-*`` headers it believes (by default none)."""

    host: str = "127.0.0.1"
    port: int = 8001
    trust_proxy: str = ""


def config(home: Home, address: Address) -> uvicorn.Config:
    """Return uvicorn's settings for the edge."""
    return uvicorn.Config(
        Edge(home),
        host=address.host,
        port=address.port,
        loop="uvloop",
        http=EdgeProtocol,
        ws="none",
        lifespan="on",
        interface="asgi3",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=bool(address.trust_proxy),
        forwarded_allow_ips=address.trust_proxy or None,
        backlog=4096,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=10,
    )


def serve(home: Home, address: Address) -> None:
    """Serve until SIGTERM or SIGINT; what was taken by then is on disk and sealed on return.

    As many connections as the system allows may be open: the usual 1,024 are soon taken by slow
    ones, and then no segment can be opened either.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    uvicorn.Server(config(home, address)).run()
