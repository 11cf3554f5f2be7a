"""Orders and refunds for programs, below ``/api/v1/orders``. Amounts are 分; times carry their zone."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone
from ninja import Field, Router, Schema
from pydantic import AfterValidator, StringConstraints

from shemei.apps.commerce import actions
from shemei.apps.commerce.models import Order, Refund
from shemei.apps.commerce.order_file import hashed
from shemei.apps.commerce.rules import (
    CustomerDraft,
    LineDraft,
    OrderDraft,
    absurd,
    masked_name,
    normal_code,
    rate_words,
)
from shemei.kernel.api import FieldProblem, Problem, idempotent
from shemei.kernel.http import ApiRequest
from shemei.kernel.imports import cells
from shemei.kernel.imports.errors import CellError
from shemei.kernel.permissions import Permission as P
from shemei.kernel.views import allow
from shemei.kernel.workspace import Workspace
from shemei.warehouse.vocabulary import SHANGHAI, to_ts

router = Router(tags=["订单"])
Fen = Annotated[int, Field(ge=0, le=10**13)]
Number = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=64, pattern=r"^[^/\x00-\x1f]+$"
    ),
]


def _possible(moment: datetime) -> datetime:
    """A time without a zone is Asia/Shanghai; years that no shop has seen are refused."""
    if not 1990 <= moment.year < 2100:
        raise ValueError("年份不在 1990 至 2099 之间")
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


Moment = Annotated[datetime, AfterValidator(_possible)]


class LineIn(Schema):
    """One product of an order; ``amount`` defaults to quantity × unit price."""

    sku: str = Field("", max_length=64)
    name: str = Field("", max_length=200)
    quantity: int = Field(1, ge=1, le=1_000_000)
    unit_price: Fen = 0
    amount: Fen | None = None


class OrderIn(Schema):
    """One paid order. The same number again updates that order."""

    model_config = {"extra": "forbid"}
    number: Number
    paid_at: Moment
    amount: Fen
    placed_at: Moment | None = None
    currency: str = Field("CNY", pattern="^[A-Z]{3}$")
    state: Literal["paid", "shipped", "done", "refunding", "refunded", "cancelled"] = "paid"
    phone: str = Field("", max_length=24, description="只存摘要与尾号 4 位")
    customer_ref: str = Field("", max_length=80)
    customer_name: str = Field("", max_length=40, description="只存首字")
    promo_code: str = Field("", max_length=40)
    click_id: str = Field("", max_length=64, description="短链跳转时带上的 _c")
    visitor: str = Field("", max_length=64, description="网站代码的访客号 _sv")
    region: str = Field("", max_length=60)
    lines: list[LineIn] = Field(default=[], max_length=500)


class LineOut(Schema):
    sku: str
    name: str
    quantity: int
    unit_price: int
    amount: int
    returned: int


class RefundOut(Schema):
    number: str
    amount: int
    currency: str
    refunded_at: datetime
    reason: str


class OrderOut(Schema):
    """An order as it stands. ``result`` says what a POST did: new, changed or same."""

    number: str
    key: str
    placed_at: datetime
    paid_at: datetime
    amount: int
    currency: str
    worth: int | None = Field(description="看板里的金额，品牌空间的币种；还没有汇率时为空")
    rate: str = Field("", description="折算用的汇率；不用折算时为空")
    state: str
    customer: str
    phone_tail: str
    promo_code: str
    click_id: str
    lines: list[LineOut]
    refunds: list[RefundOut]
    result: str = ""


class RefundIn(Schema):
    """Money given back. The same number again is the same refund; with another amount it is refused (409)."""

    model_config = {"extra": "forbid"}
    amount: Annotated[int, Field(gt=0, le=10**13)]
    refunded_at: Moment | None = None
    number: str = Field("", max_length=64)
    reason: str = Field("", max_length=80)


@router.post(
    "/orders", response={200: OrderOut, 201: OrderOut}, summary="录入一单；同一单号再来是更新"
)
@allow(P.ORDERS)
@idempotent
def create_order(request: ApiRequest, told: OrderIn) -> Any:
    _key_required(request)
    try:
        order, verdict = actions.record_order(
            request.workspace, draft_of(request.workspace, told), by=request.actor, source="api"
        )
    except ValidationError as error:
        raise refused(error) from None
    return 201 if verdict == "new" else 200, _out(order, verdict)


@router.get("/orders/{number}", response=OrderOut, summary="按单号查一单")
@allow(P.CUSTOMERS)
def read_order(request: ApiRequest, number: str) -> OrderOut:
    return _out(_order(number))


@router.post(
    "/orders/{number}/refunds",
    response={200: RefundOut, 201: RefundOut},
    summary="给一单记退款；同一退款单号再来是同一笔",
)
@allow(P.ORDERS)
@idempotent
def create_refund(request: ApiRequest, number: str, told: RefundIn) -> Any:
    _key_required(request)
    moment = told.refunded_at or timezone.now()
    try:
        refund, is_new = actions.record_refund(
            _order(number),
            amount=told.amount,
            refunded_at=moment,
            number=told.number,
            reason=told.reason,
            by=request.actor,
        )
    except actions.RefundClash as error:
        raise Problem(409, " ".join(error.messages)) from None
    except ValidationError as error:
        raise refused(error) from None
    return 201 if is_new else 200, _refund_out(refund)


def _key_required(request: ApiRequest) -> None:
    if not request.headers.get("Idempotency-Key"):
        raise Problem(400, "缺请求头 Idempotency-Key。请为每一单生成一个，重试时用同一个。")


def _order(number: str) -> Order:
    found = Order.objects.select_related("customer").filter(number=number).first()
    if found is None:
        raise Http404(f"没有订单 {number}。")
    return found


def refused(error: ValidationError) -> Problem:
    told = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    errors = [FieldProblem(where=name, message="；".join(said)) for name, said in told.items()]
    return Problem(422, errors[0].message, errors)


def draft_of(workspace: Workspace, told: OrderIn) -> OrderDraft:
    """The order as the room keeps it; its phone number hashed, its name masked."""
    paid_at = to_ts(told.paid_at)
    lines = tuple(_line(place, line) for place, line in enumerate(told.lines))
    return OrderDraft(
        number=told.number,
        paid_at=paid_at,
        placed_at=to_ts(told.placed_at) if told.placed_at else paid_at,
        amount=told.amount,
        quantity=sum(line.quantity for line in lines) or 1,
        currency=told.currency,
        state=told.state if "state" in told.model_fields_set else "",
        promo_code=normal_code(told.promo_code),
        click_id=told.click_id,
        visitor=told.visitor,
        region=told.region,
        customer=_customer(workspace, told),
        lines=lines,
    )


def _line(place: int, line: LineIn) -> LineDraft:
    if why := absurd(line.quantity, line.unit_price):
        where = f"lines.{place}"
        raise Problem(422, f"{where}：{why}。", [FieldProblem(where=where, message=why)])
    worth = line.quantity * line.unit_price if line.amount is None else line.amount
    return LineDraft(line.sku, line.name, line.quantity, line.unit_price, worth)


def _customer(workspace: Workspace, told: OrderIn) -> CustomerDraft | None:
    try:
        number = cells.phone(told.phone) if told.phone.strip() else ""
    except CellError as error:
        problem = FieldProblem(where="phone", message=str(error))
        raise Problem(422, f"phone：{error}。", [problem]) from None
    hash_, tail = hashed(workspace.key, number) if number else ("", "")
    person = CustomerDraft(told.customer_ref.strip(), hash_, tail, masked_name(told.customer_name))
    return person if person.known else None


def _out(order: Order, verdict: str = "") -> OrderOut:
    return OrderOut(
        number=order.number,
        key=order.key,
        placed_at=order.placed_at,
        paid_at=order.paid_at,
        amount=order.amount,
        currency=order.currency,
        worth=order.worth_in(order.workspace.currency),
        rate=rate_words(order.rate) if order.rate is not None else "",
        state=order.state,
        customer=order.customer.key if order.customer else "",
        phone_tail=order.customer.phone_tail if order.customer else "",
        promo_code=order.promo_code,
        click_id=order.click_id,
        lines=[LineOut.from_orm(line) for line in order.lines.all()],
        refunds=[_refund_out(refund) for refund in order.refunds.all()],
        result=verdict,
    )


def _refund_out(refund: Refund) -> RefundOut:
    return RefundOut(
        number=refund.number,
        amount=refund.amount,
        currency=refund.currency,
        refunded_at=refund.refunded_at,
        reason=refund.reason,
    )
