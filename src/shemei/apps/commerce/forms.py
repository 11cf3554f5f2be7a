"""Forms of the commerce room: an order by hand, a refund."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from shemei.apps.commerce.models import ExchangeRate, Order
from shemei.apps.commerce.order_file import hashed
from shemei.apps.commerce.rules import (
    CURRENCY_NAMES,
    CustomerDraft,
    LineDraft,
    OrderDraft,
    absurd,
    currency_name,
    masked_name,
    normal_code,
    rate_words,
)
from shemei.kernel.imports import cells
from shemei.kernel.imports.errors import CellError
from shemei.kernel.imports.fields import CellField
from shemei.warehouse.vocabulary import SHANGHAI, from_ts, to_ts

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace


def _money(**kwargs: Any) -> CellField:
    return CellField(cells.money, widget=forms.TextInput({"inputmode": "decimal"}), **kwargs)


def _moment(**kwargs: Any) -> CellField:
    return CellField(cells.moment, **kwargs)


def now_text() -> str:
    return datetime.now(SHANGHAI).strftime("%Y-%m-%d %H:%M")


class OrderForm(forms.Form):
    """One order. Lines are written one per row: 商品编码, 商品, 数量, 单价."""

    number = CellField(cells.identifier, label="订单号", max_length=64)
    paid_at = _moment(
        label="付款时间", initial=now_text, help_text="例如 2026-11-23 12:31，按上海时间"
    )
    amount = _money(label="实付金额", help_text="例如 329.00")
    currency = forms.ChoiceField(label="币种", choices=list(CURRENCY_NAMES.items()), initial="CNY")
    state = forms.ChoiceField(label="状态", choices=Order.State.choices, initial="paid")
    promo_code = forms.CharField(
        label="优惠码", required=False, max_length=40, help_text="功劳归这个码的主人"
    )
    phone = CellField(
        cells.phone,
        label="手机号",
        required=False,
        help_text="只存摘要与尾号 4 位，用来认出同一个人",
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "off"}),
    )
    buyer_name = forms.CharField(label="姓名", required=False, max_length=40, help_text="只存首字")
    ref = CellField(cells.identifier, label="顾客编号", required=False)
    click_id = forms.CharField(
        label="点击号", required=False, max_length=64, help_text="短链跳转时网址里的 _c"
    )
    lines = forms.CharField(
        label="商品",
        required=False,
        widget=forms.Textarea({"rows": 4, "placeholder": "YH-CREAM-50, 屏障修护霜 50 g, 2, 164.50"}),
        help_text="每行一个：商品编码, 商品, 数量, 单价",
    )  # fmt: skip

    def clean_lines(self) -> tuple[LineDraft, ...]:
        rows = [row for row in self.cleaned_data["lines"].splitlines() if row.strip()]
        return tuple(_line(number, row) for number, row in enumerate(rows, 1))

    def draft(self, workspace: Workspace) -> OrderDraft:
        told = self.cleaned_data
        hash_, tail = hashed(workspace.key, told["phone"]) if told["phone"] else ("", "")
        person = CustomerDraft(told["ref"], hash_, tail, masked_name(told["buyer_name"]))
        return OrderDraft(
            number=told["number"],
            paid_at=told["paid_at"],
            amount=told["amount"],
            quantity=sum(line.quantity for line in told["lines"]) or 1,
            currency=told["currency"],
            state=told["state"],
            promo_code=normal_code(told["promo_code"]),
            click_id=told["click_id"],
            customer=person if person.known else None,
            lines=told["lines"],
        )


def _line(number: int, row: str) -> LineDraft:
    parts = [part.strip() for part in row.replace("，", ",").split(",")]
    if len(parts) != 4:
        raise forms.ValidationError(
            f"第 {number} 行有 {len(parts)} 项，应为 4 项：商品编码, 商品, 数量, 单价。"
        )
    try:
        quantity, price = cells.count(parts[2]), cells.money(parts[3])
    except CellError as error:
        raise forms.ValidationError(f"第 {number} 行：{error}。") from None
    if quantity < 1 or price < 0:
        raise forms.ValidationError(f"第 {number} 行：数量至少为 1，单价不能是负数。")
    if why := absurd(quantity, price):
        raise forms.ValidationError(f"第 {number} 行：{why}。请核对。")
    return LineDraft(parts[0][:64], parts[1][:200], quantity, price, quantity * price)


class RefundForm(forms.Form):
    """Money given back for one order."""

    amount = _money(label="退款金额")
    refunded_at = _moment(label="退款时间", initial=now_text, help_text="记在这一天，不改付款那天")
    number = CellField(
        cells.identifier, label="退款单号", required=False, help_text="留空由系统编号"
    )
    reason = forms.CharField(label="原因", required=False, max_length=80)

    def clean_refunded_at(self) -> datetime:
        moment = from_ts(self.cleaned_data["refunded_at"])
        if to_ts(moment) > to_ts(timezone.now()) + 86_400_000_000:
            raise forms.ValidationError("退款时间在将来。请核对。")
        return moment


class RateForm(forms.Form):
    """What one unit of a currency is worth from a day on; of a rate that is there the currency stays."""

    currency = forms.ChoiceField(label="币种")
    since = forms.DateField(
        label="从哪天起",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="这一天付款的单就用它，直到同一币种的下一条",
    )
    rate = forms.DecimalField(
        label="汇率",
        max_digits=14,
        decimal_places=8,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(
        self,
        *args: Any,
        workspace: Workspace,
        row: ExchangeRate | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        asked = str(self.initial.get("currency", ""))
        self.fields["currency"].choices = _currencies(workspace, row, asked)  # type: ignore[attr-defined]
        own = currency_name(workspace.currency)
        self.fields["rate"].help_text = f"1 单位外币合多少{own}，例如 1 英镑合 9.2，就填 9.2"

    @classmethod
    def of(cls, row: ExchangeRate) -> dict[str, Any]:
        """What the form shows of a rate before anything is typed."""
        return {"currency": row.currency, "since": row.since, "rate": rate_words(row.rate)}


def _currencies(
    workspace: Workspace, row: ExchangeRate | None, asked: str
) -> list[tuple[str, str]]:
    """The usual currencies, and whatever else orders of this brand came in."""
    if row:
        return [(row.currency, CURRENCY_NAMES.get(row.currency, row.currency))]
    waiting = Order.objects.filter(waiting=True).order_by().values_list("currency", flat=True)
    known = {*CURRENCY_NAMES, *waiting.distinct()} - {workspace.currency}
    first = sorted(known, key=lambda code: (code != asked, code not in CURRENCY_NAMES, code))
    return [(code, CURRENCY_NAMES.get(code, code)) for code in first]
