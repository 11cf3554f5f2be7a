"""The room's pages: each the golden path, and who is refused."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from shemei.apps.tracking import actions
from shemei.apps.tracking.models import Link, PromoCode, Site
from shemei.warehouse.computed.settling import settle
from shemei.warehouse.log.segments import write_segment
from shemei.warehouse.vocabulary import Event, stamp, to_ts

if TYPE_CHECKING:
    from django.http import HttpResponse
    from tests.world import World

    from shemei.warehouse.home import Home

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def link(inside: World, home: Home) -> Link:
    return actions.create_link(
        inside.brand, by=inside.owner.actor, url="https://brand.cn/a", creator="creator-azhi"
    )


@pytest.fixture
def code(inside: World) -> PromoCode:
    return actions.create_code(
        inside.brand, by=inside.owner.actor, code="AZHI30", creator="creator-azhi"
    )


@pytest.fixture
def site(inside: World, home: Home) -> Site:
    return actions.create_site(
        inside.brand, by=inside.owner.actor, name="官方商城", hosts="shop.brand.cn"
    )


def text(world: World, url: str, /, **given: Any) -> str:
    answer = world.client(world.editor).get(url, given)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_room_says_what_to_do(world: World) -> None:
    assert "还没有短链" in text(world, world.url("tracking:links"))
    assert "还没有优惠码" in text(world, world.url("tracking:codes"))
    assert "还没有登记网站" in text(world, world.url("tracking:sites"))


def test_the_list_shows_links_with_their_owner(world: World, link: Link) -> None:
    shown = text(world, world.url("tracking:links"))
    assert link.name in shown
    assert link.code in shown
    assert "阿栀" in shown


def test_a_place_on_no_platform_is_offline(world: World, inside: World, home: Home) -> None:
    made = {"workspace": inside.brand, "by": inside.owner.actor, "url": "https://brand.cn/a"}
    actions.create_link(**made, name="门店台卡", spot="门店收银台")
    actions.create_link(**made, name="阿栀的评论", spot="评论区置顶", creator="creator-azhi")
    actions.create_link(**made, name="哪里都不是")
    shown = {
        key: text(world, world.url("tracking:links"), platform=key)
        for key in ("offline", "other", "xhs")
    }
    names = ("门店台卡", "阿栀的评论", "哪里都不是")
    told = {key: [name for name in names if name in page] for key, page in shown.items()}
    assert told == {"offline": ["门店台卡"], "other": ["哪里都不是"], "xhs": ["阿栀的评论"]}
    assert "pf-offline" in shown["offline"]


def test_a_code_given_at_a_place_is_offline(world: World, inside: World) -> None:
    made = {"workspace": inside.brand, "by": inside.owner.actor}
    row = actions.create_code(**made, code="BOX30", owner_kind="spot", spot="包裹卡")
    actions.create_code(**made, code="AZHI30", creator="creator-azhi")
    shown = text(world, world.url("tracking:codes"), platform="offline")
    assert "BOX30" in shown
    assert "AZHI30" not in shown
    assert "pf-offline" in text(world, world.url("tracking:code", row.key))


@pytest.mark.parametrize("sort", ["clicks", "-people", "-orders", "revenue", "-created", "name"])
def test_the_list_sorts_by_every_figure(world: World, link: Link, sort: str) -> None:
    assert link.name in text(world, world.url("tracking:links"), sort=sort)


def test_a_link_is_made_from_an_address_alone(world: World, home: Home) -> None:
    client = world.client(world.editor)
    answer = client.post(world.url("tracking:new"), {"url": "看 https://brand.cn/b ！"})
    with world.scope():
        made = Link.objects.get()
    assert answer.status_code == 302
    assert answer.url == world.url("tracking:link", made.key)
    assert made.url == "https://brand.cn/b"


def test_what_was_typed_stays_when_something_is_wrong(world: World) -> None:
    client = world.client(world.editor)
    answer = client.post(
        world.url("tracking:new"), {"url": "https://brand.cn", "alias": "!", "spot": "收银台"}
    )
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "短码要 3 至 40 位" in shown
    assert "收银台" in shown


def test_the_form_may_start_from_another_link(world: World, link: Link) -> None:
    shown = text(world, world.url("tracking:new"), like=link.key)
    assert "https://brand.cn/a" in shown


def test_the_preview_shows_what_would_be_made(world: World) -> None:
    shown = text(
        world, world.url("tracking:preview"), url="brand.cn/b?spm=1", creator="creator-azhi"
    )
    assert "https://brand.cn/b?utm_source=xhs&amp;utm_medium=kol" in shown
    assert "spm" in shown
    assert "小红书 · 阿栀" in shown
    with world.scope():
        assert Link.objects.count() == 0


def test_the_preview_says_what_is_wrong(world: World) -> None:
    assert "http 或 https" in text(world, world.url("tracking:preview"), url="ftp://a.cn")
    assert "粘贴网址后" in text(world, world.url("tracking:preview"))


def test_a_link_is_changed(world: World, link: Link) -> None:
    client = world.client(world.editor)
    url = world.url("tracking:edit", link.key)
    assert link.code in client.get(url).content.decode()
    answer = client.post(url, {"url": "https://brand.cn/c", "platform": "xhs", "name": "新名"})
    link.refresh_from_db()
    assert answer.status_code == 302
    assert (link.url, link.name, link.creator_key) == ("https://brand.cn/c", "新名", "")


def test_several_links_are_made_at_once(world: World, home: Home) -> None:
    client = world.client(world.editor)
    url = world.url("tracking:many")
    assert "阿栀" in client.get(url).content.decode()
    answer = client.post(
        url, {"url": "brand.cn", "creators": ["creator-azhi", "creator-mu"], "platforms": "weibo"}
    )
    shown = answer.content.decode()
    assert "已建 3 条短链" in shown and '">链接</a>' in shown
    assert shown.count('aria-label="复制「') == 3
    answer = client.post(url, {"url": "brand.cn"})
    assert "至少选一个" in answer.content.decode()


def test_the_page_of_a_link(world: World, link: Link) -> None:
    shown = text(world, world.url("tracking:link", link.key))
    assert f"/r/{link.code}" in shown
    assert "utm_source=xhs" in shown
    assert "阿栀" in shown
    assert "这段时间还没有人点" in shown


def asked(world: World, link: Link) -> HttpResponse:
    return world.client(world.editor).get(world.url("tracking:first_click", link.key))


def test_the_page_of_a_link_waits_for_the_first_click(world: World, home: Home, link: Link) -> None:
    answer = asked(world, link)
    assert answer.status_code == 204 and "HX-Refresh" not in answer
    shown = text(world, world.url("tracking:link", link.key))
    assert f'hx-get="{world.url("tracking:first_click", link.key)}?range=28d"' in shown


def test_a_link_with_clicks_offers_the_suspect_ones(world: World, home: Home, link: Link) -> None:
    click = Event(
        kind="click",
        workspace=world.brand.key,
        ts=to_ts(timezone.now()),
        link=link.key,
        visitor="visitor-one",
        in_app="xhs",
        device="ios",
    )
    robot = replace(click, visitor="robot", suspect="crawler")
    write_segment(home.spool / "test-stream", 1, [stamp(click), stamp(robot)])
    settle(home)
    assert asked(world, link).headers["HX-Refresh"] == "true"
    url = world.url("tracking:link", link.key)
    shown = text(world, url)
    assert asked(world, link).request["PATH_INFO"] not in shown
    assert "搜索引擎或其他爬虫" in shown
    assert "iPhone" in shown
    assert "连可疑的一起看" in shown
    assert "只看计入的" in text(world, url, suspect="1")


def test_archiving_offers_a_way_back(world: World, link: Link) -> None:
    client = world.client(world.editor)
    answer = client.post(world.url("tracking:archive", link.key), follow=True)
    shown = answer.content.decode()
    assert "已归档，打开的人会看到" in shown
    assert world.url("tracking:restore", link.key) in shown
    client.post(world.url("tracking:restore", link.key))
    link.refresh_from_db()
    assert link.is_active


def test_several_links_are_archived_from_the_list(world: World, link: Link) -> None:
    client = world.client(world.editor)
    client.post(world.url("tracking:links"), {"_action": "archive", "keys": [link.key]})
    link.refresh_from_db()
    assert not link.is_active


def test_qr_codes_are_shown_and_downloaded(world: World, link: Link) -> None:
    client = world.client(world.analyst)
    png = client.get(world.url("tracking:qr_png", link.key), {"size": "300", "download": ""})
    assert png.headers["Content-Type"] == "image/png"
    assert png.headers["Content-Disposition"] == f'attachment; filename="{link.code}.png"'
    assert png.content.startswith(b"\x89PNG")
    svg = client.get(world.url("tracking:qr_svg", link.key))
    assert svg.headers["Content-Type"] == "image/svg+xml"
    assert client.get(world.url("tracking:qr_png", link.key), {"size": "9"}).status_code == 404


def test_codes_are_made_changed_and_stopped(world: World) -> None:
    client = world.client(world.editor)
    answer = client.post(world.url("tracking:new_code"), {"code": "azhi30"})
    assert "还没有说这个码归谁" in answer.content.decode()
    answer = client.post(
        world.url("tracking:new_code"), {"code": "azhi30", "creator": "creator-azhi"}, follow=True
    )
    assert "AZHI30" in answer.content.decode()
    with world.scope():
        row = PromoCode.objects.get()
    answer = client.post(
        world.url("tracking:edit_code", row.key), {"spot": "包裹卡", "platform": "site"}
    )
    row.refresh_from_db()
    assert (row.owner_kind, row.spot, row.creator_key, row.code) == ("spot", "包裹卡", "", "AZHI30")
    shown = client.post(world.url("tracking:archive_code", row.key), follow=True).content.decode()
    assert world.url("tracking:restore_code", row.key) in shown
    client.post(world.url("tracking:restore_code", row.key))
    row.refresh_from_db()
    assert row.is_active


def test_the_list_and_the_page_of_codes(world: World, code: PromoCode) -> None:
    assert "AZHI30" in text(world, world.url("tracking:codes"))
    shown = text(world, world.url("tracking:code", code.key))
    assert "用码订单" in shown
    assert "阿栀" in shown


def test_a_code_for_each_creator_is_made_at_once(world: World) -> None:
    client = world.client(world.editor)
    answer = client.post(
        world.url("tracking:many_codes"),
        {"prefix": "D11", "creators": ["creator-azhi", "creator-mu"]},
    )
    shown = answer.content.decode()
    assert "已建 2 个优惠码" in shown and "在店铺后台建同名的优惠" in shown
    assert shown.count('aria-label="复制「D11') == 2
    assert "木木实验室" in shown


def test_a_site_is_entered_and_its_snippet_copied(world: World, home: Home) -> None:
    client = world.client(world.editor)
    answer = client.post(
        world.url("tracking:new_site"),
        {"name": "商城", "hosts": "shop.brand.cn", "consent_required": "on"},
        follow=True,
    )
    with world.scope():
        made = Site.objects.get()
    shown = answer.content.decode()
    assert f"data-site=&quot;{made.key}&quot;" in shown
    assert "data-consent=&quot;required&quot;" in shown
    assert "还没收到" in shown


def test_a_site_is_changed_closed_and_opened_again(world: World, site: Site) -> None:
    client = world.client(world.editor)
    assert "shop.brand.cn" in text(world, world.url("tracking:sites"))
    client.post(world.url("tracking:edit_site", site.key), {"name": "商城", "hosts": "a.cn"})
    site.refresh_from_db()
    assert site.hosts == ["a.cn"]
    shown = client.post(world.url("tracking:close_site", site.key), follow=True).content.decode()
    assert "已停止接收" in shown
    client.post(world.url("tracking:reopen_site", site.key))
    site.refresh_from_db()
    assert site.is_active


READS = ("links", "codes", "sites")
WRITES = ("new", "many", "preview", "new_code", "many_codes", "new_site")


@pytest.mark.parametrize("name", READS)
def test_who_may_not_look_is_refused(world: World, name: str) -> None:
    url = world.url(f"tracking:{name}")
    assert world.client(world.external).get(url).status_code == 403
    assert world.client(world.analyst).get(url).status_code == 200
    assert world.client(world.stranger).get(url).status_code == 404


@pytest.mark.parametrize("name", WRITES)
def test_who_may_not_track_is_refused(world: World, name: str) -> None:
    assert world.client(world.analyst).get(world.url(f"tracking:{name}")).status_code == 403


@pytest.mark.parametrize("name", ["edit", "archive", "restore"])
def test_who_may_not_track_changes_no_link(world: World, link: Link, name: str) -> None:
    client = world.client(world.analyst)
    assert client.post(world.url(f"tracking:{name}", link.key)).status_code == 403
    assert "复制短链" in client.get(world.url("tracking:link", link.key)).content.decode()


def test_rows_of_one_brand_are_absent_in_another(
    world: World, link: Link, code: PromoCode, site: Site
) -> None:
    from shemei.kernel.urls import wurl

    client = world.client(world.stranger)
    for name, key in (
        ("link", link.key),
        ("qr_svg", link.key),
        ("code", code.key),
        ("site", site.key),
    ):
        assert client.get(wurl(world.other_brand, f"tracking:{name}", key)).status_code == 404


def test_the_search_box_finds_links_and_codes(
    world: World, link: Link, code: PromoCode, rf: Any
) -> None:
    from shemei.apps.tracking import search

    request = rf.get("/")
    request.workspace = world.brand
    with world.scope():
        pasted = f"http://localhost:8001/r/{link.code}"
        assert [hit.title for hit in search.find_links(request, pasted, 5)] == [link.name]
        assert [hit.title for hit in search.find_links(request, "阿栀", 5)] == [link.name]
        assert [hit.title for hit in search.find_codes(request, "azhi", 5)] == ["AZHI30"]
        assert list(search.find_codes(request, " ", 5)) == []


TABS = re.compile(r'<nav class="s-tabs" aria-label="链接与订单">(.*?)</nav>', re.DOTALL)


def tabs_of(client: Any, page: str) -> tuple[list[str], list[str]]:
    """The labels of the tabs, and those of them that are current."""
    nav = TABS.search(client.get(page).content.decode())
    assert nav is not None
    links = re.findall(r"<a href=\"[^\"]+\"( aria-current=\"page\")?>(.*?)</a>", nav[1])
    return [label for _, label in links], [label for current, label in links if current]


def test_pages_of_links_and_of_orders_have_the_same_tabs(world: World, home: Home) -> None:
    client = world.client(world.owner)
    pages = {
        "链接": "tracking:links", "优惠码": "tracking:codes", "落地页": "landing:pages",
        "线索": "landing:leads", "线下点位": "posters:spots", "网站代码": "tracking:sites",
        "可疑点击": "tracking:suspects", "渠道规则": "tracking:channels",
        "订单": "commerce:orders", "退款": "commerce:refunds", "汇率": "commerce:rates", "商品": "commerce:products",
        "市场商品": "commerce:market", "顾客": "commerce:customers",
    }  # fmt: skip
    for label, name in pages.items():
        assert tabs_of(client, world.url(name)) == (list(pages), [label])
