"""Links with rules: who is sent where, until when, how often, behind which password."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.edge.support import LINK, PHONE, EdgeProcess

from shemei.edge.linkbook import publish
from shemei.edge.linkrules import LinkRules, RuleError, Way, pick, read_rules
from shemei.edge.passwords import hash_password
from shemei.edge.redirect import BadTarget, Router
from shemei.warehouse.channels import DEFAULT_RULES
from shemei.warehouse.vocabulary import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable

    Stored = Callable[[], list[dict[str, Any]]]

DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0"
DOUYIN = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Mobile aweme_30.1.0"
FAR = 4_102_444_800_000_000
"""The year 2100."""


@pytest.fixture
def rule(edge: EdgeProcess, request: pytest.FixtureRequest) -> Callable[..., str]:
    """Publish a link with rules and return its path once the edge knows it."""

    def make(**rules: Any) -> str:
        code = f"r{abs(hash((request.node.name, orjson.dumps(rules)))):x}"
        links = edge.ask("GET", "/healthz").json["links"]
        publish(edge.home, [replace(LINK, code=code, link=code, rules=rules)])
        deadline = time.monotonic() + 10
        while edge.ask("GET", "/healthz").json["links"] == links:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return f"/r/{code}"

    return make


def to(*urls: str) -> list[dict[str, Any]]:
    return [{"url": url} for url in urls]


def page_of(edge: EdgeProcess, path: str, agent: str = PHONE) -> str:
    location = urlsplit(edge.ask("GET", path, agent=agent).headers["location"])
    return f"{location.netloc}{location.path}"


def test_the_first_case_that_holds_decides(edge: EdgeProcess, rule: Any, stored: Stored) -> None:
    path = rule(
        cases=[
            {"in_app": ["wechat", "wecom"], "ways": to("https://m.cn/wx")},
            {"device": ["desktop"], "ways": to("https://m.cn/pc")},
            {"in_app": ["wechat"], "ways": to("https://m.cn/never")},
        ]
    )
    assert page_of(edge, path) == "m.cn/wx"
    assert page_of(edge, path, DESK) == "m.cn/pc"
    assert page_of(edge, path, DOUYIN) == "shop.example.cn/p/1"
    rows = stored()
    assert [orjson.loads(row["props"]).get("rule") for row in rows] == ["1", "2", None]
    assert all(sorted(row) == sorted(COLUMNS) for row in rows)
    assert {row["creator"] for row in rows} == {"creator-key"}


def test_a_date_window_holds_inside_only(edge: EdgeProcess, rule: Any) -> None:
    path = rule(
        cases=[
            {"starts": FAR, "ways": to("https://m.cn/early")},
            {"ends": 1, "ways": to("https://m.cn/late")},
            {"starts": 1, "ends": FAR, "ways": to("https://m.cn/now")},
        ]
    )
    assert page_of(edge, path) == "m.cn/now"


def test_a_division_keeps_each_visitor_on_one_side(
    edge: EdgeProcess, rule: Any, stored: Stored
) -> None:
    path = rule(cases=[{"ways": to("https://m.cn/a", "https://m.cn/b")}])
    seen = {page_of(edge, path) for _ in range(24)}
    assert seen == {"m.cn/a", "m.cn/b"}
    cookie = edge.get(path).headers["set-cookie"].partition(";")[0]
    again = {edge.get(path, Cookie=cookie).headers["location"].partition("?")[0] for _ in range(8)}
    assert len(again) == 1
    assert {orjson.loads(row["props"])["way"] for row in stored()} == {"A", "B"}


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=8), st.text(max_size=80), st.text())
def test_a_way_is_always_one_of_them_and_the_same(
    weights: list[int], link: str, visitor: str
) -> None:
    ways = tuple(Way(weight=weight) for weight in weights)
    at = pick(ways, link, visitor)
    assert 0 <= at < len(ways)
    assert pick(ways, link, visitor) == at


def test_weights_are_kept_and_two_links_divide_independently() -> None:
    ways = (Way(weight=20), Way(weight=80))
    visitors = [f"{n:032x}" for n in range(5000)]
    one = [pick(ways, "one", visitor) for visitor in visitors]
    two = [pick(ways, "two", visitor) for visitor in visitors]
    assert abs(sum(one) / 5000 - 0.8) < 0.02
    both = Counter(zip(one, two, strict=True))
    assert abs(both[0, 0] / 5000 - 0.04) < 0.01


def test_the_guide_page_is_shown_and_its_click_does_not_count(
    edge: EdgeProcess, rule: Any, stored: Stored
) -> None:
    path = rule(cases=[{"in_app": ["wechat"], "ways": [{"kind": "guide"}]}])
    answer = edge.get(path)
    assert (answer.status, "location" in answer.headers) == (200, False)
    assert "请在浏览器打开" in answer.body.decode()
    assert "微信里打不开" in answer.body.decode()
    assert "_sv=" in answer.headers["set-cookie"]
    assert page_of(edge, path, DESK) == "shop.example.cn/p/1"
    assert [row["suspect"] for row in stored()] == ["guided", ""]


def test_the_app_page_offers_the_app_and_the_web(
    edge: EdgeProcess, rule: Any, stored: Stored
) -> None:
    scheme = 'weixin://dl/business/?t=A&x="'
    path = rule(cases=[{"device": ["ios"], "ways": [{"kind": "app", "app": scheme}]}])
    answer = edge.get(path)
    body = answer.body.decode()
    (row,) = stored()
    assert answer.status == 200
    assert 'href="weixin://dl/business/?t=A&amp;x=&quot;"' in body
    assert f"_c={row['click_id']}" in body
    assert row["suspect"] == ""
    assert "script" not in answer.headers["content-security-policy"]


def test_after_the_end_a_page_says_so_or_another_address_takes_over(
    edge: EdgeProcess, rule: Any, stored: Stored
) -> None:
    over = edge.get(rule(expires=1))
    assert (over.status, "已经结束" in over.body.decode()) == (410, True)
    assert stored() == []
    assert page_of(edge, rule(expires=1, after="https://m.cn/home")) == "m.cn/home"
    assert page_of(edge, rule(expires=FAR)) == "shop.example.cn/p/1"
    assert orjson.loads(stored()[0]["props"]) == {"rule": "late"}


def test_a_limit_lets_that_many_through_and_machines_use_none(
    edge: EdgeProcess, rule: Any, stored: Stored
) -> None:
    path = rule(limit=3)
    for _ in range(2):
        assert edge.ask("GET", path, agent="curl/8").status == 302
    assert [edge.get(path).status for _ in range(5)] == [302, 302, 302, 410, 410]
    assert len(stored()) == 5


def test_when_a_limit_is_used_up_another_address_takes_over(
    edge: EdgeProcess, rule: Any, stored: Stored
) -> None:
    path = rule(limit=1, after="https://m.cn/home")
    assert [page_of(edge, path) for _ in range(3)] == ["shop.example.cn/p/1", *["m.cn/home"] * 2]
    told = [orjson.loads(row["props"]).get("rule") for row in stored()]
    assert told == [None, "late", "late"]


def test_what_the_log_had_counted_fills_a_limit_too(edge: EdgeProcess, rule: Any) -> None:
    assert edge.get(rule(limit=9, used=9)).status == 410
    assert edge.get(rule(limit=9, used=8)).status == 302


def unlock(edge: EdgeProcess, path: str, word: str) -> Any:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return edge.ask("POST", path, f"password={word}".encode(), kind)


def test_the_right_password_opens_the_link_for_this_browser(
    edge: EdgeProcess, rule: Any, stored: Stored
) -> None:
    path = rule(password=hash_password("春天9527"))
    asked = edge.get(path)
    assert (asked.status, 'type="password"' in asked.body.decode()) == (200, True)
    assert unlock(edge, path, "9527").status == 403
    assert stored() == []
    right = unlock(edge, path, "%E6%98%A5%E5%A4%A99527")
    assert (right.status, right.headers["location"]) == (303, path)
    cookie = right.headers["set-cookie"].partition(";")[0]
    assert edge.get(path, Cookie=cookie).status == 302
    assert edge.get(path, Cookie=cookie[:-1] + "!").status == 200
    assert len(stored()) == 1


def test_a_pass_holds_for_its_own_link_only(edge: EdgeProcess, rule: Any) -> None:
    one = rule(password=hash_password("one"))
    other = rule(password=hash_password("one "))
    cookie = unlock(edge, one, "one").headers["set-cookie"].partition(";")[0]
    assert edge.get(one, Cookie=cookie).status == 302
    assert edge.get(other, Cookie=cookie).status == 200


def test_guessing_is_slowed_down_even_for_the_right_word(edge: EdgeProcess, rule: Any) -> None:
    path = rule(password=hash_password("word"))
    assert [unlock(edge, path, "no").status for _ in range(6)] == [403] * 5 + [429]
    assert unlock(edge, path, "word").status == 429


def test_a_link_without_a_password_takes_no_form(edge: EdgeProcess, rule: Any) -> None:
    assert unlock(edge, "/r/spring", "x").status == 405
    assert unlock(edge, rule(limit=5), "x").status == 405
    assert unlock(edge, "/r/nope", "x").status == 405


@pytest.mark.parametrize(
    "rules",
    [
        {"cases": [{"ways": []}]},
        {"cases": [{"ways": [{"kind": "teleport"}]}]},
        {"cases": [{"ways": [{"kind": "app", "app": "javascript:alert(1)"}]}]},
        {"cases": [{"ways": [{"weight": 0}]}]},
        {"cases": [{"ways": [{}], "in_app": ["myspace"]}]},
        {"cases": [{"ways": [{}], "starts": 9, "ends": 9}]},
        {"cases": [{"ways": [{}]}] * 21},
        {"limit": -1},
        {"limit": True},
        {"password": 1},
        {"cases": "all"},
    ],
)
def test_rules_that_cannot_be_used_are_refused(rules: dict[str, Any]) -> None:
    with pytest.raises(RuleError):
        read_rules(rules)


def test_no_rules_are_empty_rules() -> None:
    assert read_rules({}) == LinkRules()


def test_a_bad_address_in_a_case_refuses_the_whole_link() -> None:
    row = {**{name: getattr(LINK, name) for name in LINK.__slots__}}
    row["rules"] = {"cases": [{"ways": to("ftp://m.cn/")}]}
    with pytest.raises(BadTarget):
        Router(row, DEFAULT_RULES)
