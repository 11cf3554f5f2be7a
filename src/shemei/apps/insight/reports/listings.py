"""The tables of the boards: the columns every dimension shares, and how each is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shemei.apps.insight.queries import DIMENSIONS
from shemei.apps.insight.reports.report import NAMED_RATIO, RATIO
from shemei.kernel.lists import Column, Empty, Filter, Listing
from shemei.platforms import BY_KEY
from shemei.portal.numbers import yuan
from shemei.portal.wording import shared_count

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest

FEES = "达人的合作费，和手工记为「达人」的花费"
ADVERTS = "投放的花费；渠道里按「留下了触达的记在付费广告，没有的记在平台的渠道」"
TOLD, TRACED = "平台报来或导入的数", "由事件日志追踪到的数"
EMPTY = Empty(
    "chart-line",
    "这段时间没有数据",
    "导入各平台的内容数据，或建一条短链，这里就有每一行的曝光、点击与成交额。",
    action=("导入内容数据", "imports:upload"),
    second=("新建短链", "tracking:new"),
)
PLATFORM_CHOICES = [(one.key, one.name) for one in BY_KEY.values()]


def _first(by: str) -> Column:
    if by == "channel":
        return Column(
            "name", "渠道", lambda row: row.name, kind="custom", template="insight/_channel.html",
            sort="name", export=lambda row: row.name,
        )  # fmt: skip
    return Column(
        "name", DIMENSIONS[by], lambda row: row.name, sort="name", href=lambda row: row.href,
        drawer=True, note=lambda row: row.note,
    )  # fmt: skip


def _columns(by: str) -> tuple[Column, ...]:
    platform = Column(
        "platform", "平台", lambda row: row.platform, kind="platform", sort="platform"
    )
    middle = (platform,) if by in ("content", "creator") else ()
    return (
        _first(by),
        *middle,
        Column("impressions", "曝光", lambda r: r.impressions, "num", sort="impressions", hint=TOLD),
        Column("engagement_rate", "互动率", lambda r: r.engagement_rate, "ratio", sort="engagement_rate", hint=TOLD),
        Column("clicks", "点击", lambda r: r.clicks, "num", sort="clicks", hint=TRACED),
        Column("ctr", "点击率", lambda r: r.ctr, "ratio", sort="ctr", hint="可追踪的点击 ÷ 报来的曝光；没有点击、也没带短链的不写率"),
        Column("visitors", "访客", lambda r: r.visitors, "num", sort="visitors", hint="期内去重人数，不可相加"),
        Column("orders", "归因订单", lambda r: r.orders, "custom", sort="orders", template="insight/_orders.html", numeric=True, exported="num", hint=TRACED),
        Column("value", "归因成交额", lambda r: r.value, "money", sort="value", strong=True, hint=TRACED),
        Column("change", "变化", lambda r: r.change, "custom", sort="change", template="insight/_change.html", numeric=True, exported="ratio", hint="成交额，只比过完的天"),
        Column("fees", "达人费用", lambda r: r.fees, "money", sort="fees", hint=FEES, hidden=True),
        Column("ads", "广告花费", lambda r: r.ads, "money", sort="ads", hint=ADVERTS, hidden=True),
        Column("spend", "总花费", lambda r: r.spend, "money", sort="spend", hint="达人费用 + 广告花费", phone=True,
               href=lambda r: r.spent_href, drawer=True, note=lambda r: r.made_of),
        Column("returned", RATIO.get(by, NAMED_RATIO), lambda r: r.returned, "custom", sort="returned", template="insight/_returned.html",
               numeric=True, exported="times", hint="归因成交额 ÷ 总花费", phone=True),
    )  # fmt: skip


def _summary(request: BrandRequest, rows: Any) -> str:
    orders = shared_count(sum(row.orders for row in rows))
    return f"归因 {orders} 单，{yuan(sum(row.value for row in rows))}"


def report_listing(by: str) -> Listing:
    """The table of one dimension."""
    platforms = Filter(
        "platform",
        "平台" if by != "channel" else "渠道",
        choices=PLATFORM_CHOICES,
        apply=lambda rows, wanted: [row for row in rows if row.platform in wanted],
        multiple=True,
    )
    return Listing(
        name=f"insight.report.{by}",
        noun=f"{DIMENSIONS[by]}报表",
        unit="项",
        columns=_columns(by),
        filters=(platforms,) if by != "campaign" else (),
        search=("name",),
        search_hint=f"{DIMENSIONS[by]}名称",
        default_sort="-value",
        empty=EMPTY,
        summary=_summary,
        row_label=lambda row: row.name,
    )


REPORTS = {by: report_listing(by) for by in DIMENSIONS}
