"""Lists of the rows behind a report's figures: events and orders, one by one."""

from __future__ import annotations

from shemei.apps.insight.reports.quality import REASONS
from shemei.kernel.lists import Column, Empty, Filter, Listing
from shemei.portal.numbers import yuan

LEFT_OUT = Listing(
    name="insight.left_out",
    noun="被排除的事件",
    unit="条",
    columns=(
        Column("at", "时间", lambda r: r.at, "datetime", sort="at"),
        Column("what", "是什么", lambda r: r.what),
        Column("reason", "排除原因", lambda r: r.reason, phone=True),
        Column("order", "订单", lambda r: r.order, "code", phone=True),
        Column("channel", "渠道", lambda r: r.channel, "platform"),
        Column("link", "短链", lambda r: r.link, href=lambda r: r.href, phone=True),
        Column("device", "设备", lambda r: r.device),
        Column("in_app", "在哪里打开", lambda r: r.in_app),
        Column("region", "地区", lambda r: r.region),
        Column("referrer", "来源网站", lambda r: r.referrer),
    ),
    search=("link", "order", "region", "referrer"),
    search_hint="短链、订单号、地区、来源网站",
    filters=(
        Filter(
            "reason",
            "原因",
            choices=[(key, name) for key, name in REASONS.items() if key],
            apply=lambda rows, wanted: [r for r in rows if r.reason == REASONS[wanted]],
        ),
    ),
    default_sort="-at",
    empty=Empty("circle-check", "这段时间没有被排除的事件", "点击、访问和留资都正常计入。"),
)

ORDER = (
    Column("number", "订单", lambda r: r.number, "code", href=lambda r: r.href, sort="number"),
    Column("at", "付款时间", lambda r: r.at, "datetime", sort="at"),
    Column("state", "状态", lambda r: r.state, phone=False),
    Column("promo_code", "用码", lambda r: r.promo_code),
    Column(
        "value", "成交额", lambda r: r.value, "money", sort="value", strong=True, hint="已减退款"
    ),
)
NTH = Column("nth", "他的第几单", lambda r: r.nth, "num", sort="nth")


def _orders(name: str, noun: str, columns: tuple[Column, ...], empty: Empty) -> Listing:
    return Listing(
        name=name, noun=noun, unit="单", columns=columns, search=("number", "promo_code"), search_hint="订单号、优惠码",
        default_sort="-at", empty=empty, summary=lambda request, rows: yuan(sum(row.value for row in rows)),
    )  # fmt: skip


UNTRACKED = _orders(
    "insight.untracked",
    "追不到来路的订单",
    ORDER,
    Empty("circle-check", "这段时间每一单都追得到来路", "短链、优惠码与网站代码都在起作用。"),
)
STEP_ORDERS = _orders(
    "insight.step_orders",
    "这一步的订单",
    (*ORDER[:2], NTH, *ORDER[2:]),
    Empty("filter", "这段时间没有认得出的人下单", "换一段更长的时间再看。"),
)
COHORT_ORDERS = _orders(
    "insight.cohort_orders",
    "留存的订单",
    (*ORDER[:2], NTH, *ORDER[2:]),
    Empty("users", "这一格没有订单", "换一批，或换一段更长的时间再看。"),
)

CAME_BY = (
    Column("channel", "渠道", lambda r: r.channel, "platform"),
    Column("content", "内容", lambda r: r.content, href=lambda r: r.href),
)
WHERE = (
    Column("page", "页面", lambda r: r.page, phone=True),
    Column("in_app", "在哪里打开", lambda r: r.in_app),
    Column("device", "设备", lambda r: r.device),
    Column("region", "地区", lambda r: r.region),
)
AT = Column("at", "时间", lambda r: r.at, "datetime", sort="at")
MARK = "转发它的浏览器的记号，对不回人"
NONE_PASSED = Empty("share", "这段时间没有转发来的访问", "换一段更长的时间再看。")

PASSED_VISITS = Listing(
    name="insight.passed_visits",
    noun="转发来的访问",
    unit="次",
    columns=(
        AT,
        Column("depth", "第几手", lambda r: r.depth, "num", sort="depth", phone=True),
        Column("sharer", "谁转的", lambda r: r.sharer, "code", sort="sharer", hint=MARK),
        *CAME_BY,
        *WHERE,
    ),
    search=("sharer", "page", "content", "region"),
    search_hint="转发记号、页面、内容、地区",
    default_sort="-at",
    empty=NONE_PASSED,
)
PASSED_SHARERS = Listing(
    name="insight.passed_sharers",
    noun="转发的人",
    unit="人",
    columns=(
        Column(
            "sharer", "转发记号", lambda r: r.sharer, "code", href=lambda r: r.href, sort="sharer"
        ),
        Column("visits", "带来的访问", lambda r: r.visits, "num", sort="visits", strong=True),
        Column("browsers", "来的浏览器", lambda r: r.browsers, "num", sort="browsers"),
        Column("depth", "最远第几手", lambda r: r.depth, "num", sort="depth"),
        Column("last", "最近一次", lambda r: r.last, "datetime", sort="last"),
    ),
    search=("sharer",),
    search_hint="转发记号",
    default_sort="-visits",
    empty=NONE_PASSED,
)
STEP_EVENTS = Listing(
    name="insight.step_events",
    noun="这一步的事件",
    unit="条",
    columns=(AT, Column("what", "做了什么", lambda r: r.what, phone=True), *CAME_BY, *WHERE),
    search=("what", "page", "content", "region"),
    search_hint="做了什么、页面、内容、地区",
    default_sort="-at",
    empty=Empty("filter", "这段时间没有这一步的事件", "换一段更长的时间再看。"),
)
