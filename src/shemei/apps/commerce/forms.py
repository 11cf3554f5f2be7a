"""Forms of the commerce room: an order by hand, a refund."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from shemei.apps.commerce.models import Order
from shemei.apps.commerce.order_file import CURRENCIES, CURRENCY_NAMES, hashed
from shemei.apps.commerce.rules import (
    CustomerDraft,
    LineDraft,
    OrderDraft,
    absurd,
    masked_name,
    normal_code,
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
    currency = forms.ChoiceField(
        label="币种", choices=[(code, CURRENCY_NAMES[code]) for code in CURRENCIES], initial="CNY"
    )
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
