"""Lists of products and customers sort by what was sold, though the rows do not keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.commerce.conftest import Bring

if TYPE_CHECKING:
    from tests.world import World

FILE = """订单编号,买家实付金额,订单付款时间,收件人手机,商品编码,商品名称,商品数量
D1,100,2025-11-02 10:00,13800003391,YH-1,面霜,1
D2,900,2025-11-03 10:00,13900004402,YH-2,精华,5
D3,50,2025-11-04 10:00,13800003391,YH-1,面霜,1
"""


@pytest.fixture
def sold(bring: Bring, inside: World) -> World:
    bring(FILE)
    return inside


def names(world: World, page: str, **query: Any) -> list[str]:
    shown = world.client(world.owner).get(world.url(f"commerce:{page}"), query)
    return [row.label for row in shown.context["page"].rows]  # type: ignore[attr-defined]


@pytest.mark.parametrize("column", ["pieces", "orders", "amount"])
def test_products_sort_by_what_was_sold(sold: World, column: str) -> None:
    upward = names(sold, "products", sort=column)
    assert upward == names(sold, "products", sort=f"-{column}")[::-1]
    assert names(sold, "products", sort="-pieces")[0].startswith("精华")
    assert names(sold, "products", sort="-orders")[0].startswith("面霜")


def test_customers_sort_by_orders_money_and_last_purchase(sold: World) -> None:
    assert "3391" in names(sold, "customers", sort="-orders")[0]
    assert "4402" in names(sold, "customers", sort="-amount")[0]
    assert "3391" in names(sold, "customers", sort="-last")[0]
