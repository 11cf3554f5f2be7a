"""Pages of orders, refunds, products and customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from shemei.apps.commerce import actions, listings, queries
from shemei.apps.commerce.forms import OrderForm, RefundForm
from shemei.apps.commerce.models import Customer, MarketGood, Order, Product, Refund
from shemei.apps.commerce.rules import currency_name, rate_words
from shemei.kernel.erased import off_the_log
from shemei.kernel.lists.worth import asked_sort
from shemei.kernel.permissions import Permission as P
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, get_row
from shemei.kernel.ways.way import way_to
from shemei.portal.numbers import money
from shemei.warehouse.vocabulary import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shemei.kernel.http import BrandRequest

VERDICTS = {"new": "已录入", "changed": "已更新", "same": "没有变化："}


@allow(P.CUSTOMERS)
@require_http_methods(["GET", "POST"])
def orders(request: BrandRequest) -> HttpResponse:
    rows = Order.objects.select_related("customer", "workspace")
    buyer = Customer.objects.filter(key=request.GET.get("buyer", "")).first()
    if buyer:
        rows = rows.filter(customer=buyer)
    context = {
        "tab": "orders",
        "buyer": buyer,
        "tag_only": queries.told_by_tag_alone(request.workspace),
    }
    return listings.ORDERS.respond(request, rows, "commerce/orders.html", context)


@allow(P.CUSTOMERS)
@require_http_methods(["GET", "POST"])
def products(request: BrandRequest) -> HttpResponse:
    rows = queries.products_ranked(
        request.workspace, Product.objects.select_related("workspace"), asked_sort(request)
    )
    return listings.PRODUCTS.respond(request, rows, "commerce/products.html", {"tab": "products"})


@allow(P.VIEW)
@require_http_methods(["GET", "POST"])
def market(request: BrandRequest) -> HttpResponse:
    """Goods of the market, as third parties list them."""
    rows = MarketGood.objects.select_related("workspace")
    return listings.MARKET.respond(request, rows, "commerce/market.html", {"tab": "market"})


@allow(P.CUSTOMERS)
@require_http_methods(["GET", "POST"])
def customers(request: BrandRequest) -> HttpResponse:
    rows = queries.customers_ranked(
        request.workspace, Customer.objects.select_related("workspace"), asked_sort(request)
    )
    return listings.CUSTOMERS.respond(
        request, rows, "commerce/customers.html", {"tab": "customers"}
    )


@allow(P.CUSTOMERS)
@require_http_methods(["GET", "POST"])
def refunds(request: BrandRequest) -> HttpResponse:
    rows = Refund.objects.select_related("order", "customer", "workspace")
    return listings.REFUNDS.respond(request, rows, "commerce/refunds.html", {"tab": "refunds"})


@allow(P.CUSTOMERS)
@require_GET
def order(request: BrandRequest, key: str) -> HttpResponse:
    found = get_row(Order.objects.select_related("customer", "workspace"), key)
    context = _order_context(request, found)
    in_drawer = request.headers.get("HX-Target") == "drawer"
    return render(
        request, "commerce/order_drawer.html" if in_drawer else "commerce/order.html", context
    )


def _order_context(request: BrandRequest, found: Order) -> dict[str, Any]:
    given = list(found.refunds.all())
    back = sum(refund.amount for refund in given)
    own = request.workspace.currency
    return {
        "converted": _converted(found, given, own) if found.currency != own else None,
        "order": found,
        "state": listings.STATES[found.state],
        "amount": money(found.amount, found.currency),
        "net": money(found.amount - back, found.currency),
        "lines": [(line, money(line.amount, found.currency)) for line in found.lines.all()],
        "refunds": [(refund, money(refund.amount, refund.currency)) for refund in given],
        "way": way_to(request.workspace, found.number),
        "batch_name": queries.batch_names(request.workspace, [found.batch]).get(found.batch, ""),
        "source": listings.SOURCES.get(found.source, found.source),
        "may_refund": request.actor.can(P.ORDERS) and actions.refundable(found) > 0,
    }


def _converted(found: Order, given: Sequence[Refund], own: str) -> dict[str, Any]:
    """An order of another currency in the brand's own, or where to say what it is worth."""
    if off_the_log(found.workspace, [found.number]):
        return {"left": True}
    if found.rate is None or found.reported is None:
        day = found.paid_at.astimezone(SHANGHAI).date()
        wanted = (
            f"{wurl(found.workspace, 'commerce:rate_new')}?currency={found.currency}&since={day}"
        )
        name, beyond = currency_name(found.currency), found.waiting is False
        return {"wanted": wanted, "name": name, "is_raw": bool(found.reported), "beyond": beyond}
    net = found.reported - sum(refund.worth_in(own) or 0 for refund in given)
    told = {"amount": money(found.reported, own), "net": money(net, own)}
    return told | {"rate": rate_words(found.rate), "changing": bool(found.waiting)}


@allow(P.ORDERS)
@require_http_methods(["GET", "POST"])
def new(request: BrandRequest) -> HttpResponse:
    form = OrderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, verdict = actions.record_order(
                request.workspace, form.draft(request.workspace), by=request.actor
            )
        except ValidationError as error:
            form.add_error("amount", error.messages)
        else:
            toast(request, f"{VERDICTS[verdict]}订单 {made.number}")
            return redirect(wurl(request.workspace, "commerce:order", made.key))
    return render(request, "commerce/order_form.html", {"form": form})


@allow(P.ORDERS)
@require_http_methods(["GET", "POST"])
def refund(request: BrandRequest, key: str) -> HttpResponse:
    found = get_row(Order.objects.select_related("customer", "workspace"), key)
    left = actions.refundable(found)
    form = RefundForm(request.POST or None, initial={"amount": f"{left / 100:.2f}"})
    if request.method == "POST" and form.is_valid():
        try:
            made, _ = actions.record_refund(found, by=request.actor, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("amount", error.messages)
        else:
            toast(request, f"已记退款 {money(made.amount, made.currency)}")
            return redirect(wurl(request.workspace, "commerce:order", found.key))
    context = {"form": form, "order": found, "left": money(left, found.currency)}
    return render(request, "commerce/refund_form.html", context)
