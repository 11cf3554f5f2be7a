"""An order file as shops give them, and what the log was told."""

from __future__ import annotations

from typing import Any

import orjson

from shemei.kernel.models import OutboxEvent

FILE = """订单编号,付款时间,实付金额(元),手机号,收货人,优惠码,商品名称,商家编码,数量,单价,订单状态
D1,2026/11/3 9:05,"¥1,329.00",138 0000 3391,周女士,azhi30,修护霜,YH-1,2,664.50,待发货
D2,2026-11-03 10:00,299,13900008042,,,精华,YH-2,1,299,交易成功
D3,2026-11-04 08:00,500,13800003391,周女士,,修护霜,YH-1,1,300,已发货
D3,2026-11-04 08:00,500,13800003391,周女士,,精华,YH-2,1,200,已发货
D4,,88,,,,试用装,YH-9,1,88,等待买家付款
"""

REFUNDED = FILE.replace("订单状态", "订单状态,退款金额,退款时间").replace(
    "待发货", "退款中,329,2026-11-05 12:00"
)


def events(kind: str = "") -> list[dict[str, Any]]:
    told = [
        orjson.loads(text)
        for text in OutboxEvent.objects.order_by("id").values_list("event", flat=True)
    ]
    return [event for event in told if kind in ("", event["kind"])]
