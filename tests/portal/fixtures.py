"""The gallery: a room of the tests in which every component stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from shemei.kernel import registry
from shemei.kernel.permissions import Permission

if TYPE_CHECKING:
    from tests.world import World

TEMPLATES = Path(__file__).parent / "gallery" / "templates"
SIDE_BAR = (
    ("", "总览", "layout-dashboard", "gallery:board"), ("", "我的待办", "checkbox", ""), ("策划", "营销计划", "target-arrow", ""),
    ("策划", "预算与广告", "coins", ""), ("内容", "内容日历", "calendar-week", "gallery:form"), ("内容", "内容与素材", "notes", ""),
    ("内容", "发布台", "send", ""), ("增长", "达人合作", "star", ""), ("增长", "增长活动", "gift", ""),
    ("增长", "商品与直播", "shopping-bag", ""), ("效果", "归因分析", "route", ""), ("效果", "数据报表", "chart-line", "gallery:parts"),
    ("效果", "链接与订单", "link", "gallery:rows"), ("客户", "客户与分群", "users", ""), ("客户", "自动旅程", "git-branch", ""),
    ("守护", "舆情与竞品", "radar", ""), ("守护", "合规中心", "shield-check", ""), ("设置", "设置", "settings", "accounts:settings"),
)  # fmt: skip


def _item(group: str, label: str, icon: str, name: str) -> registry.NavItem:
    count = {"我的待办": 7, "发布台": 3, "舆情与竞品": 1}.get(label)
    return registry.NavItem(
        group,
        label,
        icon,
        name or "gallery:sequence",
        Permission.CONTENT_VIEW,
        match=(name,) if name else ("-",),
        count=(lambda request: count) if count else None,
        is_hot=label == "舆情与竞品",
    )


@pytest.fixture
def gallery(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Serve the gallery under the product's own settings, with the side bar of the design."""
    settings.ROOT_URLCONF = "tests.portal.gallery.urls"
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], TEMPLATES]}]
    monkeypatch.setattr(registry, "navigation", [_item(*line) for line in SIDE_BAR])
    monkeypatch.setattr(registry, "search", [])
    create = registry.CreateItem("短链", "link", "gallery:form", Permission.TRACK)
    monkeypatch.setattr(registry, "create_menu", [create])


@pytest.fixture
def told(world: World) -> World:
    """The world, with thirty words to the owner."""
    from shemei.kernel.models import Notification

    with world.scope():
        for number in range(30):
            Notification.objects.create(
                workspace=world.brand, member=world.owner, text=f"D1123-{5_000 + number}"
            )
    return world
