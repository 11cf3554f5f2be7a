"""Every component renders; pages hold the frame; small endpoints answer and refuse."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from shemei.kernel import registry
from shemei.kernel.models import LongTask, Notification
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from tests.world import World


@pytest.mark.parametrize("name", ["board", "rows", "sequence", "form", "parts"])
def test_pages_of_the_gallery_render(name: str, gallery: None, told: World) -> None:
    page = told.client().get(told.url(f"gallery:{name}")).content.decode()
    assert page.count("<h1") == 1
    assert 'id="drawer"' in page and 'id="toasts"' in page and "跳到正文" in page
    assert not re.search(r"\son\w+=", page)
    assert not re.search(r"<style|<script(?![^>]*(src|application/json))", page)
    assert "&lt;" not in page


def test_the_side_bar_marks_where_one_is_and_counts_what_waits(gallery: None, told: World) -> None:
    page = told.client().get(told.url("gallery:rows")).content.decode()
    nav = page[page.index('id="nav"') : page.index("</nav>")]
    assert re.findall(r'aria-current="page">.*?</svg>(\w+)', nav) == ["链接与订单"]
    assert '7<span class="sr">项等你做' in nav
    assert 's-count is-hot">1' in nav
    assert [
        g
        for g in ("策划", "内容", "增长", "效果", "客户", "守护")
        if f'aria-label="{g}"' not in nav
    ] == []


def test_a_member_sees_only_what_the_role_allows(gallery: None, told: World) -> None:
    owner = told.client().get(told.url("gallery:board")).content.decode()
    external = told.client(told.external).get(told.url("gallery:board")).content.decode()
    assert "短链</a>" in owner
    assert "短链</a>" not in external


def test_a_component_escapes_what_people_write(gallery: None, told: World) -> None:
    with told.scope():
        Notification.objects.update(text="<b>粗</b>")
    page = told.client().get(told.url("gallery:rows")).content.decode()
    assert "<b>粗</b>" not in page
    assert "&lt;b&gt;粗&lt;/b&gt;" in page


def test_a_form_lists_its_errors_first_and_ties_them_to_fields(gallery: None, told: World) -> None:
    answer = told.client().post(told.url("gallery:form"), {"title": "", "price": "-1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "处要改，已填的都还在" in page
    assert '<a href="#id_title">标题</a>' in page
    price, title = _tag(page, "id_price"), _tag(page, "id_title")
    assert 'aria-describedby="id_price-error"' in price and 'aria-invalid="true"' in price
    assert 'aria-describedby="id_title-hint id_title-error"' in title
    assert "这里要填。" in page and "请选一项。" in page and "不能小于 0。" in page
    assert "这个字段" not in page and "确保" not in page
    assert 'inputmode="decimal"' in page
    assert "maxlength" not in title


def _tag(page: str, element_id: str) -> str:
    found = re.search(rf'<[^>]*id="{element_id}"[^>]*>', page)
    assert found
    return found[0]


def test_the_look_is_kept(world: World) -> None:
    client = world.client()
    assert client.post("/theme", {"theme": "dark"}).status_code == 204
    world.owner.user.refresh_from_db()
    assert world.owner.user.theme == "dark"
    assert client.post("/theme", {"theme": "pink"}).status_code == 400
    assert client.get("/theme").status_code == 405


def test_search_finds_actions_and_pages(gallery: None, told: World) -> None:
    client = told.client()
    assert "新建短链" in client.get(told.url("portal:search"), {"q": "短链"}).content.decode()
    assert "归因分析" in client.get(told.url("portal:search"), {"q": "归因"}).content.decode()
    assert "没有找到「xyz」" in client.get(told.url("portal:search"), {"q": "xyz"}).content.decode()


def test_notifications_are_read_at_once_and_lead_nowhere_foreign(told: World) -> None:
    client, url = told.client(), told.url("portal:notifications")
    assert "全部设为已读" in client.get(url).content.decode()
    assert client.post(url, {"next": "https://evil.example/"}).headers["Location"] == "/"
    with told.scope():
        assert not Notification.objects.filter(read_at=None).exists()


def test_a_long_task_shows_progress_and_can_be_cancelled(told: World) -> None:
    with told.scope():
        task = LongTask.objects.create(
            workspace=told.brand, title="导入订单", done=31, total=50, state="running"
        )
    client = told.client()
    assert "62%" in client.get(told.url("portal:task", task.key)).content.decode()
    assert "导入订单" in client.get(told.url("portal:task_line")).content.decode()
    assert "正在停下" in client.post(told.url("portal:task_cancel", task.key)).content.decode()
    assert client.get(told.url("portal:tasks")).status_code == 200
    foreign = told.client(told.stranger).get(told.url("portal:task", task.key))
    assert foreign.status_code == 404


def test_who_brings_no_data_in_sees_their_own_tasks_alone(told: World) -> None:
    with told.scope():
        theirs = LongTask.objects.create(workspace=told.brand, title="导入工资", state="running")
        mine = LongTask.objects.create(
            workspace=told.brand, title="我的", state="running", starter=told.external.key
        )
    client = told.client(told.external)
    shown = client.get(told.url("portal:tasks")).content.decode()
    assert ("导入工资" in shown, "我的" in shown) == (False, True)
    assert "导入工资" not in client.get(told.url("portal:task_line")).content.decode()
    assert client.post(told.url("portal:task_cancel", theirs.key)).status_code == 404
    assert client.post(told.url("portal:task_cancel", mine.key)).status_code == 200
    with told.scope():
        theirs.refresh_from_db()
    assert not theirs.cancel_requested


def test_help_and_missing_pages_speak_plainly(world: World) -> None:
    client = world.client()
    assert "快捷键" in client.get(world.url("portal:help")).content.decode()
    missing = client.get("/nowhere/")
    assert missing.status_code == 404 and "没有这一页" in missing.content.decode()


def test_every_line_of_the_frame_leads_somewhere(world: World) -> None:
    installed = {room for room, _ in settings.ROOMS}
    items = [*registry.navigation, *registry.create_menu]
    names = [item.url_name for item in items if item.url_name.partition(":")[0] in installed]
    assert [name for name in names if not wurl(world.brand, name).startswith("/w/")] == []
