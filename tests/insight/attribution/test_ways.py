"""One person's way, told by where it lies to an order."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.insight.browsing import page

from shemei.apps.commerce.models import Order
from shemei.apps.insight.attribution.terms import MODEL_TERMS, TERMS
from shemei.kernel.figures import MODEL_NAMES
from shemei.kernel.ways.steps import Step
from shemei.kernel.ways.way import OPEN, gathered, stages, way_to, whole

if TYPE_CHECKING:
    from tests.world import World

PAID = datetime(2026, 11, 20, 4, tzinfo=UTC)


def step(days: float, kind: str = "click", **values: Any) -> Step:
    """A step so many days before the payment."""
    told = {"platform": "xhs", "title": kind, "url": "", "note": "", "amount": 0, "order_id": ""}
    marks = {"in_path": False, "suspect": ""}
    return Step(at=PAID - timedelta(days), kind=kind, **(told | marks | values))


def told(*steps: Step, order: str = "A") -> list[tuple[str, int, bool]]:
    return [(one.label, len(one.steps), one.counts) for one in stages(steps, order, 30)]


BEFORE, WITHIN = "早于归因窗口（付款前 30 天），不计入这一单", "归因窗口：付款前 30 天"


def test_a_way_is_cut_where_the_look_back_begins_and_ends_with_the_order() -> None:
    way = [step(31), step(30, in_path=True), step(2), step(0, "order", order_id="A"), step(-1)]
    assert told(*way) == [(BEFORE, 1, False), (WITHIN, 3, True)]


def test_another_order_of_the_same_person_has_another_window() -> None:
    way = [step(31), step(20, "order", order_id="B"), step(0, "order", order_id="A")]
    assert told(*way, order="B") == [(WITHIN, 2, True)]
    assert told(*way) == [(BEFORE, 1, False), (WITHIN, 2, True)]


def test_an_earlier_order_in_the_window_means_that_its_touches_count_again() -> None:
    earlier, own = step(20, "order", order_id="B"), step(0, "order", order_id="A")
    assert [one.again for one in stages([step(25), earlier, own], "A", 30)] == [True]
    assert [one.again for one in stages([step(25), earlier, own], "B", 30)] == [False]
    assert [one.again for one in stages([earlier, own], "A", 10)] == [False, False]


def test_what_lies_far_back_in_a_long_way_is_folded() -> None:
    way = [step(90 - n, "visit") for n in range(OPEN + 5)]
    assert [(len(one.steps), one.folded) for one in whole(way)] == [(5, True), (OPEN, False)]
    assert [one.folded for one in whole(way[:OPEN])] == [False]


def test_views_in_a_row_are_one_step_but_a_touch_stands_alone() -> None:
    views = [step(1 - n / 100, "view", title=f"浏览页面 /{n}") for n in range(3)]
    assert [(one.title, one.note) for one in gathered(views)] == [("浏览 3 次页面", "/0、/1、/2")]
    views[1] = replace(views[1], in_path=True)
    assert len(gathered(views)) == 3


def test_an_order_that_the_way_does_not_name_cuts_nothing() -> None:
    assert told(step(1), step(0, "order", order_id="B")) == [("", 2, False)]


def test_the_drawer_marks_what_counts(told: World) -> None:
    shown = page(told, "insight:journey", "NO-1", beside=True).content.decode()
    assert WITHIN in shown and BEFORE not in shown
    assert 1 <= shown.count(">计入</span>") <= shown.count("<li")
    told.brand.lookback_days = 1
    told.brand.save(update_fields=["lookback_days"])
    near = page(told, "insight:journey", "NO-1", beside=True).content.decode()
    assert near.count(">计入</span>") < shown.count(">计入</span>")
    assert "早于归因窗口（付款前 1 天）" in near


def lines(shown: str) -> list[str]:
    """The steps of a way as a page writes them."""
    return [
        " ".join(li.split())
        for li in re.findall(r'<li class="(?:is-[a-z]+)?">.*?</li>', shown, re.DOTALL)
    ]


def test_all_pages_tell_the_way_to_an_order_in_the_same_lines(told: World) -> None:
    """The order's page, the drawer of attribution and the customer's page: oldest first, the order last."""
    with told.scope():
        order = Order.objects.create(
            workspace=told.brand, number="NO-1", placed_at=PAID, paid_at=PAID, amount=30_000
        )
        person = way_to(told.brand, "NO-1").person
    drawer = lines(page(told, "insight:journey", "NO-1", beside=True).content.decode())
    of_order = lines(page(told, "commerce:order", order.key).content.decode())
    of_person = lines(page(told, "audience:person", person).content.decode())
    assert len(drawer) > 1 and "下单 NO-1" in drawer[-1] and "is-done" in drawer[-1]
    assert of_order == drawer
    assert [line for line in of_person if line in drawer] == drawer


def test_a_second_order_says_that_earlier_touches_count_again(told: World) -> None:
    assert "照样再算一次" not in page(told, "insight:journey", "NO-1", beside=True).content.decode()
    shown = page(told, "insight:journey", "NO-7", beside=True).content.decode()
    assert "前一单之前的触达，对后一单照样再算一次。" in shown
    assert told.url("insight:models") in shown
    how = page(told, "insight:models", beside=True).content.decode()
    assert "同一个人再下单" in how


def test_every_mark_of_a_path_bears_its_channel_s_name(told: World) -> None:
    for name in ("insight:paths", "insight:attribution"):
        shown = page(told, name).content.decode()
        marks = re.findall(r'<span class="s-pf pf-xhs" role="img"[^>]*>', shown)
        assert marks and all('aria-label="小红书" title="小红书"' in mark for mark in marks)
        assert 'aria-label="渠道图例"' in shown
        rows = re.findall(r'<span class="s-path">.*?</span>\s*</td>', shown, re.DOTALL)
        assert rows and all("付款" in row.rsplit("role=", 1)[1] for row in rows)


def test_every_word_of_statistics_is_explained_where_it_stands_and_in_the_docs(
    told: World,
) -> None:
    drawer = page(told, "insight:models", beside=True).content.decode()
    written = (Path(__file__).parents[3] / "docs" / "concepts" / "attribution.md").read_text()
    for term in (*MODEL_TERMS.values(), *TERMS.values()):
        assert term.says in html.unescape(drawer), term.name
        assert f"| {term.name} | {term.says} |" in written
    shown = html.unescape(page(told, "insight:attribution").content.decode())
    heads = re.findall(r'<th scope="col"[^>]*title="([^"]+)"', shown)
    assert {*(term.says for term in MODEL_TERMS.values()), TERMS["reading"].says} <= {*heads}
    assert TERMS["band"].says in shown and "重抽（自助法）" in shown
    assert MODEL_TERMS.keys() == MODEL_NAMES.keys()
