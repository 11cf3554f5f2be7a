"""Order files: their fields and names, known exports, and one order out of its rows."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from shemei.apps.commerce import remarks
from shemei.apps.commerce.models import Order
from shemei.apps.commerce.rules import (
    CANCELLATION,
    CURRENCY_NAMES,
    SALE,
    UNPAID,
    CustomerDraft,
    LineDraft,
    OrderDraft,
    absurd,
    ledger_line,
    masked_name,
    normal_code,
    order_amount,
    state_from,
)
from shemei.kernel.crypto import phone_hash
from shemei.kernel.imports import cells
from shemei.kernel.imports.errors import CellError
from shemei.kernel.imports.kinds import Field, Group, Option, Preset, Row, Skip, Staged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LEDGER = "online_retail"


STATE_NAMES = {**dict(Order.State.choices), UNPAID: "待付款"}


def _state(value: Any) -> str:
    words = cells.text(value)
    found = state_from(words)
    if found is None:
        raise CellError(
            "state.unknown",
            f"不认识状态「{words[:20]}」",
            "请改成 已付款、已发货、已签收、退款中、已退款、已取消 之一",
        )
    return found


NO_PHONE = "?"
MASKED = "手机号由平台打了码（如 138****2222），这些订单照样入库，只是不能靠手机号认出是同一个人"


def _phone(value: Any) -> str:
    """A number that is none does not hold up its order: the row says so and goes without."""
    try:
        return cells.phone(value)
    except CellError:
        return NO_PHONE


FIELDS: tuple[Field, ...] = (
    Field("number", "订单号", cells.identifier, (
        "订单编号", "主订单编号", "主订单号", "主订单ID", "订单ID", "交易编号", "交易号", "单号", "order id", "order number", "order no",
        "InvoiceNo",
    ), required=True, example="D1123-5120"),
    Field("paid_at", "付款时间", cells.moment, (
        "支付时间", "支付完成时间", "订单付款时间", "买家付款时间", "订单支付时间", "支付成功时间", "付款日期", "支付日期", "成交时间", "paid at", "payment time",
        "InvoiceDate",
    ), example="2026-11-23 12:31", note="没有这一列时用下单时间"),
    Field("placed_at", "下单时间", cells.moment, (
        "订单创建时间", "订单提交时间", "订单下单时间", "创建时间", "拍下时间", "订单时间", "下单日期", "created at", "order date", "order time",
    ), example="2026-11-23 12:30"),
    Field("amount", "实付金额", cells.money, (
        "买家实付金额", "买家实际支付金额", "订单实付金额", "实际支付金额", "实付款", "实付", "实收金额", "支付金额", "付款金额", "订单支付金额", "订单实际支付金额", "用户实付金额",
        "成交金额", "订单金额", "订单应付金额", "应付金额", "商家应收金额", "买家应付货款", "paid amount", "total", "amount", "金额",
    ), example="329.00", note="没有这一列时按数量 × 单价相加"),
    Field("line_amount", "商品小计", cells.money, ("小计", "商品总价", "商品总额", "行金额", "line total", "subtotal"), example="658.00"),
    Field("sku", "商品编码", cells.identifier, (
        "商家编码", "SKU", "sku编码", "规格编码", "规格ID", "商品编码(自定义)", "货号", "商品ID", "条码", "StockCode", "product id",
    ), example="YH-CREAM-50"),
    Field("name", "商品", cells.text, ("商品名称", "商品标题", "宝贝标题", "宝贝名称", "选购商品", "商品信息", "Description", "product", "product name", "item"), example="屏障修护霜 50 g"),
    Field("quantity", "数量", cells.count, ("商品数量", "购买数量", "宝贝总数量", "件数", "SKU件数", "购买件数", "Quantity", "qty"), example="2"),
    Field("unit_price", "单价", cells.money, ("商品单价", "商品价格", "售价", "成交单价", "UnitPrice", "unit price", "price"), example="329.00"),
    Field("phone", "手机号", _phone, (
        "手机", "手机号码", "联系手机", "收货人手机", "收货人手机号", "收件人手机", "收件人手机号", "买家手机", "买家手机号", "收件人电话", "收货人电话", "联系电话", "联系方式",
        "电话", "phone", "mobile",
    ), example="13800003391", note="只存摘要与尾号 4 位", personal=True),
    Field("buyer", "顾客编号", cells.identifier, (
        "买家ID", "买家会员名", "会员名", "会员号", "会员ID", "买家昵称", "用户ID", "用户昵称", "客户编号", "CustomerID", "customer id", "openid",
    ), example="17850", personal=True),
    Field("buyer_name", "姓名", cells.text, (
        "收货人", "收货人姓名", "收件人", "收件人姓名", "买家姓名", "顾客", "客户", "顾客姓名", "customer", "name",
    ), example="周女士", note="只存首字", personal=True, mask=masked_name),
    Field("promo_code", "优惠码", cells.text, (
        "优惠券码", "折扣码", "推广码", "口令", "用码", "优惠码/口令", "promo code", "coupon", "coupon code", "discount code",
    ), example="AZHI30"),
    *remarks.FIELDS,
    Field("click_id", "点击号", cells.text, ("click id", "click_id", "点击ID", "_c"), note="短链跳转时带上的 _c"),
    Field("visitor", "访客号", cells.text, ("visitor id", "visitor", "访客ID", "_sv")),
    Field("state", "订单状态", _state, ("状态", "交易状态", "order status", "status"), example="已发货", words=STATE_NAMES),
    Field("refund_amount", "退款金额", cells.money, ("已退金额", "已退款金额", "退款总额", "售后退款金额", "refund amount", "refunded"), example="0", note="累计退款"),
    Field("refunded_at", "退款时间", cells.moment, ("退款完成时间", "退款成功时间", "售后完成时间", "refunded at")),
    Field("refund_number", "退款单号", cells.identifier, ("售后单号", "售后编号", "退款编号", "refund id")),
    Field("region", "地区", cells.text, ("省份", "省", "收货省份", "收货地区", "国家", "Country", "region", "province"), example="浙江"),
)  # fmt: skip

PRESETS: tuple[Preset, ...] = (
    Preset(
        LEDGER,
        "Online Retail 零售流水",
        frozenset({"InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"}),
        {
            "number": "InvoiceNo",
            "sku": "StockCode",
            "name": "Description",
            "quantity": "Quantity",
            "paid_at": "InvoiceDate",
            "unit_price": "UnitPrice",
            "buyer": "CustomerID",
            "region": "Country",
        },
        {"currency": "GBP"},
    ),
    Preset(
        "douyin_shop",
        "抖店订单",
        frozenset({"主订单编号", "子订单编号", "选购商品", "支付完成时间"}),
        {
            "number": "主订单编号",
            "name": "选购商品",
            "sku": "商家编码",
            "quantity": "商品数量",
            "unit_price": "商品金额",
            "amount": "订单应付金额",
            "placed_at": "订单提交时间",
            "paid_at": "支付完成时间",
            "state": "订单状态",
        },
    ),
    Preset(
        "tmall_items",
        "天猫商品订单",
        frozenset({"主订单编号", "子订单编号", "商品标题", "购买数量", "买家实付金额"}),
        {
            "number": "主订单编号",
            "name": "商品标题",
            "sku": "商家编码",
            "quantity": "购买数量",
            "unit_price": "商品价格",
            "amount": "买家实付金额",
            "placed_at": "订单创建时间",
            "paid_at": "订单付款时间",
            "state": "订单状态",
            "refund_amount": "退款金额",
        },
        {"amounts": "line"},
    ),
    Preset(
        "taobao_orders",
        "淘宝订单",
        frozenset({"订单编号", "买家会员名", "买家实际支付金额", "订单付款时间"}),
        {
            "number": "订单编号",
            "buyer": "买家会员名",
            "amount": "买家实际支付金额",
            "paid_at": "订单付款时间",
            "placed_at": "订单创建时间",
            "state": "订单状态",
            "phone": "联系手机",
            "buyer_name": "收货人姓名",
            "name": "宝贝标题",
            "quantity": "宝贝总数量",
            "refund_amount": "退款金额",
        },
        {"amounts": "order"},
    ),
    Preset(
        "xhs_shop",
        "小红书店订单",
        frozenset({"订单号", "订单状态", "商家应收金额", "用户实付金额"}),
        {
            "number": "订单号",
            "placed_at": "订单创建时间",
            "paid_at": "订单支付时间",
            "state": "订单状态",
            "name": "商品名称",
            "sku": "规格ID",
            "quantity": "SKU件数",
            "amount": "用户实付金额",
            "refund_amount": "退款金额",
            "region": "省",
        },
    ),
    Preset(
        "weixin_shop",
        "微信小店订单",
        frozenset({"订单号", "订单下单时间", "订单实际支付金额", "商品编码(自定义)"}),
        {
            "number": "订单号",
            "placed_at": "订单下单时间",
            "paid_at": "支付时间",
            "state": "订单状态",
            "name": "商品名称",
            "sku": "商品编码(自定义)",
            "quantity": "商品数量",
            "unit_price": "商品价格",
            "amount": "订单实际支付金额",
            "phone": "收件人手机",
            "buyer_name": "收件人姓名",
            "refund_amount": "已退款金额",
        },
        {"amounts": "order"},
    ),
)

OPTIONS: tuple[Option, ...] = (
    Option("currency", "币种", tuple(CURRENCY_NAMES.items()), "CNY"),
    Option(
        "amounts",
        "一单多行时的实付金额",
        (("auto", "系统判断"), ("order", "每行写的是整单金额"), ("line", "每行写的是这一行的金额")),
        "auto",
    ),
)


def mapping_problem(columns: Mapping[str, int]) -> str:
    if not {"paid_at", "placed_at"} & columns.keys():
        return "还没有对应：付款时间或下单时间。没有时间的订单无法归因，请为其中一项选一列。"
    priced = (
        "amount" in columns
        or "line_amount" in columns
        or {"quantity", "unit_price"} <= columns.keys()
    )
    return "" if priced else "还没有对应：实付金额。请为它选一列，或同时选数量与单价两列。"


def prepare(
    row: Row, preset: str, workspace_key: str, codes: frozenset[str] = frozenset()
) -> Staged | Skip:
    """Check one row: what is missing between its cells, whether it is an order at all; hide the phone.

    Of its remarks no more is kept than those of ``codes`` that stand in them.
    """
    values = row.values
    remarks.note_codes(values, codes)
    if why := absurd(values.get("quantity", 1), values.get("unit_price", 0)):
        raise CellError("quantity.absurd", why, "请核对数量与单价", field="quantity")
    if preset == LEDGER:
        return _ledger_row(values)
    unpaid = values.get("state") == UNPAID or (
        values.get("state") == "cancelled" and "paid_at" not in values
    )
    if unpaid:
        return Skip("未付款")
    if "paid_at" not in values and "placed_at" not in values:
        raise CellError("time.blank", "没有付款时间", "已付款的订单须有时间，请补", field="paid_at")
    if values.get("amount", 0) < 0:
        raise CellError("money.minus", "实付金额是负数", "退款请写在退款金额一列", field="amount")
    if values.get("refund_amount", 0) < 0:
        values["refund_amount"] = -values["refund_amount"]
    if not {"amount", "line_amount", "unit_price"} & values.keys():
        raise CellError("money.blank", "空白", "已付款订单须有金额，请补", field="amount")
    hints = tuple(_hints(values))
    _hide_phone(values, workspace_key)
    return Staged(values, group=values["number"], hints=hints)


def _hints(values: dict[str, Any]) -> Iterator[str]:
    if values.get("phone") == NO_PHONE:
        del values["phone"]
        yield "手机号位数不对，订单照样入库，只是不能靠手机号认人"
    if str(values.get("phone", "")).startswith("*"):
        yield MASKED
    if values.get("state") in ("cancelled", "refunded") and not values.get("refund_amount"):
        word = STATE_NAMES[values["state"]]
        yield f"付过款又「{word}」、没写退款金额的，按整单退款记"


def _ledger_row(values: dict[str, Any]) -> Staged | Skip:
    for key, label in (
        ("sku", "商品编码"),
        ("quantity", "数量"),
        ("paid_at", "付款时间"),
        ("unit_price", "单价"),
    ):
        if key not in values:
            raise CellError("blank", f"{label}空白", "请补上", field=key)
    number, quantity = values["number"], values["quantity"]
    verdict = ledger_line(number, values["sku"], quantity, values["unit_price"])
    if verdict == SALE:
        return Staged(values, group=number)
    if verdict == CANCELLATION:
        return Staged(
            values | {"cancels": 1, "quantity": -quantity},
            group=number,
            phase=1,
            at=values["paid_at"],
        )
    return Skip(verdict)


def _hide_phone(values: dict[str, Any], workspace_key: str) -> None:
    if number := values.pop("phone", ""):
        values["phone_hash"], values["phone_tail"] = hashed(workspace_key, number)


@lru_cache(maxsize=8192)
def hashed(workspace_key: str, number: str) -> tuple[str, str]:
    """The hash and the tail of a phone number; a masked one (``*3391``) has a tail only."""
    return ("" if number.startswith("*") else phone_hash(workspace_key, number)), number[-4:]


def code_of(group: Group) -> str:
    """The promo code of an order as it is compared, else the only one in its remarks; ``""`` for none."""
    said = (row.values["promo_code"] for row in group if row.values.get("promo_code"))
    noted = remarks.noted_in(group)
    return normal_code(next(said, "")) or (noted[0] if len(noted) == 1 else "")


def draft_of(group: Group, currency: str, amounts: str) -> OrderDraft:
    """One order out of its rows: the first row that says a thing decides it."""
    said: dict[str, Any] = {}
    for row in group:
        for key, value in row.values.items():
            said.setdefault(key, value)
    lines = tuple(_line(row.values) for row in group)
    paid = [row.values.get("amount") for row in group]
    paid_at = said.get("paid_at") or said["placed_at"]
    amount = order_amount(paid, [line.amount for line in lines], amounts)
    refunded, refunded_at = _refunded(group, said, amount, amounts)
    return OrderDraft(
        number=said["number"],
        paid_at=paid_at,
        placed_at=said.get("placed_at") or paid_at,
        amount=amount,
        quantity=sum(line.quantity for line in lines),
        currency=currency,
        state=said.get("state", ""),
        promo_code=code_of(group),
        click_id=said.get("click_id", "")[:64],
        visitor=said.get("visitor", "")[:64],
        region=said.get("region", "")[:60],
        customer=_customer(said),
        lines=tuple(line for line in lines if line.sku or line.name),
        refunded=refunded,
        refunded_at=refunded_at,
        refund_number=said.get("refund_number", ""),
        paid_is_said="paid_at" in said,
        code_is_said="promo_code" in said,
    )


def _line(values: Mapping[str, Any]) -> LineDraft:
    quantity = values.get("quantity", 1)
    price = values.get("unit_price")
    amount = values.get("line_amount")
    if amount is None:
        amount = quantity * price if price is not None else values.get("amount", 0)
    if price is None:
        price = round(amount / quantity) if quantity else amount
    return LineDraft(values.get("sku", ""), values.get("name", "")[:200], quantity, price, amount)


def _customer(said: Mapping[str, Any]) -> CustomerDraft | None:
    found = CustomerDraft(
        said.get("buyer", "")[:80],
        said.get("phone_hash", ""),
        said.get("phone_tail", ""),
        masked_name(said.get("buyer_name", "")),
    )
    return found if found.known else None


def _refunded(
    group: Sequence[Row], said: Mapping[str, Any], amount: int, amounts: str
) -> tuple[int, int]:
    """What was given back in all; a refunded order that names no sum was refunded whole."""
    sums = [row.values["refund_amount"] for row in group if row.values.get("refund_amount")]
    repeated = len(set(sums)) == 1 and amounts != "line"
    total = sums[0] if repeated else sum(sums)
    if not total and said.get("state") in ("refunded", "cancelled"):
        total = amount
    return total, said.get("refunded_at", 0)
