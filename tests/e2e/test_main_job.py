"""The main job in a real browser: a short link clicked, the tag firing, an order with a code, the path shown."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser import Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


pytestmark = pytest.mark.browser
PHONE_AGENT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148 discover/8.0 XHS/8.0"
)
"""A person's browser: headless Chromium by its own name is rightly left out as suspect."""
SHOP_PAGE = """<!doctype html><meta charset="utf-8"><title>商城</title>
<script src="{edge}/tag.js" data-site="{site}" async></script>
<button id="buy">下单</button>
<script>
document.getElementById("buy").addEventListener("click", () => shemei.order({{order_id: "T-1001", amount: 26900, promo_code: "AZHI30"}}));
</script>"""
STOPS_WITHIN = 10
"""Seconds in which all parts drain and end by themselves; after 15 the supervisor kills."""
SETUP = """
import json, sys
from datetime import datetime
from shemei.commands.setup import django_home, migrate
django_home(); migrate()
from django_scopes import scope
from shemei.apps.accounts.models import Member, User, Workspace
from shemei.apps.brand.models import Campaign
from shemei.apps.content.models import Post
from shemei.apps.creators.models import Creator
from shemei.apps.tracking import book
from shemei.apps.tracking.models import Link, PromoCode, Site
ws = Workspace.objects.create(name="青屿", attribution_model="shapley")
user = User.objects.create_user("chen@example.com", "correct horse battery", name="陈总")
Member.objects.create(workspace=ws, user=user, role="owner")
with scope(workspace=ws):
    creator = Creator.objects.create(workspace=ws, name="阿栀", platform="xhs", followers=86000, tier="KOC")
    post = Post.objects.create(workspace=ws, title="换季烂脸自救", platform="xhs", state="published", creator_key=creator.key, published_at=datetime.now().astimezone())
    Link.objects.create(workspace=ws, name="换季烂脸自救", code="abc2345", url=sys.argv[1], platform="xhs", content_key=post.key, creator_key=creator.key, utm_source="xhs", utm_medium="social")
    PromoCode.objects.create(workspace=ws, code="AZHI30", owner_kind="creator", creator_key=creator.key, platform="xhs")
    site = Site.objects.create(workspace=ws, name="商城", hosts=["127.0.0.1", "localhost"])
book.republish()
print(json.dumps({"workspace": ws.key, "site": site.key}))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def shop(page: dict[str, str]) -> Iterator[str]:
    """A shop's page on a port of its own; what it serves is put into ``page["html"]`` later."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = page["html"].encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@dataclass(frozen=True)
class Running:
    web: str
    edge: str
    workspace: str
    site: str


@contextmanager
def serving(home: Path, target: str) -> Iterator[Running]:
    """The whole product as a user starts it, on ports of its own."""
    web, edge = free_port(), free_port()
    environment = os.environ | {
        "SHEMEI_HOME": str(home),
        "SHEMEI_EDGE_PORT": str(edge),
        "DJANGO_SETTINGS_MODULE": "shemei.config.settings",
    }
    environment.pop("SHEMEI_JOBS", None)
    environment.pop("SHEMEI_JOBS_IMMEDIATE", None)
    environment.pop("DATABASE_URL", None)
    said = subprocess.run(
        [sys.executable, "-c", SETUP, target],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    keys = json.loads(said.strip().splitlines()[-1])
    command = [
        sys.executable,
        "-m",
        "shemei",
        "serve",
        "--port",
        str(web),
        "--edge-port",
        str(edge),
    ]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        for port, path in ((web, "/account/login/"), (edge, "/healthz")):
            _wait_for(f"http://127.0.0.1:{port}{path}")
        yield Running(
            f"http://127.0.0.1:{web}", f"http://127.0.0.1:{edge}", keys["workspace"], keys["site"]
        )
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(STOPS_WITHIN)


def _wait_for(url: str, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def test_a_click_becomes_earned_money(browser: Browser, tmp_path: Path) -> None:
    html: dict[str, str] = {"html": ""}
    with (
        shop(html) as shop_url,
        serving(tmp_path / "home", f"{shop_url}/p/cream") as running,
    ):
        html["html"] = SHOP_PAGE.format(edge=running.edge, site=running.site)
        buyer = browser.new_context(user_agent=PHONE_AGENT).new_page()
        with buyer.expect_request(lambda request: "/p/cream?" in request.url) as landed:
            buyer.goto(f"{running.edge}/r/abc2345")
        assert "_c=" in landed.value.url and "utm_source=xhs" in landed.value.url
        buyer.wait_for_function("window.shemei !== undefined && typeof shemei.order === 'function'")
        with buyer.expect_request(
            lambda request: (
                request.url.startswith(f"{running.edge}/e")
                and "T-1001" in (request.post_data or "")
            )
        ):
            buyer.click("#buy")
        buyer.wait_for_timeout(300)
        visit = Visit(browser, running.web)
        analyst = visit.page()
        analyst.goto("/account/login/")
        analyst.fill("input[name=login]", "chen@example.com")
        analyst.fill("input[name=password]", "correct horse battery")
        analyst.click("main button[type=submit]")
        base = f"{running.web}/w/{running.workspace}"
        _until_shown(analyst, f"{base}/attribution/paths/?range=7d", "T-1001")
        analyst.click("text=T-1001")
        drawer = analyst.locator("#drawer")
        drawer.get_by_text("换季烂脸自救").first.wait_for()
        assert "AZHI30" in drawer.inner_text()
        analyst.goto(f"{base}/attribution/?range=7d")
        assert "小红书" in analyst.locator(".s-models").inner_text()
        visit.close()
        assert visit.complaints == []


def _until_shown(page: Page, url: str, text: str, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        page.goto(url)
        if text in page.content():
            return
        page.wait_for_timeout(1000)
    pytest.fail(f"{text} did not appear at {url} within {seconds:.0f} s")
