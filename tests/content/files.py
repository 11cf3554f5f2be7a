"""Tables of posts as platforms export them, brought in, and what the log was told of them."""

from __future__ import annotations

import io
from collections import Counter
from typing import TYPE_CHECKING, Any

import orjson

from shemei.kernel.imports import actions
from shemei.kernel.models import OutboxEvent

if TYPE_CHECKING:
    from tests.world import World

    from shemei.kernel.imports.models import ImportBatch


DOUYIN = ["作品名称", "发布时间", "体裁", "审核状态", "播放量", "完播率", "5s完播率", "封面点击率", "点赞量", "分享量", "评论量", "收藏量", "粉丝增量"]  # fmt: skip
CHANNELS = ["视频描述", "视频ID", "发布时间", "完播率", "平均播放时长", "播放量", "推荐", "喜欢", "评论量", "分享量", "关注量"]  # fmt: skip


def log_sums() -> dict[tuple[str, str], int]:
    sums: Counter[tuple[str, str]] = Counter()
    for text in OutboxEvent.objects.values_list("event", flat=True):
        event = orjson.loads(text)
        sums[(event["kind"], event["action"])] += event["quantity"]
    return {key: n for key, n in sums.items() if n}


def csv(head: list[str], *rows: list[Any]) -> bytes:
    lines = [",".join(map(str, row)) for row in (head, *rows)]
    return ("\ufeff" + "\n".join(lines)).encode()


def bring_in(world: World, data: bytes, name: str = "作品.csv", **options: str) -> ImportBatch:
    by = world.editor.actor
    batch = actions.receive(
        world.brand, io.BytesIO(data), name, by=by, kind="post_metrics", options=options
    )
    checked = actions.check(batch, by=by)
    return actions.write(checked, by=by)


def douyin(title: str, plays: int, likes: int, finish: str = "20%") -> list[Any]:
    return [
        title,
        "2026-10-01 12:00",
        "视频",
        "公开",
        plays,
        finish,
        "40%",
        "3%",
        likes,
        2,
        3,
        4,
        5,
    ]
