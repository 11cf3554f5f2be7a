"""A real Chromium for stories: pages signed in as a member, axe, and an ear for security-policy complaints."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = os.environ.get("SHEMEI_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
SHOTS = Path(os.environ.get("SHEMEI_SHOTS", "/tmp/shemei-shots"))


LOST = "Failed to load resource"
"""What the console says of a file that did not come, without its address."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser; skips where there is none."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"needs Chromium at {CHROMIUM}; set SHEMEI_CHROMIUM")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """Opens pages as one member and keeps what the console complains of."""

    browser: Browser
    base: str
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def page(
        self, client: Client | None = None, *, theme: str = "light", phone: bool = False
    ) -> Page:
        """A fresh page; ``client`` lends its session."""
        context = self.browser.new_context(
            base_url=self.base,
            viewport=PHONE if phone else DESKTOP,  # type: ignore[arg-type]
            has_touch=phone,
            color_scheme="dark" if theme == "dark" else "light",
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        cookies = [] if client is None else list(client.cookies.items())
        context.add_cookies([{"name": k, "value": m.value, "url": self.base} for k, m in cookies])
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _hear(self, message: Any) -> None:
        if message.type == "error" and "status of 422" not in message.text:
            lost = message.location["url"] if LOST in message.text else ""
            self.complaints.append(f"{message.text} {lost}".strip())

    def close(self) -> None:
        for context in self.contexts:
            context.close()


LOOK_RULES = ["color-contrast", "scrollable-region-focusable", "target-size", "link-in-text-block"]
"""What another theme or width can break in a page whose structure was looked at before."""


def serious(page: Page, *, look_alone: bool = False) -> list[str]:
    """Serious and critical axe findings, each with the first element it names."""
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if look_alone:
        options["runOnly"] = {"type": "rule", "values": LOOK_RULES}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['id']} ×{len(one['nodes'])}: {one['nodes'][0]['html'][:160]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def settled(page: Page) -> None:
    """Wait until fonts are there, what the page asks for by itself has come, and nothing moves any more."""
    if "drawer=" in page.url:
        page.wait_for_selector("#drawer:not([hidden]) h2")
    page.evaluate(
        """async () => {
            const frame = () => new Promise(requestAnimationFrame);
            await document.fonts.ready;
            await frame();
            while (document.querySelector(".htmx-request")) await frame();
            const endless = (move) => move.effect.getComputedTiming().endTime === Infinity;
            const moving = document.getAnimations().filter((move) => !endless(move));
            await Promise.allSettled(moving.map((move) => move.finished));
        }"""
    )


def overflow(page: Page) -> int:
    """By how many pixels the page can be scrolled sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


SPILLED = """() => {
    const scrolls = (one, edge) => {
        for (let at = one; at !== edge; at = at.parentElement)
            if (getComputedStyle(at).overflowX !== "visible" || getComputedStyle(at).position === "fixed") return true;
        return false;
    };
    const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest("svg, .sr, .s-pop, .s-menu");
    const found = [];
    for (const edge of document.querySelectorAll("main, .s-panel, .s-drawer, .s-facts, .s-kpi")) {
        const right = edge.getBoundingClientRect().right + 1;
        const out = [...edge.querySelectorAll("*")].find((one) =>
            one.getBoundingClientRect().right > right && seen(one) && !scrolls(one.parentElement, edge));
        if (out) found.push(`${edge.className || edge.tagName}: ${out.outerHTML.slice(0, 120)}`);
    }
    for (const stacked of document.querySelectorAll(".s-scroll:has(> .is-stack tr)")) {
        const isBlock = getComputedStyle(stacked.querySelector("tr")).display === "block";
        if (isBlock && stacked.scrollWidth > stacked.clientWidth + 1) found.push(`stacked rows scroll sideways: ${stacked.outerHTML.slice(0, 120)}`);
    }
    return found;
}"""


def spilled(page: Page) -> list[str]:
    """What sticks out of the panel, cell or drawer it stands in, though nothing there scrolls."""
    return list(page.evaluate(SPILLED))


def shot(page: Page, name: str, *, full: bool = True) -> Path:
    """A picture for human eyes, outside the repository."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    path = SHOTS / f"{name}.png"
    page.screenshot(path=path, full_page=full)
    return path
