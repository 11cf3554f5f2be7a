"""Decisions about orders without I/O: states, amounts, masks, what a retail ledger's lines mean, returns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

UNPAID = "unpaid"
CURRENCY_NAMES = {
    "CNY": "人民币 ¥",
    "GBP": "英镑 £",
    "USD": "美元 $",
    "EUR": "欧元 €",
    "HKD": "港币 HK$",
    "JPY": "日元 JP¥",
}
STATES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (UNPAID, ("待付款", "未付款", "未支付", "待支付", "等待买家付款", "unpaid", "pending")),
    ("refunded", ("退款成功", "已退款", "退款完成", "全额退款", "refunded")),
    ("refunding", ("退款中", "售后中", "退货中", "待退款", "refunding")),
    ("cancelled", ("已取消", "取消", "已关闭", "关闭", "交易关闭", "cancelled", "canceled", "closed", "voided")),
    ("done", ("交易成功", "已完成", "完成", "已签收", "已收货", "交易完成", "completed", "delivered")),
    ("shipped", ("已发货", "待收货", "部分发货", "卖家已发货", "shipped", "fulfilled")),
    ("paid", ("已付款", "待发货", "买家已付款", "已支付", "备货中", "待出库", "待揽收", "支付成功", "paid")),
)  # fmt: skip


def state_from(words: str) -> str | None:
    """The state behind a back-end's words, ``unpaid`` for one that is no order yet; ``None`` where unknown."""
    plain = re.sub(r"[\s,，。.;；]", "", words).lower()
    exact = {word: state for state, known in STATES for word in known}
    if plain in exact:
        return exact[plain]
    for state, known in STATES:
        if any(len(word) > 2 and word in plain for word in known):
            return state
    return None


_STEPS = {"paid": 1, "shipped": 2, "done": 3}
_DECIDED = {"refunded": 4, "cancelled": 4}


def is_step_back(old: str, new: str) -> bool:
    """Whether an older file would take an order back on its way; giving money back and cancelling come any time.

    >>> (
    ...     is_step_back("shipped", "paid"),
    ...     is_step_back("paid", "done"),
    ...     is_step_back("done", "refunding"),
    ... )
    (True, False, False)
    >>> is_step_back("refunded", "shipped"), is_step_back("refunding", "shipped")
    (True, False)
    """
    return new in _STEPS and _STEPS[new] < (_STEPS | _DECIDED).get(old, 0)


def normal_code(code: str) -> str:
    """A promo code as it is compared: no spaces, upper case."""
    return re.sub(r"\s", "", code).upper()[:40]


def masked_name(name: str) -> str:
    """A name that shows no more than its first character: 周＊＊; one masked already stays as it is."""
    plain = name.strip()
    if not plain or "*" in plain or "＊" in plain:
        return plain[:40]
    return plain[0] + "＊" * min(len(plain) - 1, 2) if len(plain) > 1 else plain


MOST_PIECES = 10**7
MOST_MONEY = 10**15


def absurd(quantity: int, unit_price: int) -> str:
    """Why a line cannot be real, ``""`` where it can; what passes fits the database, also in sums."""
    if abs(quantity) > MOST_PIECES:
        return f"数量 {quantity:,} 超过 {MOST_PIECES:,}"
    return "数量 × 单价超过 10 万亿元" if abs(quantity * unit_price) > MOST_MONEY else ""


@dataclass(frozen=True, slots=True)
class LineDraft:
    """One product of an order before it is stored; money in 分."""

    sku: str = ""
    name: str = ""
    quantity: int = 1
    unit_price: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class CustomerDraft:
    """Who bought: the shop's reference, the hash and tail of a phone number, a masked name."""

    ref: str = ""
    phone_hash: str = ""
    phone_tail: str = ""
    name_masked: str = ""

    @property
    def known(self) -> bool:
        return bool(self.ref or self.phone_hash)


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """One order before it is stored. Moments are UTC microseconds; empty text means "not said".

    An order always has a ``paid_at``; with ``paid_is_said`` off it is only the moment it was placed at.
    With ``code_is_said`` off its code was found in a remark, which is less than a code that it has already.
    """

    number: str
    paid_at: int
    amount: int
    placed_at: int = 0
    quantity: int = 1
    currency: str = "CNY"
    state: str = ""
    promo_code: str = ""
    click_id: str = ""
    visitor: str = ""
    region: str = ""
    customer: CustomerDraft | None = None
    lines: tuple[LineDraft, ...] = ()
    refunded: int = 0
    refunded_at: int = 0
    refund_number: str = ""
    paid_is_said: bool = True
    code_is_said: bool = True


def order_amount(paid: Sequence[int | None], totals: Sequence[int], how: str = "auto") -> int:
    """What an order of several lines cost.

    ``paid`` is the 实付 cell of each line, ``totals`` its quantity times price. One repeated figure is the
    whole order's, unless the lines' own totals say that it is each line's; different figures are added.
    ``how`` (``order`` or ``line``) decides by hand.
    """
    said = [amount for amount in paid if amount is not None]
    if not said:
        return sum(totals)
    if how == "line":
        return sum(said)
    if how == "order" or len(said) == 1:
        return max(said)
    if len(set(said)) > 1:
        return sum(said)
    whole = sum(totals)
    each = whole > 0 and abs(whole - sum(said)) < abs(whole - said[0])
    return sum(said) if each else said[0]


BOOKKEEPING: dict[str, str] = {
    "BANK CHARGES": "银行手续费",
    "AMAZONFEE": "平台佣金",
    "CRUK": "捐赠佣金",
    "B": "坏账调整",
    "S": "样品",
}
SALE, CANCELLATION = "sale", "cancellation"


def ledger_line(invoice: str, sku: str, quantity: int, unit_price: int) -> str:
    """What one line of a retail ledger (the Online Retail layout) is: a sale, a cancellation, or why neither.

    ``C…`` invoices are cancellations; ``A…`` ones adjust bad debt. A negative quantity elsewhere is a stock
    count, never money. Lines without a price move no money.
    """
    code = sku.upper()
    if code in BOOKKEEPING:
        return f"{BOOKKEEPING[code]}（{code}），不是订单"
    if invoice[:1].upper() == "A":
        return "坏账调整（A 开头的单号），不是订单"
    if unit_price == 0:
        return "单价为 0（赠品、盘点、损耗）"
    if unit_price < 0:
        return "单价为负，是账务调整"
    if invoice[:1].upper() == "C":
        return CANCELLATION if quantity < 0 else "取消单里的正数行"
    return SALE if quantity > 0 else "数量为负且不是取消单（盘点、损耗）"


@dataclass(frozen=True, slots=True)
class Bought:
    """What is still with the customer of one earlier order line."""

    line: int
    order: int
    at: int
    remaining: int


@dataclass(frozen=True, slots=True)
class Taken:
    """Pieces of a cancellation, given to one earlier line; ``line`` 0 where none was left to give them to."""

    line: int
    order: int
    quantity: int


def take_back(quantity: int, at: int, bought: Iterable[Bought]) -> list[Taken]:
    """Give ``quantity`` cancelled pieces to the latest purchases made no later than ``at``.

    The same customer's purchases of the same product, latest first, each up to what remains of it; what is
    left over belongs to no known order.
    """
    taken: list[Taken] = []
    earlier = sorted(
        (b for b in bought if b.at <= at and b.remaining > 0), key=lambda b: (-b.at, -b.line)
    )
    for item in earlier:
        if quantity <= 0:
            break
        pieces = min(quantity, item.remaining)
        taken.append(Taken(item.line, item.order, pieces))
        quantity -= pieces
    if quantity > 0:
        taken.append(Taken(0, 0, quantity))
    return taken


def split_money(amount: int, quantity: int, parts: Sequence[int]) -> list[int]:
    """Split ``amount`` for ``quantity`` pieces over parts of these many pieces; the parts add up exactly."""
    shares: list[int] = []
    given = pieces = 0
    for part in parts:
        pieces += part
        upto = round(amount * pieces / quantity)
        shares.append(upto - given)
        given = upto
    return shares


_EXACT = Context(prec=60)


def converted(amount: int, rate: Decimal) -> int:
    """``amount`` of another currency at ``rate``, both in hundredths; half a hundredth goes to the even one.

    >>> converted(13_000, Decimal("9.2")), converted(-13_000, Decimal("9.2"))
    (119600, -119600)
    >>> converted(5, Decimal("0.1")), converted(15, Decimal("0.1"))
    (0, 2)
    """
    exact = _EXACT.multiply(Decimal(amount), rate)
    return int(exact.to_integral_value(ROUND_HALF_EVEN, _EXACT))


def converted_after(earlier: int, amount: int, rate: Decimal) -> int:
    """What ``amount`` adds to ``earlier`` at ``rate``: parts that add up to a whole are worth what it is.

    >>> [converted_after(earlier, 50, Decimal("0.13")) for earlier in (0, 50, 100)]
    [6, 7, 7]
    >>> converted(150, Decimal("0.13"))
    20
    """
    return converted(earlier + amount, rate) - converted(earlier, rate)


def rate_words(rate: Decimal) -> str:
    """A rate as people write it.

    >>> rate_words(Decimal("9.20000000")), rate_words(Decimal(100))
    ('9.2', '100')
    """
    return f"{rate.normalize():f}"


def currency_name(code: str) -> str:
    """A currency as it is spoken of.

    >>> currency_name("GBP"), currency_name("THB")
    ('英镑', 'THB')
    """
    return CURRENCY_NAMES.get(code, code).split()[0]
