"""Writes the reference pages of events and metrics from the code that defines them.

``python -m shemei.warehouse.reference docs/reference`` brings the committed pages up to date.
"""

from __future__ import annotations

import sys
from pathlib import Path

from shemei.warehouse.catalogue import DEFAULT_FUNNEL, METRICS, Metric
from shemei.warehouse.measures import DERIVED, DIMENSIONS, MEASURES, PEOPLE
from shemei.warehouse.vocabulary import COLUMNS, KIND_NAMES, SCHEMA, TOUCH_KINDS

KIND_NOTES: dict[str, str] = {
    "impression": "平台回传或导入的曝光；`quantity` 是次数，更正时可为负",
    "click": "短链、二维码被打开；入口记，带 `click_id`",
    "visit": "进入站点，一次会话一次；站点代码记",
    "view": "会话里再看一页",
    "engage": "`action`：like 点赞、comment 评论、share 分享、collect 收藏、finish 播放到结尾",
    "follow": "关注；`quantity` 可为负（取消关注）",
    "lead": "留下联系方式",
    "add_friend": "添加企业微信好友",
    "join_group": "进群",
    "invite": "邀请别人",
    "claim": "领取（券、红包、资格）",
    "check_in": "到店或线上打卡",
    "order": "下单；`amount` 是实付，`order_id` 是订单号，同号只算一次；外币的按汇率折算",
    "refund": "退款；`order_id` 指向订单。`action`：correction 是更正那一单的实付，不算退款；recount 是更正一笔退款。这两样 `amount` 可为负",
    "redeem": "用优惠码；与订单同号的，是那一单的触达",
    "spend": "花费；`action` 是名目，更正时 `amount` 可为负",
    "custom": "自定义事件；`action` 是它的名字，如 add_to_cart",
}

FIELD_NOTES: dict[str, str] = {
    "kind": "发生了什么，见上表",
    "workspace": "哪个品牌",
    "ts": "时刻，UTC 微秒",
    "action": "同一种类里更细的词",
    "event_id": "UUIDv7；同一批里重复的只留一条",
    "day": "上海日期，yyyymmdd；日志按它分文件",
    "week": "所在周的星期一，yyyymmdd",
    "visitor": "浏览器的编号",
    "visitor_key": "`visitor` 的稳定哈希（63 位），没有时为 0",
    "customer": "顾客的键",
    "phone": "手机号的带钥哈希，从不是号码",
    "platform": "平台",
    "platform_account": "品牌在平台上的账号",
    "channel": "营销渠道，由可编辑的规则决定",
    "campaign": "营销活动",
    "content": "内容",
    "creator": "达人",
    "activity": "互动玩法",
    "link": "短链",
    "promo_code": "优惠码",
    "utm_source": "落地链接上的 utm_source",
    "utm_medium": "utm_medium",
    "utm_campaign": "utm_campaign",
    "utm_content": "utm_content",
    "utm_term": "utm_term",
    "source": "谁记的：edge 入口、tag 站点代码、import 导入……",
    "device": "设备",
    "in_app": "在哪个应用内打开",
    "region": "地区",
    "referrer_host": "来源站点",
    "page": "页面路径，不含参数",
    "suspect": "排除的原因；空表示算数",
    "amount": "金额，分，品牌空间的币种",
    "currency": "币种；折算过的，原来的金额、币种与汇率在 `props`",
    "quantity": "数量",
    "order_id": "订单号",
    "click_id": "点击号；短链写进落地地址（`_c`），之后的访问带着它",
    "batch": "随哪一次导入而来；撤销导入时整批不算",
    "props": "其他，一段 JSON",
    "shared_by": "这次访问的页面是哪个浏览器转发出来的：它的转发记号，不是访客号，也对不回访客",
    "share_depth": "页面到这次访问前经过几手转发；0 不是转发来的",
}

UNITS = {
    "count": "次数",
    "ratio": "比例",
    "money": "金额",
    "times": "倍数",
    "people": "人数",
    "score": "分",
}
BETTER = {"up": "越高越好", "down": "越低越好", "none": "—"}
_TYPES = {"string": "文字", "int64": "整数", "int32": "整数", "timestamp[us, tz=UTC]": "时刻"}


def events_page() -> str:
    """Return ``docs/reference/events.md``."""
    kinds = [
        f"| `{kind}` | {name} | {'是' if kind in TOUCH_KINDS else ''} | {KIND_NOTES[kind]} |"
        for kind, name in KIND_NAMES.items()
    ]
    fields = [
        f"| `{name}` | {_TYPES[str(SCHEMA.field(name).type)]} | {FIELD_NOTES[name]} |"
        for name in COLUMNS
    ]
    return _page(
        "事件",
        "系统里发生的每件事都是一个事件，写进同一本日志。这里是它的全部种类和字段。",
        "来历和读法见《事件日志》（`docs/concepts/event-log.md`）。",
        "## 种类",
        "「触达」指可以出现在成交路径里的事件。",
        ["| 键 | 名称 | 触达 | 说明 |", "|---|---|---|---|", *kinds],
        "## 字段",
        "不知道的文字是空文字，不适用的数是 0；日志里没有 NULL。",
        ["| 字段 | 类型 | 说明 |", "|---|---|---|", *fields],
    )


def metrics_page() -> str:
    """Return ``docs/reference/metrics.md``."""
    metrics = [_metric_row(metric) for metric in METRICS.values()]
    measures = [f"| `{m.key}` | {m.name} | {'、'.join(m.kinds)} |" for m in MEASURES.values()]
    people = [f"| `{key}` | {name} | 去重人数 |" for key, (name, _) in PEOPLE.items()]
    derived = [f"| `{key}` | | `{a}` − `{b}` |" for key, (a, b) in DERIVED.items()]
    steps = [
        f"{n}. {step.name}：{'、'.join(step.kinds)}" for n, step in enumerate(DEFAULT_FUNNEL, 1)
    ]
    return _page(
        "指标",
        "看板、周报、预警和接口用的都是这一份指标目录；每个数都能点开看到它的公式和明细。",
        "## 指标",
        [
            "| 键 | 名称 | 公式 | 单位 | 方向 | 参考值 | 出处 |",
            "|---|---|---|---|---|---|---|",
            *metrics,
        ],
        "比例没有分母时不显示，不当作 0。去重人数不能按日、按渠道相加。",
        "`roi`、成交额按渠道、内容、达人分时，用归因后的金额（见《归因》），不是这里的合计。",
        "一期里有一半或更多的订单没有触达时，`cvr` 旁边写有几单没有触达，不和参考值比；超过 100% 时不显示。",
        "## 由什么加成",
        ["| 键 | 名称 | 来自 |", "|---|---|---|", *measures, *people, *derived],
        f"可以拆分和筛选的维度：{'、'.join(f'{name}（`{key}`）' for key, name in DIMENSIONS.items())}。",
        "## 默认漏斗",
        steps,
        "规则：期内依次。一步只数在上一步之后做到这一步的人。",
    )


def _metric_row(metric: Metric) -> str:
    source = "，".join(filter(None, (metric.source, metric.dated)))
    by = "" if metric.in_log else "（由调研或平台报来）" if metric.told else "（由品牌中心计算）"
    formula = f"{metric.formula}{by}"
    cells = (
        f"`{metric.key}`", metric.name, formula, UNITS[metric.unit], BETTER[metric.better],
        metric.reference_word, source,
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _page(title: str, *parts: str | list[str]) -> str:
    texts = [part if isinstance(part, str) else "\n".join(part) for part in parts]
    note = "<!-- 由 python -m shemei.warehouse.reference 写成，请勿手改 -->"
    return "\n\n".join([f"# {title}", note, *texts]) + "\n"


PAGES = {"events.md": events_page, "metrics.md": metrics_page}


def main(folder: Path) -> None:
    """Write all pages into ``folder``."""
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
