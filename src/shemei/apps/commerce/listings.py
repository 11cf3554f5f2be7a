"""The lists of orders, refunds, products, customers and goods of the market."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q, Sum

from shemei.apps.commerce import queries
from shemei.apps.commerce.models import (
    Customer,
    ExchangeRate,
    MarketGood,
    Order,
    OrderLine,
    Product,
    Refund,
)
from shemei.apps.commerce.rules import CURRENCY_NAMES, currency_name, rate_words
from shemei.kernel.erased import off_the_log
from shemei.kernel.imports import spans
from shemei.kernel.imports.models import ImportBatch
from shemei.kernel.lists import Column, Empty, Filter, Listing, State, export_chosen
from shemei.kernel.permissions import Permission as P
from shemei.kernel.urls import wurl
from shemei.platforms import CHOICES
from shemei.portal.numbers import SYMBOLS, money, pct, wan, yuan

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest

STATES = {
    "paid": State("已付款", "info"),
    "shipped": State("已发货", "good"),
    "done": State("已签收", "good"),
    "refunding": State("退款中", "warn"),
    "refunded": State("已退款", "quiet"),
    "cancelled": State("已取消", "quiet"),
}
CONVERTED = "外币按汇率折算；还没有汇率的不计"
SOURCES = {"manual": "手工录入", "api": "接口", "hook": "推送", "import": "文件导入"}


def customer_cell(order: Any) -> tuple[str, str] | None:
    buyer = order.customer
    if buyer is None:
        return None
    tail = f"尾号 {buyer.phone_tail}" if buyer.phone_tail else ""
    return (buyer.name_masked or ("匿名" if tail else f"顾客 {buyer.ref}"), tail)


def _batches(request: BrandRequest) -> list[tuple[str, str]]:
    rows = ImportBatch.objects.filter(kind="orders", state=ImportBatch.State.DONE)[:20]
    return [(batch.key, batch.file_name) for batch in rows]


_TIED = ~Q(promo_code="") | ~Q(click_id="") | ~Q(visitor="")


def _by_way(rows: Any, value: str) -> Any:
    return rows.filter(_TIED) if value == "tied" else rows.exclude(_TIED)


def _with_code(rows: Any, value: str) -> Any:
    return rows.exclude(promo_code="") if value == "yes" else rows.filter(promo_code="")


def _fill_orders(rows: list[Order], request: BrandRequest) -> Sequence[Order]:
    names = queries.batch_names(request.workspace, (order.batch for order in rows))
    foreign = (o.number for o in rows if o.currency != request.workspace.currency)
    gone = off_the_log(request.workspace, foreign)
    for order in rows:
        order.batch_name = names.get(order.batch, "")  # type: ignore[attr-defined]
        order.has_left = order.number in gone  # type: ignore[attr-defined]
    return rows


def _origin(order: Any) -> str:
    return order.batch_name or SOURCES.get(order.source, order.source)


def _order_url(order: Order) -> str:
    return wurl(order.workspace, "commerce:order", order.key)


def _worth_told(order: Any) -> int | None:
    is_known = not order.has_left and (order.rate or order.waiting is None)
    return order.worth_in(order.workspace.currency) if is_known else None


def _worth(order: Any) -> str:
    if order.has_left:
        return "已离开看板"
    told = _worth_told(order)
    wants = "汇率或金额不对" if order.waiting is False else "等汇率"
    return wants if told is None else money(told, order.workspace.currency)


def _sum(request: BrandRequest, rows: Any) -> str:
    """Orders and money of everything that matched, per currency."""
    sums = rows.order_by().values("currency").annotate(n=Count("id"), total=Sum("amount"))
    words = []
    for row in sorted(sums, key=lambda row: -row["n"]):
        sign = SYMBOLS.get(row["currency"], f"{row['currency']} ")
        total = yuan(row["total"]).replace("¥", sign)
        each = yuan(row["total"] / row["n"], full=True).replace("¥", sign)
        words.append(f"{total}，客单价 {each}")
    return "；".join(words)


def search_orders(rows: Any, text: str) -> Any:
    """By number, by the last four digits of the phone, by product."""
    product = OrderLine.objects.filter(order=OuterRef("pk")).filter(
        Q(name__icontains=text) | Q(sku__iexact=text)
    )
    tail = Q(customer__phone_tail=text) if text.isdigit() and len(text) == 4 else Q()
    return rows.filter(
        Q(number__icontains=text) | Q(promo_code__iexact=text) | tail | Exists(product)
    )


search_orders.do_not_call_in_templates = True  # type: ignore[attr-defined]

ORDERS = Listing(
    name="commerce.orders",
    columns=(
        Column("number", "订单", lambda o: o.number, kind="code", href=_order_url, drawer=True, sort="number"),
        Column("paid_at", "付款时间", lambda o: o.paid_at, kind="datetime", sort="paid_at"),
        Column("customer", "顾客", customer_cell, kind="who", export=lambda o: o.customer.label if o.customer else ""),
        Column("quantity", "件数", lambda o: o.quantity, kind="num", sort="quantity"),
        Column("promo_code", "用码", lambda o: o.promo_code, kind="tags", sort="promo_code"),
        Column(
            "amount", "实付", lambda o: money(o.amount, o.currency), kind="custom",
            template="commerce/cells/amount.html", sort="amount", strong=True, numeric=True,
            phone=True, export=lambda o: o.amount, exported="money",
        ),
        Column("currency", "币种", lambda o: o.currency, hidden=True),
        Column("worth", "折合", _worth, hidden=True, numeric=True, export=_worth_told, exported="money", hint="看板里的金额：外币按付款那天的汇率折算"),
        Column("state", "状态", lambda o: STATES[o.state], kind="state", sort="state"),
        Column("batch", "来源", _origin, sort="batch"),
        Column("region", "地区", lambda o: o.region, hidden=True),
    ),
    filters=(
        Filter("state", "状态", Order.State.choices, multiple=True),
        Filter("code", "用码", (("yes", "用了码"), ("no", "没用码")), _with_code),
        Filter("paid", "付款", kind="period", field="paid_at"),
        Filter("rate", "汇率", (("waiting", "等汇率"),), lambda rows, _: rows.filter(waiting=True)),
        Filter("way", "来源", (("tied", "有来源"), ("untied", "找不到来源")), _by_way),
        Filter("batch", "批次", _batches),
    ),
    search=search_orders,
    search_hint="订单号、手机尾号、商品",
    bulk=(export_chosen(lambda: ORDERS),),
    default_sort="-paid_at",
    annotate=_fill_orders,
    summary=_sum,
    noun="订单",
    unit="单",
    empty=Empty(
        "receipt",
        "还没有订单",
        "导入店铺后台的订单表，或用接口送来；有优惠码、点击号或手机号的订单会接上它的路径。",
        ("导入订单", "imports:upload"),
        ("手工录入", "commerce:new"),
        P.IMPORT,
    ),
)  # fmt: skip


def _fill_products(rows: list[Product], request: BrandRequest) -> Sequence[Product]:
    sales = queries.sales_of(rows)
    for product in rows:
        product.sales = sales.get(product.sku, {})  # type: ignore[attr-defined]
    return rows


PRODUCTS = Listing(
    name="commerce.products",
    columns=(
        Column("name", "商品", lambda p: p.name or p.sku, href=lambda p: f"{wurl(p.workspace, 'commerce:orders')}?q={p.sku}", sort="name"),
        Column("sku", "商品编码", lambda p: p.sku, kind="code", sort="sku"),
        Column("pieces", "售出", lambda p: p.sales.get("pieces"), kind="num", strong=True, sort="rank"),
        Column("returned", "退回", lambda p: p.sales.get("returned"), kind="num", sort="rank"),
        Column("orders", "订单", lambda p: p.sales.get("orders"), kind="num", sort="rank"),
        Column("amount", "成交额（未减退款）", lambda p: p.sales.get("amount"), kind="money", sort="rank", hint=CONVERTED),
        Column("price", "首次单价", lambda p: money(p.price, p.currency), kind="custom", template="commerce/cells/amount.html", numeric=True, sort="price", export=lambda p: p.price, exported="money"),
    ),
    search=("name", "sku"),
    search_hint="商品名、编码",
    default_sort="name",
    annotate=_fill_products,
    noun="商品",
    unit="个",
    empty=Empty("box", "还没有商品", "导入带商品编码的订单后，商品自动列在这里。", ("导入订单", "imports:upload"), permission=P.IMPORT),
)  # fmt: skip


def _fill_customers(rows: list[Customer], request: BrandRequest) -> Sequence[Customer]:
    bought = queries.purchases_of(rows)
    for customer in rows:
        customer.bought = bought.get(customer.pk, {})  # type: ignore[attr-defined]
    return rows


def _customer_url(customer: Customer) -> str:
    return f"{wurl(customer.workspace, 'commerce:orders')}?buyer={customer.key}"


CUSTOMERS = Listing(
    name="commerce.customers",
    columns=(
        Column("label", "顾客", lambda c: c.label, href=_customer_url),
        Column("ref", "顾客编号", lambda c: c.ref, kind="code", sort="ref"),
        Column("orders", "订单", lambda c: c.bought.get("count"), kind="num", strong=True, sort="rank"),
        Column("amount", "成交额（未减退款）", lambda c: c.bought.get("amount"), kind="money", sort="rank", hint=CONVERTED),
        Column("last", "最近付款", lambda c: c.bought.get("last"), kind="datetime", sort="rank"),
        Column("created", "首次入库", lambda c: c.created_at, kind="datetime", sort="created_at", hidden=True),
    ),
    filters=(
        Filter("phone", "手机", (("yes", "留了手机"), ("no", "没留手机")), lambda rows, v: rows.exclude(phone_hash="") if v == "yes" else rows.filter(phone_hash="")),
    ),
    search=("ref", "phone_tail", "name_masked"),
    search_hint="编号、手机尾号、姓",
    default_sort="-created_at",
    annotate=_fill_customers,
    noun="顾客",
    unit="位",
    empty=Empty("users", "还没有顾客", "带手机号或顾客编号的订单入库后，顾客自动列在这里。手机号只存摘要与尾号。", ("导入订单", "imports:upload"), permission=P.IMPORT),
)  # fmt: skip


def _refund_order(refund: Refund) -> str:
    return wurl(refund.workspace, "commerce:order", refund.order.key) if refund.order else ""


REFUNDS = Listing(
    name="commerce.refunds",
    columns=(
        Column("number", "退款单", lambda r: r.number, kind="code", sort="number"),
        Column("refunded_at", "退款时间", lambda r: r.refunded_at, kind="datetime", sort="refunded_at"),
        Column("order", "订单", lambda r: r.order.number if r.order else "", kind="code", href=_refund_order, drawer=True),
        Column("customer", "顾客", customer_cell, kind="who", export=lambda r: r.customer.label if r.customer else ""),
        Column(
            "amount", "退款金额", lambda r: money(r.amount, r.currency), kind="custom",
            template="commerce/cells/amount.html", sort="amount", strong=True, numeric=True,
            phone=True, export=lambda r: r.amount, exported="money",
        ),
        Column("reason", "原因", lambda r: r.reason),
    ),
    filters=(
        Filter("order", "订单", (("matched", "已配上"), ("unmatched", "没配上")), lambda rows, v: rows.filter(order__isnull=v == "unmatched")),
        Filter("refunded", "退款", kind="period", field="refunded_at"),
    ),
    search=("number", "order__number"),
    search_hint="退款单号、订单号",
    default_sort="-refunded_at",
    summary=_sum,
    noun="退款",
    unit="笔",
    empty=Empty("receipt-refund", "还没有退款", "订单表里的退款金额、取消单，和在订单页记的退款都列在这里。"),
)  # fmt: skip


def _span(name: str, show: Any) -> Any:
    def words(good: MarketGood) -> str:
        return spans.in_words(good.held.get(name) or (None, None), show)

    return words


def _share(share: float) -> str:
    return pct(share, 1)


MARKET = Listing(
    name="commerce.market",
    columns=(
        Column("name", "商品", value=str, sort="name"),
        Column("platform", "在哪卖", value=lambda g: g.platform, kind="platform"),
        Column("sold_7", "近 7 天销量", value=_span("sold_7", wan), sort="sold_7_low", numeric=True, strong=True, hint="第三方估的范围，两头都留着；按低的一头排"),
        Column("sold_30", "近 30 天销量", value=_span("sold_30", wan), sort="sold_30_low", numeric=True),
        Column("commission", "佣金比例", value=_span("commission", _share), numeric=True),
        Column("cvr", "转化率", value=_span("cvr", _share), numeric=True),
        Column("creators", "关联达人", value=_span("creators", wan), numeric=True),
        Column("day", "数据日期", value=lambda g: g.day, kind="date", sort="day"),
    ),
    filters=(Filter("platform", "平台", choices=CHOICES),),
    search=("name",),
    search_hint="搜商品",
    default_sort="-sold_7_low",
    noun="市场商品",
    unit="件",
    empty=Empty(
        icon="package",
        title="还没有市场商品",
        text="从蝉妈妈等工具导出商品列表传上来，看同类商品卖多少、给多少佣金、有多少达人在带。",
        action=("导入市场商品", "imports:upload"),
        permission=P.IMPORT,
    ),
)  # fmt: skip


def _rates_until(rows: list[ExchangeRate], request: BrandRequest) -> Sequence[ExchangeRate]:
    """Each rate with the day on which the next one of its currency comes into force."""
    begins: dict[str, list[date]] = defaultdict(list)
    known = ExchangeRate.objects.filter(currency__in={row.currency for row in rows})
    for currency, since in known.order_by("since").values_list("currency", "since"):
        begins[currency].append(since)
    for row in rows:
        later = [day for day in begins[row.currency] if day > row.since]
        row.until = later[0] - timedelta(1) if later else None  # type: ignore[attr-defined]
    return rows


def _currencies(request: BrandRequest) -> list[tuple[str, str]]:
    known = ExchangeRate.objects.order_by("currency").values_list("currency", flat=True).distinct()
    return [(code, CURRENCY_NAMES.get(code, code)) for code in known]


RATES = Listing(
    name="commerce.rates",
    columns=(
        Column("since", "从哪天起", lambda r: r.since, kind="date", sort="since", strong=True, href=lambda r: wurl(r.workspace, "commerce:rate", r.key)),
        Column("currency", "币种", lambda r: currency_name(r.currency), sort="currency", phone=True),
        Column("words", "汇率", lambda r: r.words, numeric=True, sort="rate", phone=True, export=lambda r: rate_words(r.rate)),
        Column("until", "到哪天", lambda r: r.until, kind="date"),
        Column("set_by", "填写人", lambda r: r.set_by, sort="set_by"),
    ),
    filters=(Filter("currency", "币种", _currencies),),
    search=("currency", "set_by"),
    search_hint="币种、填写人",
    default_sort="-since",
    annotate=_rates_until,
    noun="汇率",
    unit="条",
    empty=Empty(
        "coins",
        "还没有汇率",
        "看板只用一种币种。有外币的订单时，填一条「从哪天起，1 单位外币合多少」：每一单按付款那天的汇率折算，退款按它那一单的汇率。没有外币就不用填。",
        ("填汇率", "commerce:rate_new"),
        permission=P.IMPORT,
    ),
)  # fmt: skip
