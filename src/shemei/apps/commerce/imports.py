"""Order files as a kind of import: orders, their refunds, and the cancellations of a retail ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Max, Min

from shemei.apps.commerce import order_file, remarks
from shemei.apps.commerce.changes import changes_of
from shemei.apps.commerce.conversion import waiting_of
from shemei.apps.commerce.corrections import settle_orders, settle_refunds, tell_changes
from shemei.apps.commerce.exchange import rates_now, rates_of
from shemei.apps.commerce.facts import codes_of, owners_of
from shemei.apps.commerce.models import Customer, Order, Product, Refund
from shemei.apps.commerce.order_events import in_parts, tell_orders, tell_refunds
from shemei.apps.commerce.returns import give_back, save_cancellations
from shemei.apps.commerce.rules import currency_name
from shemei.apps.commerce.store import Saved, put_back, save_orders, take_refunds_along
from shemei.kernel.imports.kinds import Group, ImportKind, Row, Skip, Staged, Tally
from shemei.kernel.imports.models import ImportBatch, RowChange
from shemei.kernel.periods import Period
from shemei.kernel.tombstones import exclude_batch
from shemei.kernel.urls import wurl
from shemei.kernel.workspace import one_at_a_time
from shemei.warehouse.vocabulary import SHANGHAI, from_ts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from shemei.kernel.actor import Actor

SUBJECT = "commerce.order"
UNKNOWN_CODE = "优惠码没有登记的单"
ERASED = "{n} 单的顾客已按个人信息请求删除：订单照常更新，不再存这个人。"
NOTED = "{n} 单的优惠码是从备注里认出的。"
SEVERAL_NOTED = "{n} 单的备注里写着几个不同的优惠码，一个都没有取：要算给谁，请写在优惠码一列。"
CONVERTED = (
    "{n} 单是{currency}：按付款那天的汇率折成{own}算进看板，原来的金额留着，订单页两个都写。"
)
NO_RATE = (
    "{n} 单是{currency}，付款那天还没有汇率：先等着，不算进看板、归因和报表。"
    "到「链接与订单 › 汇率」填一条，会自己补进去，不用重新导入。"
)
CANCELLING = (
    "另有 {n} 行是取消单（单号以 C 开头），不算订单：同一单号的几行是一张，入库时记成退款，记过的不再记。"
    "一张退的货若出自几单，每单各记一笔，所以退款的笔数可能比取消单的张数多。"
)
SPLIT = "取消单记成了 {n} 笔退款：一张退的货出自几单的，每单各一笔。"
FURTHER = "{n} 单在系统里已走得更远（例如已发货，表里还是已付款），状态没有退回去。"


class Orders(ImportKind):
    """订单: one line per order or one per product; see ``docs/howto/import-orders.md``."""

    key = "orders"
    name = "订单"
    noun = "单"
    group_field = "number"
    fields = order_file.FIELDS
    presets = order_file.PRESETS
    options = order_file.OPTIONS
    done_url = ("看这批订单", "commerce:orders")
    undo_also = "别处给这些订单记的退款会变成没有订单的退款。"

    def mapping_problem(self, columns: Mapping[str, int], options: Mapping[str, str]) -> str:
        return order_file.mapping_problem(columns)

    def preparing(self, batch: ImportBatch) -> Callable[[Row], Staged | Skip]:
        has_remarks = any(key in batch.mapping for key in remarks.KEYS)
        codes = codes_of(batch.workspace) if has_remarks else frozenset()
        preset, key = batch.preset, batch.workspace.key
        return lambda row: order_file.prepare(row, preset, key, codes)

    def compare(self, groups: Sequence[Group], batch: ImportBatch) -> Tally:
        orders, cancellations = _split(groups)
        drafts = _drafts(orders, batch)
        saved = _save(drafts, batch, apply=False)
        tally = _tally(saved, batch, orders)
        _say_noted(tally, orders)
        _say_currency(tally, batch, drafts)
        rows = {group[0].values["number"]: group[0].number for group in orders}
        for change in changes_of(saved, rows, batch.mapping):
            tally.note(change)
        tally.extra["退款"] = len(saved.refunds)
        tally.extra[UNKNOWN_CODE] = _unknown_codes(batch, orders)
        numbers = [group[0].values["number"] for group in cancellations]
        known = Refund.objects.filter(number__in=numbers).values("number").distinct().count()
        tally.extra["取消单"] = len(cancellations) - known
        tally.extra["已有的取消单"] = known
        tally.remarks[CANCELLING] = sum(map(len, cancellations))
        return tally

    def write_batch(self, groups: Sequence[Group], batch: ImportBatch, by: Actor) -> Tally:
        orders, cancellations = _split(groups)
        drafts = _drafts(orders, batch)
        saved = _save(drafts, batch)
        RowChange.keep(batch, saved.befores, SUBJECT)
        back = save_cancellations(
            batch.workspace, cancellations, currency=batch.option("currency"), batch=batch.key
        )
        tally = _tally(saved, batch, orders)
        _say_noted(tally, orders)
        _say_currency(tally, batch, drafts)
        tally.extra["退款"] = len(saved.refunds) + len(back.refunds)
        tally.extra[UNKNOWN_CODE] = _unknown_codes(batch, orders)
        tally.extra["取消单"] = back.invoices
        tally.extra["已有的取消单"] = back.same
        tally.extra["含未配上订单的取消单"] = back.without_order
        tally.remarks[CANCELLING] = sum(map(len, cancellations))
        tally.remarks[SPLIT] = len(back.refunds)
        return tally

    def finish(self, batch: ImportBatch, by: Actor) -> list[str]:
        workspace = batch.workspace
        orders = Order.objects.filter(batch=batch.key).select_related("customer").order_by("id")
        tell_orders(workspace, orders.iterator(2000))
        refunds = Refund.objects.filter(batch=batch.key).select_related("order", "customer")
        tell_refunds(workspace, refunds.order_by("id").iterator(2000))
        _tell_meanwhile(batch)
        befores = dict(_changes(batch).values_list("subject_key", "before"))
        changed = Order.objects.filter(key__in=befores).select_related("customer")
        tell_changes(workspace, ((order, befores[order.key]) for order in changed), batch.key)
        return _said(refunds.filter(order=None).values_list("amount", flat=True), batch)

    def further(self, batch: ImportBatch) -> Sequence[tuple[str, str]]:
        url, mine = wurl(batch.workspace, "commerce:rate_new"), batch.option("currency")
        return [
            (f"填{currency_name(one.currency)}汇率", f"{url}?currency={mine}&since={one.oldest}")
            for one in waiting_of(batch.workspace)
            if one.currency == mine
        ]

    def undo_obstacle(self, batch: ImportBatch) -> str:
        mine = Order.objects.filter(batch=batch.key).values("key")
        touched = RowChange.objects.filter(subject=SUBJECT, batch__state=ImportBatch.State.DONE)
        later = touched.filter(batch__id__gt=batch.pk)
        theirs = _changes(batch).values("subject_key")
        blocking = later.filter(subject_key__in=mine) | later.filter(subject_key__in=theirs)
        first = blocking.select_related("batch").order_by("-batch_id").first()
        if first is None:
            return ""
        return f"其中的订单后来又被「{first.batch.file_name}」改过。请先撤销那一次，再撤销这一次。"

    def undo(self, batch: ImportBatch, by: Actor) -> None:
        one_at_a_time(batch.workspace)
        days, left = _days(batch), _orders_left(batch)
        give_back(list(Refund.objects.filter(batch=batch.key)))
        Refund.objects.filter(batch=batch.key).delete()
        Order.objects.filter(batch=batch.key).delete()
        _put_back(batch, left)
        _changes(batch).delete()
        Customer.objects.filter(batch=batch.key, orders=None).delete()
        sold = Order.objects.values("lines__sku")
        Product.objects.filter(batch=batch.key).exclude(sku__in=sold).delete()
        if batch.state == ImportBatch.State.DONE:
            exclude_batch(batch.workspace.key, batch.key, days)
            batch.counts = batch.counts | {"days": [days.first_day, days.last_day] if days else []}


def _tell_meanwhile(batch: ImportBatch) -> None:
    """What a person or a program gave back of the orders before they were told, and so at no rate yet."""
    rows = Refund.objects.filter(order__batch=batch.key, waiting=True).exclude(batch=batch.key)
    if found := list(rows.select_related("order", "customer").order_by("pk")):
        settle_refunds(batch.workspace, found, rates_now(batch.workspace))


def _orders_left(batch: ImportBatch) -> set[int]:
    """Other orders in another currency than the brand's that this batch gave money back of."""
    mine = Refund.objects.filter(batch=batch.key).exclude(currency=batch.workspace.currency)
    theirs = mine.exclude(order=None).exclude(order__batch=batch.key).exclude(order__reported=None)
    return set(theirs.values_list("order_id", flat=True))


def _put_back(batch: ImportBatch, left: set[int]) -> None:
    """Changed orders become what they were; the log is told where they are worth something else by that."""
    workspace, told = batch.workspace, batch.state == ImportBatch.State.DONE
    orders = Order.objects.select_related("customer")
    for part in in_parts(_changes(batch).order_by("pk").values_list("subject_key", "before")):
        befores = dict(part)
        changed = list(orders.filter(key__in=befores))
        former = [(order, order.currency) for order in changed]
        worth = [o for o in changed if put_back(workspace, o, befores[o.key], told=told)]
        take_refunds_along(workspace, former)
        left = left - {order.pk for order in worth}
        settle_orders(workspace, worth)
    for pks in in_parts(sorted(left)):
        settle_orders(workspace, list(orders.filter(pk__in=pks)))


def _days(batch: ImportBatch) -> Period | None:
    """The days on which this batch's events lie; None where it told the log nothing."""
    keys = _changes(batch).values("subject_key")
    orders = Order.objects.filter(batch=batch.key) | Order.objects.filter(key__in=keys)
    spans = (
        orders.aggregate(first=Min("paid_at"), last=Max("paid_at")),
        orders.aggregate(first=Min("told_from"), last=Max("told_until")),
        Refund.objects.filter(batch=batch.key).aggregate(
            first=Min("refunded_at"), last=Max("refunded_at")
        ),
    )
    ends = [moment.astimezone(SHANGHAI).date() for s in spans for moment in s.values() if moment]
    return Period(min(ends), max(ends)) if ends else None


def _changes(batch: ImportBatch) -> Any:
    return RowChange.objects.filter(batch=batch, subject=SUBJECT)


def _split(groups: Sequence[Group]) -> tuple[list[Group], list[Group]]:
    orders = [group for group in groups if not group[0].values.get("cancels")]
    return orders, [group for group in groups if group[0].values.get("cancels")]


def _drafts(groups: Sequence[Group], batch: ImportBatch) -> list[Any]:
    currency, amounts = batch.option("currency"), batch.option("amounts")
    return [order_file.draft_of(group, currency, amounts) for group in groups]


def _save(drafts: Sequence[Any], batch: ImportBatch, *, apply: bool = True) -> Saved:
    how: dict[str, Any] = {"source": "import", "batch": batch.key, "forward_only": True}
    return save_orders(batch.workspace, drafts, apply=apply, **how)


def _tally(saved: Saved, batch: ImportBatch, orders: Sequence[Group]) -> Tally:
    """What the file says of a column it has; a column that it lacks keeps nothing."""
    kept = [name for _, name in saved.kept if name in batch.mapping]
    rows = sum(map(len, orders))
    tally = Tally(len(saved.new), len(saved.changed), saved.same, len(kept), rows)
    tally.remarks[ERASED] = saved.unnamed
    tally.remarks[FURTHER] = saved.further
    return tally


def _say_noted(tally: Tally, orders: Sequence[Group]) -> None:
    found = [len(remarks.noted_in(group)) for group in orders]
    tally.remarks[NOTED] = found.count(1)
    tally.remarks[SEVERAL_NOTED] = sum(n > 1 for n in found)


def _say_currency(tally: Tally, batch: ImportBatch, drafts: Sequence[Any]) -> None:
    """Boards know one currency: who brings another is told what becomes of it before anything is written."""
    currency, own = batch.option("currency"), batch.workspace.currency
    if currency == own:
        return
    rates = rates_of(batch.workspace)
    known = sum(rates.on(currency, from_ts(draft.paid_at)) is not None for draft in drafts)
    words = {"currency": currency_name(currency), "own": currency_name(own), "n": "{n}"}
    tally.remarks[CONVERTED.format(**words)] = known
    tally.remarks[NO_RATE.format(**words)] = len(drafts) - known


def _unknown_codes(batch: ImportBatch, orders: Sequence[Group]) -> int:
    """Orders whose promo code nobody has entered: they come in, and are nobody's."""
    codes = [order_file.code_of(group) for group in orders]
    known = owners_of(batch.workspace, {code for code in codes if code})
    return sum(1 for code in codes if code and code not in known)


def _said(unmatched: Any, batch: ImportBatch) -> list[str]:
    amounts = list(unmatched)
    if not amounts:
        return []
    total = f"{sum(amounts) / 100:,.2f} {batch.option('currency')}"
    return [
        f"{len(amounts):,} 笔退款找不到对应的订单（没有顾客编号，或购买早于文件起点），"
        f"共 {total}，已单独记为退款，计入净成交额，不扣任何一单"
    ]
