"""The shell in a real browser: four looks of each page, keyboard, drawer, palette, toasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import overflow, serious, shot

if TYPE_CHECKING:
    from tests.browser import Visit
    from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKS = [("light", False), ("dark", False), ("light", True), ("dark", True)]


@pytest.mark.parametrize(("theme", "phone"), LOOKS)
@pytest.mark.parametrize("name", ["board", "rows", "form", "parts"])
def test_pages_have_no_serious_findings(name: str, theme: str, phone: bool, visit: Visit, gallery: None, told: World) -> None:
    page = visit.page(told.client(), theme=theme, phone=phone)
    page.goto(told.url(f"gallery:{name}"), wait_until="networkidle")
    shot(page, f"{name}-{'phone' if phone else 'desktop'}-{theme}")
    assert serious(page) == []
    assert overflow(page) <= 0
