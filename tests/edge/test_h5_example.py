"""The example H5, served by Python's own server and driven in a browser: link → product → order."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.browser import chromium
from tests.edge.support import LINK, PHONE, events, free_port, running, wait_for

from shemei.edge.linkbook import publish
from shemei.edge.sites import publish_sites

if TYPE_CHECKING:
    from shemei.warehouse.home import Home

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/h5"


@pytest.mark.browser
def test_from_the_short_link_to_the_order(home: Home) -> None:
    port, edge_port = free_port(), free_port()
    server = [sys.executable, "-m", "http.server", str(port), "-d", str(EXAMPLE)]
    files = subprocess.Popen([*server, "-b", "127.0.0.1"], stderr=subprocess.DEVNULL)
    edge = f"http://127.0.0.1:{edge_port}"
    shop = f"http://127.0.0.1:{port}/?site=H5&edge={edge}"
    publish(home, [replace(LINK, code="tea", url=shop, rules={})])
    publish_sites(home, {"sites": {"H5": {"workspace": "workspace-one", "hosts": ["127.0.0.1"]}}})
    try:
        wait_for(port, files)
        with running(home, port=edge_port), chromium() as browser:
            page = browser.new_page(user_agent=PHONE)
            broken: list[str] = []
            page.on("pageerror", lambda error: broken.append(str(error)))
            page.goto(f"{edge}/r/tea")
            page.get_by_role("link", name="买这个").click()
            page.get_by_role("heading", name="下单成功").wait_for()
            deadline = time.monotonic() + 8
            while len(events(home)) < 4 and time.monotonic() < deadline:
                time.sleep(0.05)
    finally:
        files.terminate()
        files.wait()
    click, *rest = events(home)
    assert [row["kind"] for row in (click, *rest)] == ["click", "visit", "view", "order"]
    assert {row["click_id"] or row["event_id"] for row in rest} == {click["event_id"]}
    assert {row["suspect"] for row in rest} == {""}
    assert (rest[0]["utm_source"], rest[-1]["amount"]) == ("xhs", 12900)
    assert broken == []
