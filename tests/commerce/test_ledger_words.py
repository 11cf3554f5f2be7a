"""The rows of a retail ledger add up in words: read, left out, wrong, in orders and in cancellations."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from shemei.apps.commerce.models import Refund
from shemei.kernel.imports import actions
from shemei.kernel.imports.models import ImportBatch

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
ROWS = [
    "1001,85123A,HOLDER,2,2010-12-01 08:26,2.55,17850,United Kingdom",
    "1001,71053,LANTERN,1,2010-12-01 08:26,3.39,17850,United Kingdom",
    "1002,85123A,HOLDER,1,2010-12-02 08:26,2.55,17850,United Kingdom",
    "1003,85123A,HOLDER,1,never,2.55,17850,United Kingdom",
    "1002,POST,POSTAGE,0,2010-12-02 08:26,0,17850,United Kingdom",
    "C1004,85123A,HOLDER,-3,2010-12-03 08:26,2.55,17850,United Kingdom",
    "C1004,71053,LANTERN,-1,2010-12-03 08:26,3.39,17850,United Kingdom",
]


def shown(world: World, batch: ImportBatch) -> str:
    return " ".join(world.client().get(world.url("imports:batch", batch.key)).text.split())


def test_every_row_is_accounted_for(inside: World, home: Home) -> None:
    by = inside.owner.actor
    data = io.BytesIO("\n".join([HEAD, *ROWS]).encode())
    batch = actions.check(actions.receive(inside.brand, data, "retail.csv", by=by), by=by)
    page = shown(inside, batch)
    assert "读了 7 行，按规则略去 1 行，有错 1 行。" in page
    assert "合起来是 2 单，来自 3 行" in page
    assert "另有 2 行是取消单" in page
    assert 7 == 1 + 1 + 3 + 2
    page = shown(inside, actions.write(batch, by=by))
    assert Refund.objects.count() == 2
    assert "取消单记成了 2 笔退款：一张退的货出自几单的，每单各一笔" in page
    assert "另有 2 行是取消单" in page
