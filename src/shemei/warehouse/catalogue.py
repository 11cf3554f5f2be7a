"""The one catalogue of figures: every metric, made of what is summed from the log."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from shemei.warehouse.measures import MEASURES, PEOPLE, REPORTED

if TYPE_CHECKING:
    from collections.abc import Mapping

Unit = Literal["count", "ratio", "money", "times", "people", "score"]
Better = Literal["up", "down", "none"]

DECK = "《社交媒体营销策略》教材，数据指标表"
UNDATED = "教材未注明日期"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric as the whole product names, computes and judges it.

    Attributes
    ----------
    key, name, formula : str
        Key in code, Chinese name, Chinese formula.
    unit : str
        ``money`` is in 分, ``ratio`` a share of 1, ``times`` a multiple, ``people`` are distinct,
        ``score`` goes from -100 to 100.
    better : str
        Which direction is good.
    numerator, denominator : str
        Keys of measures, derived figures or people; an empty denominator means a plain figure, and an
        empty numerator one that is told (by a survey, an index) and never computed.
    reference : float or None
        What the field calls normal, in the metric's unit.
    reference_word, source, dated : str
        How the reference is meant, where it is from, of when it is.
    by_platform : Mapping[str, float]
        References that differ by platform.
    in_log : bool
        False where a part is not in the log (an account's followers): its room computes.
    needs_buyers : bool
        Whether it is none where more than half of the orders have no known buyer: who is new among
        buyers that nobody knows cannot be told.
    """

    key: str
    name: str
    formula: str
    unit: Unit
    better: Better
    numerator: str
    denominator: str = ""
    reference: float | None = None
    reference_word: str = ""
    source: str = ""
    dated: str = ""
    by_platform: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    in_log: bool = True
    needs_buyers: bool = False

    def reference_on(self, platform: str) -> float | None:
        """Return the reference value on one platform.

        Examples
        --------
        >>> METRICS["engagement_rate"].reference_on("douyin")
        0.05
        """
        return self.by_platform.get(platform, self.reference)

    @property
    def told(self) -> bool:
        """Whether it is only ever told: by those who asked people, or by a platform's index."""
        return not self.numerator

    @property
    def reported(self) -> bool:
        """Whether any part of it stands on what platforms or files report."""
        return not REPORTED.isdisjoint((self.numerator, self.denominator))

    @property
    def people(self) -> bool:
        """Whether distinct people have to be counted for it."""
        return self.numerator in PEOPLE or self.denominator in PEOPLE


def _count(key: str, formula: str, better: Better = "up", unit: Unit = "count") -> Metric:
    return Metric(key, MEASURES[key].name, formula, unit, better, key)


_METRICS: tuple[Metric, ...] = (
    _count("impressions", "曝光次数之和（平台回传或导入的内容数据；广告的自报曝光不算在内）"),
    _count("engagements", "点赞 + 评论 + 分享 + 收藏的次数"),
    Metric(
        "engagement_rate",
        "互动率（按次）",
        "互动次数 ÷ 曝光次数",
        "ratio",
        "up",
        "engagements",
        "impressions",
        None,
        "微博 3%，抖音 5% 为佳",
        DECK,
        UNDATED,
        by_platform=MappingProxyType({"weibo": 0.03, "douyin": 0.05}),
    ),
    Metric(
        "engagement_people_rate",
        "互动率（按人）",
        "互动人数 ÷ 曝光人数，只含能识别到人的数据",
        "ratio",
        "up",
        "engaged_people",
        "reached_people",
        None,
        "微博 3%，抖音 5% 为佳",
        DECK,
        UNDATED,
        by_platform=MappingProxyType({"weibo": 0.03, "douyin": 0.05}),
    ),
    _count("likes", "点赞次数"),
    _count("comments", "评论次数"),
    _count("collects", "收藏次数"),
    _count("shares", "分享次数"),
    Metric("share_rate", "分享率", "分享次数 ÷ 曝光次数", "ratio", "up", "shares", "impressions"),
    _count("finishes", "播放到结尾的次数"),
    Metric(
        "finish_rate",
        "完播率",
        "完播次数 ÷ 曝光（播放）次数",
        "ratio",
        "up",
        "finishes",
        "impressions",
    ),
    _count("follows", "关注的人次 − 取消关注的人次（平台回传或导入）"),
    Metric(
        "follower_growth",
        "粉丝增长率",
        "新增粉丝 ÷ 总粉丝数，按月",
        "ratio",
        "up",
        "follows",
        "",
        0.05,
        "月增 5% 为健康水平",
        DECK,
        UNDATED,
        in_log=False,
    ),
    Metric(
        "follower_activity",
        "粉丝活跃度（按次）",
        "近 30 天互动次数 ÷ 粉丝数；互动的人不都是粉丝，同一个人可以互动多次，可以超过 100%",
        "ratio",
        "up",
        "engagements",
        "",
        in_log=False,
    ),
    _count("clicks", "短链被点开的次数，不含机器人与预览"),
    Metric(
        "ctr",
        "点击率 CTR",
        "点击数 ÷ 曝光数",
        "ratio",
        "up",
        "clicks",
        "impressions",
        0.01,
        "1% 为良好",
        DECK,
        UNDATED,
    ),
    _count("visits", "进入站点的次数（一次会话一次）"),
    _count("page_views", "浏览的页面数（含访问的首页）"),
    Metric(
        "bounce_rate",
        "跳出率",
        "只看了一页的访问 ÷ 访问",
        "ratio",
        "down",
        "bounces",
        "visits",
        None,
        "行业基准 + 历史对比",
        DECK,
        UNDATED,
    ),
    _count("shared_visits", "从别人转发的页面进入站点的次数；只数带着转发记号的页面"),
    Metric(
        "shared_rate",
        "转发访问占比",
        "转发来的访问 ÷ 访问",
        "ratio",
        "up",
        "shared_visits",
        "visits",
    ),
    Metric(
        "share_depth",
        "平均分享层级",
        "转发来的访问各经过几手，加起来 ÷ 转发来的访问；1 是第一手转发",
        "times",
        "up",
        "share_steps",
        "shared_visits",
    ),
    Metric(
        "direct_share",
        "直接访问占比",
        "没有来源、近 30 天也没点过短链、不是别人转发来的访问 ÷ 访问；长期看，是记得品牌的人",
        "ratio",
        "up",
        "direct_visits",
        "visits",
    ),
    Metric(
        "visitors",
        "访客数",
        "期内到访（点击、访问或浏览）的去重人数，不可按日相加",
        "people",
        "up",
        "visitors",
    ),
    _count("leads", "留下联系方式的次数"),
    _count("friends", "添加企业微信好友的人次"),
    _count("group_joins", "进群人次"),
    _count("invites", "邀请次数"),
    _count("claims", "领取次数"),
    _count("check_ins", "打卡次数"),
    _count("redeems", "优惠码使用次数"),
    _count("orders", "下单数，同一订单号只算一次"),
    _count("new_customers", "期内首次下单的人数"),
    _count("repeat_orders", "同一个人第二次及以后的订单数"),
    Metric(
        "repeat_rate", "复购订单占比", "复购订单 ÷ 订单", "ratio", "up", "repeat_orders", "orders"
    ),
    _count("revenue", "订单实付金额之和", unit="money"),
    _count("refunds", "退款金额之和，记在退款当天", "down", "money"),
    Metric("net_revenue", "净成交额", "成交额 − 退款额", "money", "up", "net_revenue"),
    Metric(
        "refund_rate", "退款率（按金额）", "退款额 ÷ 成交额", "ratio", "down", "refunds", "revenue"
    ),
    Metric("aov", "客单价", "成交额 ÷ 订单", "money", "up", "revenue", "orders"),
    Metric(
        "cvr",
        "成交转化率 CVR",
        "订单数 ÷ 点击数",
        "ratio",
        "up",
        "orders",
        "clicks",
        0.03,
        "3% 为良好",
        DECK,
        UNDATED,
    ),
    _count("spend", "广告花费 + 达人费用", "none", "money"),
    Metric(
        "roi",
        "投入产出比 ROI",
        "净成交额 ÷ 总花费；分渠道、内容、达人时用归因后的成交额",
        "times",
        "up",
        "net_revenue",
        "spend",
        3.0,
        "大于 3 为优秀水平",
        DECK,
        UNDATED,
    ),
    Metric(
        "cac",
        "获客成本",
        "总花费 ÷ 新客数；多数订单（过半）认不出是谁买的时，不算",
        "money",
        "down",
        "spend",
        "new_customers",
        None,
        "低于客户终身价值",
        "《社交媒体营销策略》教材，用户增长与裂变",
        UNDATED,
        needs_buyers=True,
    ),
    Metric("cpc", "单次点击成本", "总花费 ÷ 点击数", "money", "down", "spend", "clicks"),
)


def _told(key: str, name: str, unit: Unit, formula: str) -> Metric:
    return Metric(key, name, formula, unit, "up", "", in_log=False)


_TOLD: tuple[Metric, ...] = (
    _told("unaided_awareness", "无提示知名度", "ratio", "不经提示就说出本品牌的人 ÷ 被问的人"),
    _told("aided_awareness", "提示知名度", "ratio", "看到品牌名单后说知道本品牌的人 ÷ 被问的人"),
    _told("consideration", "考虑度", "ratio", "下次买这一类会考虑本品牌的人 ÷ 被问的人"),
    _told("favourability", "美誉度", "ratio", "对本品牌评价好的人 ÷ 被问的人"),
    _told("nps", "净推荐值 NPS", "score", "（推荐者占比 − 贬损者占比）× 100；推荐者打 9 至 10 分，贬损者打 0 至 6 分"),
    _told("brand_search", "品牌搜索指数", "count", "平台给的指数；各平台算法不同，不相加，不互比"),
    _told("share_of_voice", "声量份额", "ratio", "提到本品牌的条数 ÷ 提到所比各品牌的条数"),
)  # fmt: skip
"""Long-term brand metrics of surveys and indices; what they are taken of is the source's to say."""

METRICS: Mapping[str, Metric] = MappingProxyType(
    {metric.key: metric for metric in (*_METRICS, *_TOLD)}
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a funnel: which kinds (and actions) of event reach it."""

    name: str
    kinds: tuple[str, ...]
    actions: tuple[str, ...] = ()


DEFAULT_FUNNEL: tuple[Step, ...] = (
    Step("触达", ("impression", "click", "visit")),
    Step("兴趣", ("view", "engage", "follow")),
    Step("欲望", ("lead", "add_friend", "claim", "custom"), ("", "add_to_cart")),
    Step("行动", ("order",)),
    Step("分享", ("invite", "engage"), ("", "share")),
)
"""触达 → 兴趣 → 欲望 → 行动 → 分享. A step counts people who did one of its events after the step
before; the rule's name is 「期内依次」. ``""`` among actions stands for kinds that have none."""
