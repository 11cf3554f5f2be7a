"""Writing single orders and refunds: by form, by API. Files go through ``imports``."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from shemei.apps.commerce.corrections import tell_changes
from shemei.apps.commerce.models import Order, Refund
from shemei.apps.commerce.order_events import tell_orders, tell_refunds
from shemei.apps.commerce.store import Saved, save_orders
from shemei.kernel import audit
from shemei.kernel.imports.models import ImportBatch, RowChange
from shemei.kernel.permissions import Permission, require
from shemei.kernel.workspace import one_at_a_time

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from shemei.apps.commerce.rules import OrderDraft
    from shemei.kernel.actor import Actor
    from shemei.kernel.workspace import Workspace


@transaction.atomic
def record_order(
    workspace: Workspace, draft: OrderDraft, *, by: Actor, source: str = "manual"
) -> tuple[Order, str]:
    """Record an order; the same number again is the same order. Returns it with new, changed or same."""
    require(by, Permission.ORDERS)
    if draft.amount < 0:
        raise ValidationError({"amount": "实付金额不能是负数。退款请另记一笔。"})
    saved = save_orders(workspace, [draft], source=source)
    order = Order.objects.select_related("customer").get(number=draft.number)
    verdict = _tell(workspace, saved, order, by)
    tell_refunds(workspace, saved.refunds)
    return order, verdict


def _tell(workspace: Workspace, saved: Saved, order: Order, by: Actor) -> str:
    if saved.new:
        tell_orders(workspace, [order])
        audit.record("order.recorded", order, by=by, amount=f"{order.amount / 100:.2f}")
        return "new"
    if saved.changed:
        before = saved.befores[order.key]
        tell_changes(workspace, _to_tell(order, before), "")
        audit.record("order.changed", order, by=by, fields="、".join(_labels(before)))
        return "changed"
    return "same"


def _to_tell(order: Order, before: Mapping[str, Any]) -> list[tuple[Order, Mapping[str, Any]]]:
    """What of a changed order is told now: an import that is still being written tells its own part when it is done.

    It tells the orders that it brought as they are by then, and from what it found each order that it changed.
    """
    writing = ImportBatch.objects.filter(kind="orders", state=ImportBatch.State.WRITING)
    if order.batch and writing.filter(key=order.batch).exists():
        return []
    theirs = RowChange.objects.filter(subject_key=order.key, batch__in=writing)
    names = {name for one in theirs.values_list("before", flat=True) for name in one}
    return [(order, {name: value for name, value in before.items() if name not in names})]


def _labels(before: dict[str, Any]) -> list[str]:
    """Chinese names of what changed, in the order it was found."""
    names = {f.attname: f.verbose_name for f in Order._meta.concrete_fields} | {"lines": "商品"}
    return [str(names[name]) for name in before if name != "customer_id"] or ["顾客"]


class RefundClash(ValidationError):
    """A refund number that is known comes with another amount: two programs disagree, nobody guesses."""

    def __init__(self, known: Refund, amount: int) -> None:
        super().__init__(
            f"退款单 {known.number} 已记过 {known.amount / 100:.2f} 元，"
            f"这次是 {amount / 100:.2f} 元。同一单号不能改金额：是另一笔就换一个单号，记错了请先核对。"
        )


@transaction.atomic
def record_refund(
    order: Order,
    *,
    amount: int,
    refunded_at: datetime,
    by: Actor,
    number: str = "",
    reason: str = "",
) -> tuple[Refund, bool]:
    """Book money given back; the same number and amount again is the same refund. Returns it and whether it is new."""
    require(by, Permission.ORDERS)
    if refunded_at > timezone.now() + timedelta(days=1):
        raise ValidationError({"refunded_at": "退款时间在将来。请核对。"})
    locked = _locked(order)
    if number and (known := locked.refunds.filter(number=number).first()):
        if known.amount != amount:
            raise RefundClash(known, amount)
        return known, False
    left = refundable(locked)
    if not 0 < amount <= left:
        raise ValidationError(
            {"amount": f"退款金额须大于 0，最多 {left / 100:.2f}（实付减去已退）。"}
        )
    refund = Refund.objects.create(
        workspace=locked.workspace,
        order=locked,
        customer=locked.customer,
        number=number or f"{locked.number}-R{locked.refunds.count() + 1}"[:64],
        amount=amount,
        currency=locked.currency,
        refunded_at=refunded_at,
        reason=reason[:80],
    )
    if amount == left:
        Order.objects.filter(pk=locked.pk).update(state=Order.State.REFUNDED)
    tell_refunds(locked.workspace, [refund])
    audit.record("order.refunded", locked, by=by, amount=f"{amount / 100:.2f}")
    return refund, True


def _locked(order: Order) -> Order:
    """The order as it stands, held until the transaction ends; one in another currency with the brand's rates."""
    if order.currency != order.workspace.currency:
        one_at_a_time(order.workspace)
    rows = Order.objects.select_for_update(of=("self",)).select_related("customer")
    return rows.get(pk=order.pk)


def refundable(order: Order) -> int:
    """What can still be given back of an order, in 分."""
    given: int = order.refunds.aggregate(total=Sum("amount"))["total"] or 0
    return max(order.amount - given, 0)
