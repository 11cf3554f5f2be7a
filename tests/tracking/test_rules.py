"""Addresses, UTM defaults, aliases and promo codes."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shemei.apps.tracking import rules
from shemei.apps.tracking.rules import final_url
from shemei.edge.redirect import split_target
from shemei.kernel.addresses import BadInput, address_warning, tidy_url, tidy_utm
from shemei.platforms import PLATFORMS


@pytest.mark.parametrize(
    ("pasted", "stored"),
    [
        ("shop.brand.cn/a", "https://shop.brand.cn/a"),
        ("  HTTPS://Shop.Brand.CN:443 ", "https://shop.brand.cn/"),
        ("http://brand.cn:80/x?b=2&a=1#top", "http://brand.cn/x?b=2&a=1#top"),
        ("ｈｔｔｐｓ：／／brand.cn／新品", "https://brand.cn/%E6%96%B0%E5%93%81"),
        ("https://品牌.cn/页", "https://xn--jvr800e.cn/%E9%A1%B5"),
        ("快来看！https://xhslink.com/a/Bc9，复制后打开小红书", "https://xhslink.com/a/Bc9"),
        ("见 https://brand.cn/p.html. 谢谢", "https://brand.cn/p.html"),
        ("//brand.cn/a", "https://brand.cn/a"),
        ("https://brand.cn/a?spm=1.2&id=3&_c=x", "https://brand.cn/a?id=3"),
        ("https://[2001:db8::1]:8080/a", "https://[2001:db8::1]:8080/a"),
        ("https://brand.cn/a b", "https://brand.cn/a"),
        (
            "4.5 栗川精华… shop.lichuan.example/p/8 复制打开",
            "https://shop.lichuan.example/p/8",
        ),
        ("3.14 10:20 看 brand.cn，谢谢", "https://brand.cn/"),
        ("打开brand.com.cn/p?id=2.5 有惊喜", "https://brand.com.cn/p?id=2.5"),
        ("10.1.2.3:8080/a", "https://10.1.2.3:8080/a"),
        ("10.1.2.3", "https://10.1.2.3/"),
        ("品牌.cn/页 快来", "https://xn--jvr800e.cn/%E9%A1%B5"),
    ],
)
def test_pasted_addresses_are_tidied(pasted: str, stored: str) -> None:
    assert tidy_url(pasted).url == stored


@pytest.mark.parametrize("typed", ["4.5", "８８", "13800138000", "4.5 元", "满 4.5 减 1"])
def test_a_number_is_no_address(typed: str) -> None:
    with pytest.raises(BadInput):
        tidy_url(typed)


def test_utm_of_a_pasted_address_moves_to_the_link() -> None:
    tidied = tidy_url("https://brand.cn/a?UTM_Source=Weibo&utm_medium=&id=7&spm=a.b")
    assert tidied.url == "https://brand.cn/a?id=7"
    assert tidied.utm == {"utm_source": "weibo"}
    assert tidied.dropped == ("spm",)


@pytest.mark.parametrize(
    ("pasted", "word"),
    [
        ("", "还没有填"),
        ("javascript:alert(1)", "http"),
        ("ftp://brand.cn/a", "http"),
        ("weixin://dl/business", "http"),
        ("https://user:secret@brand.cn/", "账号"),
        ("https://brand.cn\\@evil.example/", "账号"),
        ("https:///a", "域名"),
        ("https://", "网页"),
        ("今天真好", "后缀"),
        ("https://brand..cn", "域名"),
        ("https://brand.cn:99999/", "完整"),
        ("https://brand.cn/" + "x" * 2100, "上限"),
    ],
)
def test_what_is_no_web_address_is_refused_with_a_word(pasted: str, word: str) -> None:
    with pytest.raises(BadInput, match=word):
        tidy_url(pasted)


@given(st.text(max_size=60) | st.from_regex(r"https?://[a-z]{1,9}\.cn/\S{0,30}", fullmatch=True))
def test_tidying_never_fails_otherwise_and_is_settled_after_one_pass(text: str) -> None:
    try:
        once = tidy_url(text)
    except BadInput:
        return
    parts = urlsplit(once.url)
    assert parts.scheme in ("http", "https")
    assert parts.hostname
    assert "@" not in parts.netloc
    assert once.url.isascii()
    assert not any(letter.isspace() for letter in once.url)
    assert tidy_url(once.url).url == once.url
    assert split_target(once.url, {})[0]


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8000/",
        "https://10.1.2.3/a",
        "http://nas.lan/",
        "http://127.0.0.1/",
        "http://169.254.169.254/latest",
        "http://[::1]/",
    ],
)
def test_addresses_that_a_phone_cannot_reach_are_warned_of(url: str) -> None:
    assert "内网" in address_warning(url)


def test_public_addresses_are_not_warned_of() -> None:
    assert address_warning("https://shop.brand.cn/") == ""
    assert address_warning("https://8.8.8.8/") == ""


def test_a_short_link_to_a_short_link_is_known() -> None:
    assert rules.is_own_link("http://localhost:8001/r/abc", "http://localhost:8001")
    assert not rules.is_own_link("https://brand.cn/r/abc", "http://localhost:8001")


def test_every_platform_has_its_utm() -> None:
    assert set(rules.UTM_RULES) == {platform.key for platform in PLATFORMS}


def test_utm_defaults_follow_platform_campaign_and_owner() -> None:
    assert rules.utm_defaults("xhs", campaign=" Double 11 ", has_creator=True) == {
        "utm_source": "xhs",
        "utm_medium": "kol",
        "utm_campaign": "double-11",
    }
    assert rules.utm_defaults("nowhere")["utm_source"] == "other"
    assert rules.utm_defaults("other")["utm_medium"] == "link"
    assert rules.utm_defaults("other", at_a_place=True)["utm_medium"] == "offline"
    assert rules.utm_defaults("xhs", at_a_place=True)["utm_medium"] == "social"


@given(st.text(max_size=100))
def test_utm_values_have_one_spelling(value: str) -> None:
    once = tidy_utm(value)
    assert tidy_utm(once) == once


def test_the_final_address_keeps_what_the_page_says_itself() -> None:
    utm = {"utm_source": "xhs", "utm_medium": "kol", "utm_term": ""}
    url = "https://brand.cn/a?id=1&utm_source=own#top"
    assert final_url(url, utm) == "https://brand.cn/a?id=1&utm_source=own&utm_medium=kol#top"


def test_the_platform_of_a_page_is_recognised() -> None:
    assert rules.platform_of_url("https://www.xiaohongshu.com/explore/1") == "xhs"
    assert rules.platform_of_url("https://notxiaohongshu.com/") == ""


def test_a_name_is_suggested() -> None:
    url = "https://www.brand.cn/a"
    assert (
        rules.suggest_name(platform="xhs", url=url, owner="阿栀", campaign="双11")
        == "小红书 · 阿栀 · 双11"
    )
    assert rules.suggest_name(platform="other", url=url) == "brand.cn"


@pytest.mark.parametrize("text", ["ab", "-abc", "abc-", "a b c", "短链", "a" * 41, "a/b"])
def test_unusable_aliases_are_refused(text: str) -> None:
    with pytest.raises(BadInput):
        rules.tidy_alias(text)


def test_an_alias_is_lower_case() -> None:
    assert rules.tidy_alias(" Double11 ") == "double11"
    assert rules.tidy_alias("ａｂｃ") == "abc"


@pytest.mark.parametrize(
    ("typed", "code"), [(" azhi 30", "AZHI30"), ("新客减 30", "新客减30"), ("ｘｍ１５", "XM15")]
)
def test_promo_codes_have_one_spelling(typed: str, code: str) -> None:
    assert rules.tidy_promo_code(typed) == code
    assert rules.fold_promo_code(typed) == code


@pytest.mark.parametrize("typed", ["", "A", "A" * 25, "-AB", "A!B"])
def test_unusable_promo_codes_are_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        rules.tidy_promo_code(typed)


@given(st.text(max_size=30) | st.from_regex(r"[ A-Za-z0-9\u4e00-\u4eff_-]{2,24}", fullmatch=True))
def test_a_code_that_is_accepted_is_found_again(text: str) -> None:
    try:
        code = rules.tidy_promo_code(text)
    except BadInput:
        return
    assert rules.fold_promo_code(code) == code == rules.fold_promo_code(code.lower())


def test_hosts_of_a_site_are_cut_out_of_what_is_pasted() -> None:
    typed = "https://shop.brand.cn/index.html\n*.brand.cn，shop.brand.cn localhost:3000"
    assert rules.tidy_hosts(typed) == ["shop.brand.cn", "brand.cn", "localhost"]
    with pytest.raises(BadInput):
        rules.tidy_hosts(" ")
