"""Marketing channels and the editable, ordered rules that decide the channel of a touch."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Field = Literal["utm_medium", "utm_source", "share_depth", "platform", "in_app", "referrer_host"]
FIELDS: tuple[str, ...] = get_args(Field)
_Values = tuple[str, str, str, str, str, str]
UNSPECIFIC_PLATFORMS = frozenset({"site", "other"})
MAX_CACHED = 20_000
MOST_STARS = 2
"""In one word of a pattern: with more, matching a hostile address could take long."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A marketing channel: ``key`` stands in events, ``name`` is what people read."""

    key: str
    name: str


CHANNELS: tuple[Channel, ...] = (
    Channel("xhs", "小红书"),
    Channel("douyin", "抖音"),
    Channel("wechat", "微信公众号"),
    Channel("channels", "视频号"),
    Channel("wecom", "企业微信"),
    Channel("weibo", "微博"),
    Channel("kuaishou", "快手"),
    Channel("bilibili", "B站"),
    Channel("zhihu", "知乎"),
    Channel("toutiao", "今日头条"),
    Channel("search", "搜索"),
    Channel("ads", "付费广告"),
    Channel("referral", "外部链接"),
    Channel("offline", "线下"),
    Channel("email", "邮件"),
    Channel("sms", "短信"),
    Channel("share", "朋友转发"),
    Channel("direct", "直接访问"),
    Channel("other", "其他"),
)
BY_KEY: dict[str, Channel] = {channel.key: channel for channel in CHANNELS}


def channel_name(key: str) -> str:
    """Return the Chinese name of a channel; a key that a workspace made itself names itself.

    Examples
    --------
    >>> channel_name("xhs"), channel_name("朋友圈"), channel_name("")
    ('小红书', '朋友圈', '其他')
    """
    found = BY_KEY.get(key)
    return found.name if found else key or BY_KEY["other"].name


class RuleError(ValueError):
    """A rule cannot be used; the message says which and why, in Chinese, for the person editing."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the rule table: where ``field`` matches ``pattern`` the channel is ``channel``.

    ``pattern`` is words separated by ``|``; ``*`` stands for any text; case does not matter. For
    ``referrer_host`` a word also matches every host below it. ``share_depth`` is the number of hands
    the page went through: ``*`` is any, ``1`` the first; nothing matches where nobody passed it on.
    With ``also_field`` a second condition has to hold too.
    """

    field: str
    pattern: str
    channel: str
    also_field: str = ""
    also_pattern: str = ""


class ChannelRules:
    """An ordered set of rules, compiled once; the first rule that matches decides.

    Answers are remembered, for a front door sees the same few hundred combinations all day.

    Parameters
    ----------
    rules : Iterable[Rule]
        In order of precedence.

    Raises
    ------
    RuleError
        Where a rule names an unknown field, or has no pattern or no channel.

    Examples
    --------
    >>> rules = ChannelRules([Rule("utm_source", "xhs|red*", "xhs")])
    >>> rules.decide(utm_source="RedNote"), rules.decide(utm_source="x"), rules.decide()
    ('xhs', 'other', 'direct')
    """

    __slots__ = ("_compiled", "_remembered", "rules")

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules: tuple[Rule, ...] = tuple(rules)
        self._compiled = [_compile(n, rule) for n, rule in enumerate(self.rules, start=1)]
        self._remembered: dict[_Values, str] = {}

    def decide(
        self,
        *,
        utm_source: str = "",
        utm_medium: str = "",
        share_depth: str = "",
        platform: str = "",
        in_app: str = "",
        referrer_host: str = "",
    ) -> str:
        """Return the channel's key for one touch; see :func:`channel_of`."""
        key = (utm_medium, utm_source, share_depth, platform, in_app, referrer_host)
        found = self._remembered.get(key)
        if found is None:
            found = self._first_match(key)
            if len(self._remembered) >= MAX_CACHED:
                self._remembered.clear()
            self._remembered[key] = found
        return found

    def deciding(
        self,
        *,
        utm_source: str = "",
        utm_medium: str = "",
        share_depth: str = "",
        platform: str = "",
        in_app: str = "",
        referrer_host: str = "",
    ) -> int:
        """Return which rule decides for one touch, counted from 1; 0 where none matches.

        Examples
        --------
        >>> ChannelRules([Rule("utm_source", "a", "ads", "in_app", "wechat")]).deciding(
        ...     utm_source="a", in_app="wechat"
        ... )
        1
        """
        return self._deciding(
            (utm_medium, utm_source, share_depth, platform, in_app, referrer_host)
        )

    def _deciding(self, values: _Values) -> int:
        for number, tests in enumerate(self._compiled, start=1):
            if all(values[at] and pattern.fullmatch(values[at]) for at, pattern in tests):
                return number
        return 0

    def _first_match(self, values: _Values) -> str:
        number = self._deciding(values)
        return self.rules[number - 1].channel if number else _without_rule(values)


def _compile(number: int, rule: Rule) -> list[tuple[int, re.Pattern[str]]]:
    if not rule.channel:
        raise RuleError(f"第 {number} 条规则：需要填写匹配内容和渠道")
    tests = [_test(number, rule.field, rule.pattern)]
    if rule.also_field:
        tests.append(_test(number, rule.also_field, rule.also_pattern))
    return tests


def _test(number: int, field: str, text: str) -> tuple[int, re.Pattern[str]]:
    words = [word.strip() for word in text.split("|") if word.strip()]
    if field not in FIELDS:
        raise RuleError(f"第 {number} 条规则：字段「{field}」不存在,可用 {'、'.join(FIELDS)}")
    if not words:
        raise RuleError(f"第 {number} 条规则：需要填写匹配内容和渠道")
    if any(word.count("*") > MOST_STARS for word in words):
        raise RuleError(f"第 {number} 条规则：一个词里最多用 {MOST_STARS} 个 *")
    below = r"(?:[^/]*\.)?" if field == "referrer_host" else ""
    body = "|".join(re.escape(word).replace(r"\*", ".*") for word in words)
    return FIELDS.index(field), re.compile(f"{below}(?:{body})", re.IGNORECASE)


def _without_rule(values: _Values) -> str:
    medium, source, hands, platform, in_app, referrer = values
    if hands:
        return "share"
    if medium or source or (platform and platform not in UNSPECIFIC_PLATFORMS):
        return "other"
    if referrer:
        return "referral"
    return "other" if in_app else "direct"


DEFAULT_RULES = ChannelRules(
    Rule(field, pattern, channel)
    for field, pattern, channel in (
        (
            "utm_medium",
            "cpc|ppc|cpm|cpa|ocpm|paid*|ad|ads|feed*|dou+|dou_plus|信息流|竞价|付费*",
            "ads",
        ),
        ("utm_medium", "email|edm|newsletter|邮件", "email"),
        ("utm_medium", "sms|短信", "sms"),
        ("utm_medium", "offline|qr_offline|poster|store|nfc|线下|门店|海报|包装", "offline"),
        ("utm_source", "xhs|xiaohongshu|red|rednote|小红书", "xhs"),
        ("utm_source", "douyin|dy|抖音", "douyin"),
        ("utm_source", "channels|wechat_channels|sph|视频号", "channels"),
        ("utm_source", "wecom|wework|wxwork|企业微信|企微", "wecom"),
        ("utm_source", "wechat|weixin|wx|mp|gzh|公众号|微信*", "wechat"),
        ("utm_source", "weibo|wb|sina_weibo|微博", "weibo"),
        ("utm_source", "kuaishou|ks|快手", "kuaishou"),
        ("utm_source", "bilibili|bili|b站", "bilibili"),
        ("utm_source", "zhihu|知乎", "zhihu"),
        ("utm_source", "toutiao|头条", "toutiao"),
        ("utm_source", "baidu|sogou|so360|360|bing|google|shenma|百度|搜狗", "search"),
        ("utm_source", "email|edm", "email"),
        ("utm_source", "sms", "sms"),
        ("utm_source", "offline|poster|store|线下|门店", "offline"),
        ("share_depth", "*", "share"),
        ("platform", "xhs", "xhs"),
        ("platform", "douyin", "douyin"),
        ("platform", "channels", "channels"),
        ("platform", "wecom", "wecom"),
        ("platform", "wechat", "wechat"),
        ("platform", "weibo", "weibo"),
        ("platform", "kuaishou", "kuaishou"),
        ("platform", "bilibili", "bilibili"),
        ("in_app", "xhs|xiaohongshu", "xhs"),
        ("in_app", "douyin", "douyin"),
        ("in_app", "wecom", "wecom"),
        ("in_app", "wechat|wechat_miniprogram", "wechat"),
        ("in_app", "weibo", "weibo"),
        ("in_app", "kuaishou", "kuaishou"),
        ("in_app", "bilibili", "bilibili"),
        ("in_app", "zhihu", "zhihu"),
        ("referrer_host", "xiaohongshu.com|xhslink.com", "xhs"),
        ("referrer_host", "douyin.com|iesdouyin.com|jinritemai.com", "douyin"),
        ("referrer_host", "channels.weixin.qq.com", "channels"),
        ("referrer_host", "work.weixin.qq.com", "wecom"),
        ("referrer_host", "weixin.qq.com|weixin110.qq.com|servicewechat.com", "wechat"),
        ("referrer_host", "weibo.com|weibo.cn|t.cn", "weibo"),
        ("referrer_host", "kuaishou.com|gifshow.com|chenzhongtech.com|kwai.com", "kuaishou"),
        ("referrer_host", "bilibili.com|b23.tv|acg.tv", "bilibili"),
        ("referrer_host", "zhihu.com", "zhihu"),
        ("referrer_host", "so.toutiao.com|baidu.com|so.com|haosou.com|sogou.com|sm.cn", "search"),
        ("referrer_host", "toutiao.com|snssdk.com", "toutiao"),
        ("referrer_host", "bing.com|google.*|yandex.*|duckduckgo.com|youdao.com", "search"),
        ("referrer_host", "mail.qq.com|mail.163.com|mail.126.com|mail.*", "email"),
    )
)
"""What a workspace starts with. What the brand wrote itself in utm comes first, how it was paid for
before where; then whether a friend passed the page on, which the app it is opened in would hide;
then the link's platform, and what was observed (in-app browser, then referrer)."""


def rules_from(rows: Iterable[Mapping[str, str]]) -> ChannelRules:
    """Return a workspace's own rules, as stored in JSON, followed by the default ones.

    Examples
    --------
    >>> own = rules_from([{"field": "utm_source", "pattern": "xhs-ads", "channel": "ads"}])
    >>> own.decide(utm_source="xhs-ads"), own.decide(utm_source="xhs")
    ('ads', 'xhs')
    """
    own = (
        Rule(
            row["field"],
            row["pattern"],
            row["channel"],
            row.get("also_field", ""),
            row.get("also_pattern", ""),
        )
        for row in rows
    )
    return ChannelRules((*own, *DEFAULT_RULES.rules))


def channel_of(
    *,
    utm_source: str = "",
    utm_medium: str = "",
    share_depth: str = "",
    platform: str = "",
    in_app: str = "",
    referrer_host: str = "",
    rules: ChannelRules = DEFAULT_RULES,
) -> str:
    """Return the key of the channel a touch came by.

    Where no rule matches: ``share`` for a page passed on, whatever else is told of it, ``referral`` for a
    touch that has only a referrer, ``direct`` for one that has nothing, otherwise ``other``. The caller leaves out the
    brand's own hosts.

    Examples
    --------
    >>> channel_of(utm_source="xhs", in_app="wechat")
    'xhs'
    >>> channel_of(referrer_host="www.baidu.com"), channel_of(referrer_host="example.com")
    ('search', 'referral')
    >>> channel_of(share_depth="2", in_app="wechat"), channel_of(in_app="wechat"), channel_of()
    ('share', 'wechat', 'direct')
    """
    return rules.decide(
        utm_source=utm_source,
        utm_medium=utm_medium,
        share_depth=share_depth,
        platform=platform,
        in_app=in_app,
        referrer_host=referrer_host,
    )
