"""What identifies a person is masked before it is stored, quickly and nothing else."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.edge.support import SITES

from shemei.edge.collect import Collector, TagError
from shemei.edge.private import mask, masked, masked_path
from shemei.edge.sites import Sites, publish_sites
from shemei.edge.stamps import Clock, Ids
from shemei.edge.useragent import Agent
from shemei.edge.visit import Came
from shemei.warehouse.home import Home

if TYPE_CHECKING:
    from pathlib import Path

    from tests.edge.support import EdgeProcess

TOLD = {
    "site": "SITE",
    "kind": "custom",
    "action": "回电 13800138000",
    "url": "https://shop.example.cn/u/13900139000?utm_term=a%40b.cn&utm_campaign=%E6%98%A5",
    "title": "我的订单 mei@yuhe.cn",
    "props": {"备注": ["加微信 +86 137 1111 2222", {"证": "11010519491231002x"}], "n": 13800138000, "m": 13800138000.0,
              "13812345678": True, "sku": 1763179200000, "price": 199.5},
    "order_id": "13800138000",
}  # fmt: skip


def test_free_text_of_an_event_is_masked_and_counted(tmp_path: Path) -> None:
    home = Home(tmp_path)
    publish_sites(home, SITES)
    collector = Collector(Sites(home), Clock(), Ids())
    came = Came(Agent("ios", "", ""), "", "")
    row = orjson.loads(collector.line(TOLD, came, "")[0])
    assert (row["action"], row["page"], row["utm_term"]) == (
        "回电 [手机号]",
        "/u/[手机号]",
        "[邮箱]",
    )
    assert row["utm_campaign"] == "春" and row["order_id"] == "13800138000"
    assert orjson.loads(row["props"]) == {
        "title": "我的订单 [邮箱]",
        "备注": ["加微信 [手机号]", {"证": "[身份证号]"}],
        "n": "[手机号]", "m": "[手机号]", "[手机号]": True, "sku": 1763179200000, "price": 199.5,
    }  # fmt: skip
    assert collector.masked == 1
    collector.line({"site": "SITE", "kind": "view", "title": "春天的茶 2026"}, came, "")
    assert collector.masked == 1


@pytest.mark.parametrize("named", ["13800138000", "8613800138000", "138-0013-8000"])
def test_a_phone_number_is_no_visitor(tmp_path: Path, named: str) -> None:
    home = Home(tmp_path)
    publish_sites(home, SITES)
    collector = Collector(Sites(home), Clock(), Ids())
    told = {"site": "SITE", "kind": "view", "visitor": named}
    line = collector.line(told, Came(Agent("ios", "", ""), "", ""), "0123456789abcdef")[0]
    assert orjson.loads(line)["visitor"] == "0123456789abcdef"


def test_what_stands_under_a_private_name_is_dropped_however_deep(tmp_path: Path) -> None:
    home = Home(tmp_path)
    publish_sites(home, SITES)
    collector = Collector(Sites(home), Clock(), Ids())
    props = {
        "realname": "林小满",
        "user": {"RealName": "林小满", "level": 3},
        "all": [{"openid": "oX1", "n": 1}],
    }
    told = {"site": "SITE", "kind": "custom", "action": "x", "props": props}
    row = orjson.loads(collector.line(told, Came(Agent("ios", "", ""), "", ""), "")[0])
    assert orjson.loads(row["props"]) == {"user": {"level": 3}, "all": [{"n": 1}]}
    deep = orjson.loads("[" * 1000 + "]" * 1000)
    with pytest.raises(TagError, match="嵌套太深"):
        collector.line(told | {"props": {"x": deep}}, Came(Agent("ios", "", ""), "", ""), "")


def test_the_count_stands_among_the_figures(edge: EdgeProcess) -> None:
    assert edge.post(TOLD).status == 202
    told = edge.get("/metrics").body.decode()
    (line,) = [one for one in told.splitlines() if one.startswith("shemei_edge_masked_total ")]
    assert int(line.split()[1]) >= 1


@pytest.mark.parametrize(
    "text",
    ["138001380001", "0138001380000", "12800138000", "1763179200", "订单 1101051949123100212",
     "110105199913310021", "01a20aef-fe9c-7c43-aca8-13800138000b", "a@b", "@春天", "1380-0138-000"],
)  # fmt: skip
def test_what_only_looks_alike_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    "text",
    ["电话13800138000元", "(13800138000)", "13800138000,13900139000", "13800138000-13900139000",
     "8613800138000", "008613800138000", "１３８００１３８０００", "138-00138000",
     "tel:138-0013-8000", "phone13800138000", "11010519491231002X",
     "A.b_c+d-e@Mail.x-y.com.cn"],
)  # fmt: skip
def test_the_ways_people_write_it(text: str) -> None:
    found = masked(text)
    assert "[" in found and "138" not in found and "@" not in found and "1949" not in found


@pytest.mark.parametrize(
    "path",
    ["/p/13812345678", "/item/13812345678.html", "/goods/13812345678/reviews", "/goods/detail/13812345678",
     "/shop/goodsDetail/13812345678", "/productId/13812345678", "/user/items/13812345678",
     "/%E5%95%86%E5%93%81/13812345678", "/G/13812345678.htm"],
)  # fmt: skip
def test_eleven_digits_that_are_a_part_of_a_path_are_a_product(path: str) -> None:
    assert masked_path(path) == path


@pytest.mark.parametrize(
    "path",
    ["/u/13812345678", "/User/13812345678.html", "/member-detail/13812345678", "/invite/13812345678/ok",
     "/%E6%89%8B%E6%9C%BA/13812345678", "/p/138-1234-5678", "/p/8613812345678", "/p/call13812345678",
     "/p/13812345678,13912345678", "/%E5%8F%B7%E7%A0%8113812345678", "/u/%2013812345678", "/13812345678",
     "/customers/13812345678", "/phoneNumber/13812345678", "/user/detail/13812345678", "/memberGoods/13812345678",
     "/%E5%AE%A2%E6%88%B7/13812345678", "/user;v=1/13812345678", "/u/0/13812345678", "/detail/13812345678",
     "/user/13812345678/13912345678", "/p/13812345678.13912345678", "/order/13812345678", "//13812345678"],
)  # fmt: skip
def test_a_phone_in_a_path_is_masked(path: str) -> None:
    assert "[手机号]" in masked_path(path) and "12345678" not in masked_path(path)


@given(st.dictionaries(st.text(max_size=20), st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=30) | st.just("13800138000"),
    lambda some: st.lists(some, max_size=3) | st.dictionaries(st.text(max_size=5), some, max_size=3),
    max_leaves=8,
), max_size=4))  # fmt: skip
def test_whatever_is_sent_stays_json_and_is_masked_once(props: Any) -> None:
    row = {"props": orjson.dumps(props).decode(), "page": "/"}
    mask(row)
    assert isinstance(orjson.loads(row["props"]), dict)
    assert not mask(row) and b"13800138000" not in orjson.dumps(row)


@pytest.mark.parametrize(
    "piece", ["a", "a.", "1", "138", "138-", "a@", "@", "%40", "0-", "a-1", "86 "]
)
def test_no_text_takes_long(piece: str) -> None:
    text = piece * (64 * 1024 // len(piece)) + "@"
    begun = time.process_time()
    masked(text)
    assert time.process_time() - begun < 0.5
