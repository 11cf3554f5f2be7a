"""A shop's website that carries the tag, for tests in a real browser."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from tests.edge.support import events, running

from shemei.edge.tag import tag_source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page

    from shemei.warehouse.home import Home

CLICK = "01a20aef-fe9c-7c43-aca8-7a614c9fb4b4"
SITES = {"sites": {"OPEN": {"workspace": "w"}}}
PAGE = """<!doctype html><meta charset="utf-8"><title>茶</title>
<script>{early}</script><script src="{src}" data-site="OPEN" {more} async></script><h1>茶</h1>"""


class Shop:
    """A shop's website on another port, whose pages carry the tag."""

    def __init__(self, edge_port: int) -> None:
        self.more = ""
        self.early = ""
        self.src = f"http://127.0.0.1:{edge_port}/tag.js"
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = shop.page().encode() if "favicon" not in self.path else b""
                own = self.path == "/own.js"
                body = tag_source() if own else body
                self.send_response(200)
                kind = "text/javascript" if own else "text/html; charset=utf-8"
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Keep the test's output clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def page(self) -> str:
        return PAGE.format(early=self.early, src=self.src, more=self.more)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@contextmanager
def visiting(
    home: Home, port: int, shop: Shop, context: BrowserContext, address: str = ""
) -> Iterator[Page]:
    """A page of the shop, open in a browser while the edge runs."""
    with running(home, port=port):
        page = context.new_page()
        page.goto(shop.url + address)
        yield page


def eventually(home: Home, count: int) -> list[dict[str, Any]]:
    """Return the stored events once there are ``count``, and no more a little later."""
    deadline = time.monotonic() + 8
    while len(events(home)) < count and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.15)
    found = events(home)
    assert len(found) == count, [row["kind"] for row in found]
    return found
