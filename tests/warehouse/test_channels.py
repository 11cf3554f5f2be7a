"""The channel of a touch: what the brand wrote comes before what was observed."""

from __future__ import annotations

import pytest

from shemei.warehouse import channels
from shemei.warehouse.channels import ChannelRules, Rule, RuleError, channel_of, rules_from


@pytest.mark.parametrize(
    ("host", "channel"),
    [
        ("www.xiaohongshu.com", "xhs"),
        ("v.douyin.com", "douyin"),
        ("live.kuaishou.com", "kuaishou"),
        ("b23.tv", "bilibili"),
        ("m.weibo.cn", "weibo"),
        ("www.zhihu.com", "zhihu"),
        ("mp.weixin.qq.com", "wechat"),
        ("m.baidu.com", "search"),
        ("www.so.com", "search"),
        ("wap.sogou.com", "search"),
        ("m.sm.cn", "search"),
        ("so.toutiao.com", "search"),
        ("www.toutiao.com", "toutiao"),
        ("notbaidu.com", "referral"),
        ("blog.example.com", "referral"),
    ],
)
def test_chinese_hosts_are_known(host: str, channel: str) -> None:
    assert channel_of(referrer_host=host) == channel


def test_what_the_brand_wrote_comes_before_what_was_observed() -> None:
    assert channel_of(utm_source="xhs", platform="weibo", in_app="wechat") == "xhs"
    assert channel_of(platform="xhs", in_app="wechat", referrer_host="m.weibo.cn") == "xhs"
    assert channel_of(in_app="wechat", referrer_host="m.weibo.cn") == "wechat"


def test_paid_traffic_is_advertising_wherever_it_ran() -> None:
    assert channel_of(utm_source="douyin", utm_medium="DOU+", platform="douyin") == "ads"


def test_nothing_known_is_direct_and_something_unmatched_is_other() -> None:
    assert channel_of() == channel_of(platform="site") == "direct"
    assert channel_of(utm_source="partner-42") == "other"
    assert channel_of(platform="site", referrer_host="m.weibo.cn") == "weibo"


def test_a_page_passed_on_is_a_friend_s_whatever_app_it_is_opened_in() -> None:
    assert channel_of(share_depth="1", platform="wechat", in_app="wechat") == "share"
    assert channel_of(share_depth="50", referrer_host="m.weibo.cn") == "share"
    assert channel_of(share_depth="", in_app="wechat") == "wechat"
    assert ChannelRules([]).decide(share_depth="1") == "share"
    for told in ({"utm_source": "newsletter"}, {"utm_medium": "x"}, {"platform": "wechat"}):
        by_default = channel_of(share_depth="1", **told)
        assert ChannelRules([]).decide(share_depth="1", **told) == by_default == "share"


def test_what_the_brand_wrote_in_utm_comes_before_who_passed_it_on() -> None:
    assert channel_of(utm_source="xhs", share_depth="1", in_app="wechat") == "xhs"
    assert channel_of(utm_medium="cpc", share_depth="3") == "ads"
    assert channel_of(utm_source="partner-42", share_depth="1") == "share"


def test_a_brand_may_count_forwards_as_it_likes_also_by_hands() -> None:
    wechat = {"field": "share_depth", "pattern": "*", "channel": "wechat"}
    own = rules_from([{**wechat, "also_field": "in_app", "also_pattern": "wechat"}])
    assert channel_of(share_depth="2", in_app="wechat", utm_source="xhs", rules=own) == "wechat"
    assert channel_of(share_depth="2", rules=own) == "share"
    first = rules_from([{"field": "share_depth", "pattern": "1", "channel": "熟人"}])
    hands = [channel_of(share_depth=n, rules=first) for n in ("1", "2", "11", "")]
    assert hands == ["熟人", "share", "share", "direct"]


def test_a_workspace_rule_comes_before_the_default_ones() -> None:
    own = rules_from([{"field": "platform", "pattern": "xhs", "channel": "种草"}])
    assert channel_of(platform="xhs", rules=own) == "种草"
    assert channel_of(platform="weibo", rules=own) == "weibo"
    assert channels.channel_name("种草") == "种草"


def test_remembered_answers_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "MAX_CACHED", 3)
    rules = ChannelRules([Rule("utm_source", "a*", "x")])
    assert [rules.decide(utm_source=f"a{n}") for n in range(10)] == ["x"] * 10
    assert len(rules._remembered) <= 3


@pytest.mark.parametrize(
    "rule", [Rule("color", "red", "x"), Rule("platform", " | ", "x"), Rule("platform", "xhs", "")]
)
def test_an_unusable_rule_says_which_and_why(rule: Rule) -> None:
    with pytest.raises(RuleError, match="第 1 条规则"):
        ChannelRules([rule])


def test_every_default_rule_leads_to_a_channel_with_a_name() -> None:
    assert {rule.channel for rule in channels.DEFAULT_RULES.rules} <= set(channels.BY_KEY)
