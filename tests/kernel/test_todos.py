"""What waits for a member, and what tells them that something ended."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from shemei.apps.accounts.models import ApiKey
from shemei.apps.creators.models import Collaboration, Creator
from shemei.kernel.imports import jobs, unfinished
from shemei.kernel.imports.models import ImportBatch
from shemei.kernel.models import Notification

if TYPE_CHECKING:
    from shemei.warehouse.home import Home
    from tests.world import World


@pytest.fixture(autouse=True)
def _home(home: Home) -> None: ...


def shown(world: World, member: Any = None) -> str:
    return str(world.client(member).get(world.url("insight:todos")).content.decode())


def batch(world: World, **fields: Any) -> ImportBatch:
    return ImportBatch.objects.create(
        workspace=world.brand, kind="orders", file_name="十一月.xlsx", sha256="0", **fields
    )


def test_nothing_waits_in_a_new_brand(world: World) -> None:
    assert "都做完了" in shown(world)


def test_rows_that_did_not_get_in_wait_for_who_may_import(inside: World) -> None:
    batch(inside, state="done", error_rows=12)
    assert "「十一月.xlsx」有 12 行没有入库" in shown(inside)
    assert "十一月" not in shown(inside, inside.external)


def test_a_later_clean_import_of_the_kind_closes_them(inside: World) -> None:
    batch(inside, state="done", error_rows=5)
    batch(inside, state="done", error_rows=0)
    assert "都做完了" in shown(inside)


def test_a_checked_file_waits_and_a_failed_one_says_why(inside: World) -> None:
    batch(inside, state="ready")
    batch(inside, state="failed", error="表头里没有订单号")
    text = shown(inside)
    assert "核对好了，等你入库" in text
    assert "表头里没有订单号" in text


def test_a_checked_file_with_wrong_rows_says_how_many(inside: World) -> None:
    batch(inside, state="ready", error_rows=3)
    assert "「十一月.xlsx」核对好了，等你入库；另有 3 行有错" in shown(inside)


def test_whoever_lists_what_is_not_in_lists_the_same(inside: World) -> None:
    """Headers alone, a check under way and what a later file repaired are nobody's to do."""
    repaired = batch(inside, state="done", error_rows=5)
    batch(inside, state="done")
    batch(inside, state="ready", counts={"usable": 0, "rows": 0})
    batch(inside, state="checking", error_rows=2)
    kept = [batch(inside, state=state, error_rows=4) for state in ("ready", "failed", "done")]
    found = unfinished.unfinished()
    assert [one.pk for one in found] == [one.pk for one in reversed(kept)]
    assert repaired not in found
    text = shown(inside)
    assert all(one.why_unfinished in text for one in found)


def test_what_is_done_or_taken_back_does_not_wait(inside: World) -> None:
    batch(inside, state="done")
    batch(inside, state="undone", error_rows=3)
    assert "都做完了" in shown(inside)


def test_an_agreed_post_waits_for_its_delivery(inside: World) -> None:
    creator = Creator.objects.create(
        workspace=inside.brand, name="阿栀", platform="xhs", followers=1
    )
    Collaboration.objects.create(workspace=inside.brand, creator=creator, state="agreed")
    assert "阿栀 的合作已约定" in shown(inside)


def test_a_key_that_ends_soon_is_told_to_who_manages_keys(inside: World) -> None:
    ApiKey.objects.create(
        workspace=inside.brand,
        name="ERP",
        prefix="p",
        secret_hash="h",
        expires_at=timezone.now() + timedelta(days=3),
    )
    assert "密钥「ERP」" in shown(inside)
    assert "ERP" not in shown(inside, inside.editor)


def test_the_side_bar_counts_what_waits(inside: World) -> None:
    batch(inside, state="ready")
    page = inside.client().get(inside.url("content:posts")).content.decode()
    assert '<span class="s-count">1<' in page.split("我的待办")[1][:60]


def test_who_began_an_import_is_told_how_it_ended(inside: World) -> None:
    actor = {"kind": "member", "id": inside.editor.key, "name": "阿丽"}
    jobs._tell_starter(batch(inside, state="done", counts={"new": 1200, "changed": 3}, actor=actor))
    jobs._tell_starter(batch(inside, state="failed", error="文件打不开", actor=actor))
    jobs._tell_starter(batch(inside, state="ready", actor=actor))
    counts = {"new": 3, "same": 1, "of_rows": 9}
    jobs._tell_starter(batch(inside, state="done", counts=counts, actor=actor))
    told = list(Notification.objects.filter(member=inside.editor).values_list("text", flat=True))
    assert told == [
        "「十一月.xlsx」已入库：新增 3 单，有变化 0 单（4 单，来自 9 行）",
        "「十一月.xlsx」没有导入成：文件打不开",
        "「十一月.xlsx」已入库：新增 1,200 单，有变化 3 单",
    ]
