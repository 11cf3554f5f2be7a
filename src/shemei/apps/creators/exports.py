"""Tables of creators as 星图, 蒲公英 and WEIQ export them: what a row may say, by which names, and the known exports."""

from __future__ import annotations

from typing import Any

from shemei.apps.creators.known import ITEMS, Unit
from shemei.kernel.imports import cells, spans
from shemei.kernel.imports.kinds import Field, Preset
from shemei.platforms import CHOICES

_READ = {
    "count": spans.count_span, "money": spans.money_span, "ratio": spans.ratio_span,
    "score": spans.decimal_span, "text": cells.text,
}  # fmt: skip


def reader(unit: Unit) -> Any:
    return _READ[unit]


FIELDS = (
    Field("name", "昵称", cells.text, ("达人昵称", "博主昵称", "达人", "博主", "账号名称", "微博昵称", "微博名称", "KOL", "name"), required=True, example="阿枝护肤日记"),
    Field("external_id", "平台编号", cells.identifier, ("星图ID", "小红书ID", "小红书号", "抖音号", "微博UID", "达人ID", "博主ID", "UID"), note="有它最准：改了昵称也认得"),
    Field("platform", "平台", cells.platform_reader({}), ("所属平台",), example="抖音", words=dict(CHOICES)),
    Field("followers", "粉丝", spans.count_span, ("粉丝数", "粉丝量", "粉丝总数", "followers"), example="8.6万"),
    Field("city", "地区", cells.text, ("城市", "所在地", "地域")),
    Field("day", "数据日期", cells.day, ("统计日期", "更新日期", "报价日期"), example="2026-11-23", note="没有这一列时算上传那天"),
    *(Field(item.key, item.label, reader(item.unit), item.synonyms, rare=True, spared=True) for item in ITEMS),
)  # fmt: skip


def _preset(key: str, name: str, signature: tuple[str, ...], columns: dict[str, str], platform: str) -> Preset:  # fmt: skip
    return Preset(key, name, frozenset(signature), columns, {"platform": platform})


PRESETS = (
    _preset(
        "xingtu", "巨量星图「达人列表」", ("达人昵称", "星图ID", "预期CPM", "预期播放量"),
        {"name": "达人昵称", "external_id": "星图ID", "uid": "达人UID/抖音UID", "followers": "粉丝数", "city": "地区", "kind": "达人类型",
         "quote_1_20": "1-20s报价", "quote_21_60": "21-60s报价", "quote_60": "60s+报价", "cpm": "预期CPM", "cpe": "预期CPE"},
        "douyin",
    ),
    _preset(
        "pgy_bloggers", "蒲公英「博主列表」", ("蒲公英链接", "昵称", "图文报价", "视频报价"),
        {"name": "昵称", "external_id": "小红书ID", "followers": "粉丝数", "city": "地区", "quote_note": "图文报价", "quote_video": "视频报价",
         "kind": "博主身份标签", "topic": "标签", "home": "主页链接", "market": "蒲公英链接"},
        "xhs",
    ),
    _preset(
        "weiq", "WEIQ「微博达人」", ("直发CPM", "阅读中位数", "供稿直发", "供稿转发"),
        {"followers": "粉丝数", "cpm": "直发CPM", "quote_post": "供稿直发", "quote_repost": "供稿转发", "read_median": "阅读中位数"},
        "weibo",
    ),
)  # fmt: skip
