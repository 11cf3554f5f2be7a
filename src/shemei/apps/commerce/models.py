"""Products, customers, orders with their lines, refunds, rates. Money is 分; a phone number is a keyed hash and a tail."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_scopes import ScopedManager

from shemei.apps.commerce.rules import currency_name, rate_words
from shemei.kernel.crypto import EncryptedTextField
from shemei.kernel.models import WorkspaceOwned
from shemei.kernel.tellings import Telling


class Product(WorkspaceOwned):
    """Something sold; ``price`` is the last unit price seen."""

    sku = models.CharField("商品编码", max_length=64)
    name = models.CharField("名称", max_length=200, blank=True)
    price = models.BigIntegerField("单价", default=0)
    currency = models.CharField("币种", max_length=3, default="CNY")
    batch = models.CharField(max_length=22, blank=True, db_index=True)

    class Meta:
        verbose_name = "商品"
        ordering: ClassVar = ["sku"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "sku"], name="one_sku")
        ]

    def __str__(self) -> str:
        return self.name or self.sku


class Customer(WorkspaceOwned):
    """A buyer as the shop knows them: a reference of its own, a hashed phone, or both."""

    ref = models.CharField("顾客编号", max_length=80, blank=True)
    phone_hash = models.CharField(max_length=32, blank=True)
    phone_tail = models.CharField("尾号", max_length=4, blank=True)
    name_masked = models.CharField("称呼", max_length=40, blank=True)
    batch = models.CharField(max_length=22, blank=True, db_index=True)

    class Meta:
        verbose_name = "顾客"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "ref"], condition=~Q(ref=""), name="one_customer_ref"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["workspace", "phone_hash"])]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What the screen shows of a buyer: never more than a surname and four digits."""
        tail = f"尾号 {self.phone_tail}" if self.phone_tail else ""
        name = self.name_masked or ("匿名" if tail else f"顾客 {self.ref}")
        return f"{name} {tail}".strip()


class Converted(models.Model):
    """What the log was told of a row in another currency than the brand's; all empty for one in the brand's own.

    ``reported`` is what the log holds of it in the brand's currency, None where it does not know the row; ``rate``
    is what it was told at. ``waiting`` is True while a rate is missing, or another one is still to be told; False
    where its rate would make it worth more than anything can be.
    """

    amount: int
    currency: str
    reported = models.BigIntegerField("折合", null=True, editable=False)
    rate = models.DecimalField("汇率", max_digits=14, decimal_places=8, null=True, editable=False)
    waiting = models.BooleanField("等汇率", null=True, editable=False)

    class Meta:
        abstract = True

    def worth_in(self, currency: str) -> int | None:
        """What the log holds of the row, in the brand's ``currency``."""
        return self.amount if self.currency == currency else self.reported


class Order(Converted, WorkspaceOwned):
    """One paid order; the same number is the same order however often it arrives.

    Of one that is told under its batch and moved to another day, ``told_from`` and ``told_until`` are the first and
    the last moment it ever stood at: undoing the batch computes all days between them anew.
    """

    class State(models.TextChoices):
        PAID = "paid", "已付款"
        SHIPPED = "shipped", "已发货"
        DONE = "done", "已签收"
        REFUNDING = "refunding", "退款中"
        REFUNDED = "refunded", "已退款"
        CANCELLED = "cancelled", "已取消"

    number = models.CharField("订单号", max_length=64)
    placed_at = models.DateTimeField("下单时间")
    paid_at = models.DateTimeField("付款时间")
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="orders"
    )
    amount = models.BigIntegerField("实付")
    quantity = models.IntegerField("件数", default=1)
    currency = models.CharField("币种", max_length=3, default="CNY")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PAID)
    promo_code = models.CharField("优惠码", max_length=40, blank=True)
    click_id = models.CharField("点击号", max_length=64, blank=True)
    visitor = models.CharField("访客号", max_length=64, blank=True)
    region = models.CharField("地区", max_length=60, blank=True)
    source = models.CharField("来源", max_length=40, blank=True)
    batch = models.CharField("来源批次", max_length=22, blank=True, db_index=True)
    told_from = models.DateTimeField("最早报过", null=True, editable=False)
    told_until = models.DateTimeField("最晚报过", null=True, editable=False)

    class Meta:
        verbose_name = "订单"
        ordering: ClassVar = ["-paid_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "number"], name="one_order_number")
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "-paid_at", "-id"]),
            models.Index(
                fields=["workspace", "promo_code"], condition=~Q(promo_code=""), name="order_code"
            ),
            models.Index(
                fields=["workspace", "currency", "paid_at"],
                condition=Q(waiting=True),
                name="order_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def has_way(self) -> bool:
        """Whether anything ties this order to a touch: a code, a click or a visitor."""
        return bool(self.promo_code or self.click_id or self.visitor)


class OrderLine(models.Model):
    """One product within an order; ``returned`` counts pieces that cancellations have taken back."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    sku = models.CharField("商品编码", max_length=64, blank=True, db_index=True)
    name = models.CharField("商品", max_length=200, blank=True)
    quantity = models.IntegerField("数量", default=1)
    unit_price = models.BigIntegerField("单价", default=0)
    amount = models.BigIntegerField("小计", default=0)
    returned = models.IntegerField("已退数量", default=0)

    objects = ScopedManager(workspace="order__workspace")

    class Meta:
        verbose_name = "订单商品"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.name or self.sku} × {self.quantity}"


class Refund(Converted, WorkspaceOwned):
    """Money given back. ``items`` says which lines: ``[{line, sku, name, quantity, amount}]``."""

    order = models.ForeignKey(Order, models.SET_NULL, null=True, blank=True, related_name="refunds")
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, blank=True, related_name="+")
    number = models.CharField("退款单号", max_length=64)
    amount = models.BigIntegerField("退款金额")
    currency = models.CharField("币种", max_length=3, default="CNY")
    refunded_at = models.DateTimeField("退款时间", default=timezone.now)
    reason = models.CharField("原因", max_length=80, blank=True)
    items = models.JSONField("商品", default=list)
    batch = models.CharField("来源批次", max_length=22, blank=True, db_index=True)

    class Meta:
        verbose_name = "退款"
        ordering: ClassVar = ["-refunded_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "number", "order"], name="one_refund_per_order"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "-refunded_at"]),
            models.Index(
                fields=["workspace", "currency", "refunded_at"],
                condition=Q(waiting=True),
                name="refund_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ExchangeRate(WorkspaceOwned):
    """How many units of the brand's currency one unit of another is worth, from a day on."""

    currency = models.CharField("币种", max_length=3)
    since = models.DateField("从哪天起")
    rate = models.DecimalField("汇率", max_digits=14, decimal_places=8)
    set_by = models.CharField("填写人", max_length=120, blank=True)

    class Meta:
        verbose_name = "汇率"
        ordering: ClassVar = ["currency", "-since"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "currency", "since"], name="one_rate_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.words}（{self.since} 起）"

    @property
    def words(self) -> str:
        """1 英镑 = 9.2 人民币."""
        own = currency_name(self.workspace.currency)
        return f"1 {currency_name(self.currency)} = {rate_words(self.rate)} {own}"


class OrderHook(WorkspaceOwned):
    """An address that a shop system pushes orders to; ``secret`` signs, the one before it for a day more."""

    name = models.CharField("来源", max_length=40)
    secret = EncryptedTextField("签名密钥")
    old_secret = EncryptedTextField("上一把密钥", blank=True)
    old_until = models.DateTimeField("上一把用到", null=True, blank=True)
    is_active = models.BooleanField("启用", default=True)
    received = models.PositiveBigIntegerField("收到", default=0)
    last_at = models.DateTimeField("最近收到", null=True, blank=True)
    created_by = models.CharField("新建人", max_length=120, blank=True)

    class Meta:
        verbose_name = "订单推送"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name


class HookNonce(WorkspaceOwned):
    """A signed request that was taken; the same one again is a replay."""

    hook = models.ForeignKey(OrderHook, models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hook", "nonce"], name="one_use_of_a_nonce")
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"])]


class MarketGood(WorkspaceOwned):
    """A good of the market as a third party lists it, ours or another's; follows its tellings."""

    name = models.CharField("商品", max_length=200)
    platform = models.CharField("在哪卖", max_length=12)
    held = models.JSONField("所知", default=dict)
    day = models.DateField("数据日期", null=True)
    sold_7_low = models.BigIntegerField("近 7 天销量至少", null=True)
    sold_30_low = models.BigIntegerField("近 30 天销量至少", null=True)
    batch = models.CharField(max_length=22, blank=True, db_index=True)

    class Meta:
        verbose_name = "市场商品"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "platform", "name"], name="one_market_good"
            )
        ]

    def __str__(self) -> str:
        return self.name


class MarketTelling(Telling):
    """What a file said of a good of the market on a day."""

    good = models.ForeignKey(MarketGood, models.CASCADE, related_name="tellings")
    day = models.DateField("数据日期")

    class Meta(Telling.Meta):
        verbose_name = "市场商品的来源"
        ordering: ClassVar = ["day", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["good", "day", "batch"], name="one_market_telling_per_batch", condition=~models.Q(batch="")
            ),
        ]  # fmt: skip
