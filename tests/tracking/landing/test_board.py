"""The result board of a landing page, asked of a real lake."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from django.test import Client
from django.utils import timezone

from shemei.apps.tracking.actions import create_link
from shemei.apps.tracking.landing import actions, figures
from shemei.apps.tracking.landing.models import Lead
from shemei.kernel import outbox
from shemei.kernel.periods import period_from
from shemei.warehouse.computed import settling
from shemei.warehouse.vocabulary import Event, to_ts

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


def test_visitors_and_leads_are_told_by_variant_and_suspects_left_out(
    inside: World, home: Home
) -> None:
    page = actions.create_page(inside.brand, by=inside.owner.actor, name="换季", slug="huanji")
    now = to_ts(timezone.now())

    def event(kind: str, letter: str, visitor: str, **values: str) -> Event:
        props = {"landing": page.key, "variant": letter, **values}
        bad = "bot" if visitor.startswith("bot") else ""
        return Event(
            kind=kind, workspace=inside.brand.key, ts=now, visitor=visitor, suspect=bad,
            batch=page.key, props=orjson.dumps(props).decode(),
        )  # fmt: skip

    told = [event("visit", "A", f"a{n}") for n in range(40)]
    told += [event("visit", "B", f"b{n}") for n in range(40)] + [event("view", "B", "b0")]
    told += [event("visit", "A", f"bot{n}") for n in range(9)]
    told += [event("lead", "A", f"a{n}", lead=f"la{n}") for n in range(2)]
    told += [event("lead", "B", f"b{n}", lead=f"lb{n}") for n in range(20)]
    outbox.log(told, workspace=inside.brand)
    outbox.relay(home)
    settling.settle(home)
    board = figures.board_of(inside.brand, page, period_from({}))
    assert [(one.letter, one.visitors, one.leads) for one in board.results] == [
        ("A", 40, 2),
        ("B", 40, 20),
    ]
    assert (board.visitors, board.leads) == (80, 22)
    assert board.verdict.startswith("B 比 A 高") and not board.capped


def test_a_lead_names_the_short_link_it_came_by(inside: World, home: Home) -> None:
    by = inside.owner.actor
    page = actions.create_page(inside.brand, by=by, name="换季", slug="huanji")
    variant = page.variants.select_related("page__workspace").get()
    for block, values in zip(variant.draft, ({"title": "稳"}, {"body": "试用"}, {}), strict=True):
        actions.write_block(variant, block["id"], by=by, values=block | values)
    variant.refresh_from_db()
    actions.publish(variant, by=by)
    link = create_link(inside.brand, by=by, url="https://brand.cn/p/huanji", name="试用装 · 置顶")
    click_id = "018bcfe5-6800-7000-8000-000000000001"
    click = Event(
        kind="click", workspace=inside.brand.key, ts=to_ts(timezone.now()), link=link.key,
        click_id=click_id, visitor="v", suspect="prefetch",
    )  # fmt: skip
    outbox.log([click], workspace=inside.brand)
    outbox.relay(home)
    settling.settle(home)
    for query, phone in ((f"?_c={click_id}", "13800138000"), ("", "13900139000")):
        Client().post(f"/p/huanji{query}", {"name": "林", "phone": phone, "agree": "1"})
    came, bare = Lead.objects.get(click_id=click_id), Lead.objects.get(click_id="")
    assert figures.came_by(inside.brand, [came, bare]) == {came.key: link}
    client, address = inside.client(inside.owner), inside.url("tracking:link", link.key)
    listed = client.get(inside.url("landing:leads")).content.decode()
    assert listed.count(f'href="{address}"') == 1
    assert (
        f'href="{address}">试用装 · 置顶'
        in client.get(inside.url("landing:lead", came.key)).content.decode()
    )
