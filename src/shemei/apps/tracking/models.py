"""Short links, promo codes and the sites that carry the tag."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone
from django_scopes import ScopedManager

from shemei.kernel.addresses import UTM_KEYS
from shemei.kernel.models import WorkspaceOwned
from shemei.platforms import CHOICES
from shemei.warehouse.channels import UNSPECIFIC_PLATFORMS, channel_of

OFFLINE = "offline"
"""Where links and codes stand that are on no platform but at a place."""


def _standing(platforms: Collection[str], at_a_place: models.Q) -> models.Q:
    online = models.Q(platform__in=[key for key in platforms if key != OFFLINE]) & ~at_a_place
    return online | at_a_place if OFFLINE in platforms else online


class LinkQuerySet(models.QuerySet["Link"]):
    def live(self) -> LinkQuerySet:
        return self.filter(is_active=True)

    def with_brand(self) -> LinkQuerySet:
        return self.select_related("workspace", "account", "campaign")

    def standing_on(self, platforms: Collection[str]) -> LinkQuerySet:
        """Those shown under one of these platforms (see ``Link.stands_on``)."""
        at_a_place = models.Q(platform="other", creator_key="") & ~models.Q(spot="")
        return self.filter(_standing(platforms, at_a_place))


class Link(WorkspaceOwned):
    """A short link: where it leads, where it stands, and whom its sales are credited to."""

    class Health(models.TextChoices):
        FINE = "fine", "正常"
        BROKEN = "broken", "目标打不开"
        EXPIRED = "expired", "已经过期"
        FULL = "full", "次数已满"
        ORPHAN = "orphan", "所属的已经不在"

    name = models.CharField("名称", max_length=80)
    code = models.CharField("短码", max_length=40, unique=True)
    url = models.CharField("目标网址", max_length=2000)
    platform = models.CharField("平台", max_length=12, choices=CHOICES, default="other")
    account = models.ForeignKey(
        "brand.PlatformAccount",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="平台账号",
    )
    campaign = models.ForeignKey(
        "brand.Campaign",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="营销计划",
    )
    content_key = models.CharField("内容", max_length=22, blank=True, db_index=True)
    creator_key = models.CharField("达人", max_length=22, blank=True, db_index=True)
    activity_key = models.CharField("活动", max_length=22, blank=True)
    spot = models.CharField("投放位置", max_length=40, blank=True)
    utm_source = models.CharField("来源", max_length=80, blank=True)
    utm_medium = models.CharField("媒介", max_length=80, blank=True)
    utm_campaign = models.CharField("活动标记", max_length=80, blank=True)
    utm_content = models.CharField("内容标记", max_length=80, blank=True)
    utm_term = models.CharField("关键词", max_length=80, blank=True)
    folder = models.CharField("文件夹", max_length=40, blank=True, db_index=True)
    batch = models.CharField("导入批次", max_length=22, blank=True, db_index=True, editable=False)
    origin = models.CharField(max_length=32, blank=True, db_index=True, editable=False)
    routing = models.JSONField("去向规则", default=dict, blank=True)
    clicks_seen = models.PositiveIntegerField(default=0, editable=False)
    is_active = models.BooleanField("启用", default=True, db_index=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    health = models.CharField(
        "健康", max_length=10, choices=Health.choices, blank=True, editable=False
    )
    health_note = models.CharField(max_length=120, blank=True, editable=False)
    checked_at = models.DateTimeField("检查时间", null=True, editable=False)

    objects = ScopedManager(
        workspace="workspace", _manager_class=models.Manager.from_queryset(LinkQuerySet)
    )

    class Meta:
        verbose_name = "短链"
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["workspace", "-created_at"])]

    def __str__(self) -> str:
        return self.name

    @property
    def stands_on(self) -> str:
        """The platform as people name it: a place on none is offline."""
        at_a_place = self.platform == "other" and self.spot and not self.creator_key
        return OFFLINE if at_a_place else self.platform

    @property
    def utm(self) -> dict[str, str]:
        return {key: value for key in UTM_KEYS if (value := getattr(self, key))}


class PromoCodeQuerySet(models.QuerySet["PromoCode"]):
    def valid_on(self, day: Any) -> PromoCodeQuerySet:
        begun = models.Q(starts_on=None) | models.Q(starts_on__lte=day)
        unended = models.Q(ends_on=None) | models.Q(ends_on__gte=day)
        return self.filter(begun, unended, is_active=True)

    def standing_on(self, platforms: Collection[str]) -> PromoCodeQuerySet:
        """Those shown under one of these platforms (see ``PromoCode.stands_on``)."""
        at_a_place = models.Q(platform="other", owner_kind=PromoCode.Owner.SPOT)
        return self.filter(_standing(platforms, at_a_place))


class PromoCode(WorkspaceOwned):
    """A code people type at the till; its orders are credited to whoever gave it out."""

    class Owner(models.TextChoices):
        CREATOR = "creator", "达人"
        SPOT = "spot", "投放位置"
        CAMPAIGN = "campaign", "营销计划"

    code = models.CharField("优惠码", max_length=24)
    owner_kind = models.CharField(
        "归谁", max_length=8, choices=Owner.choices, default=Owner.CREATOR
    )
    creator_key = models.CharField("达人", max_length=22, blank=True, db_index=True)
    campaign = models.ForeignKey(
        "brand.Campaign",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="营销计划",
    )
    content_key = models.CharField("内容", max_length=22, blank=True)
    spot = models.CharField("投放位置", max_length=40, blank=True)
    platform = models.CharField("平台", max_length=12, choices=CHOICES, default="other")
    discount_note = models.CharField("优惠说明", max_length=60, blank=True)
    starts_on = models.DateField("开始", null=True, blank=True)
    ends_on = models.DateField("结束", null=True, blank=True)
    is_active = models.BooleanField("启用", default=True)

    objects = ScopedManager(
        workspace="workspace", _manager_class=models.Manager.from_queryset(PromoCodeQuerySet)
    )

    class Meta:
        verbose_name = "优惠码"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "workspace",
                Upper("code"),
                name="one_promo_code",
                violation_error_message="已有这个优惠码，不分大小写。请换一个，或去改那一个。",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on=None)
                | models.Q(starts_on=None)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="promo_code_ends_after_start",
                violation_error_message="结束日期早于开始日期。请对调或改正。",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def stands_on(self) -> str:
        """The platform as people name it: a place on none is offline."""
        at_a_place = self.platform == "other" and self.owner_kind == self.Owner.SPOT
        return OFFLINE if at_a_place else self.platform

    @property
    def owner(self) -> dict[str, str]:
        """Whom an order with the code is credited to, and the channel the code stands for.

        One printed at a place that is on no platform was read there: offline.
        """
        at_a_place = self.owner_kind == self.Owner.SPOT and self.platform in UNSPECIFIC_PLATFORMS
        channel = "offline" if at_a_place else channel_of(platform=self.platform)
        return {
            "creator": self.creator_key,
            "campaign": self.campaign.key if self.campaign else "",
            "content": self.content_key,
            "platform": self.platform,
            "channel": "other" if channel == "direct" else channel,
        }

    def state_on(self, day: Any) -> str:
        """``live``, ``early``, ``over`` or ``off`` on a day."""
        if not self.is_active:
            return "off"
        if self.starts_on and day < self.starts_on:
            return "early"
        return "over" if self.ends_on and day > self.ends_on else "live"


class Site(WorkspaceOwned):
    """A website, shop or H5 that carries the tag; its ``key`` stands in the snippet."""

    name = models.CharField("名称", max_length=60)
    hosts = models.JSONField("域名", default=list)
    consent_required = models.BooleanField("先征得同意再记录", default=False)
    is_active = models.BooleanField("启用", default=True)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "网站"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name


class LinkCare(WorkspaceOwned):
    """How a brand looks after its links: one row. Asking foreign servers is off until switched on."""

    ask_targets = models.BooleanField("每天检查目标网址能不能打开", default=False)

    class Meta:
        verbose_name = "短链检查"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace"], name="one_link_care")
        ]

    def __str__(self) -> str:
        return "短链检查"


class QrMark(WorkspaceOwned):
    """The brand's mark in the middle of its QR codes, as a small PNG: one row."""

    picture = models.BinaryField("标志")

    class Meta:
        verbose_name = "二维码标志"
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace"], name="one_qr_mark")]

    def __str__(self) -> str:
        return "二维码标志"


class ChannelRuleSet(WorkspaceOwned):
    """A brand's own channel rules as they were saved once. The latest holds, the others are its history."""

    rows = models.JSONField("规则", default=list)
    author = models.CharField("谁保存的", max_length=120, blank=True)

    class Meta:
        verbose_name = "渠道规则"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return "渠道规则"


class PutBackClicks(WorkspaceOwned):
    """A group of suspect clicks that somebody has let count again, and why; the log is untouched."""

    reason = models.CharField("原来的原因", max_length=24)
    link_key = models.CharField("短链", max_length=22, blank=True)
    first_at = models.DateTimeField("从")
    until_at = models.DateTimeField("到")
    why = models.CharField("为什么", max_length=200)
    clicks = models.PositiveIntegerField("当时的次数", default=0)
    author = models.CharField("谁改的", max_length=120)
    is_active = models.BooleanField("算数", default=True)
    taken_back_at = models.DateTimeField(null=True, editable=False)
    taken_back_by = models.CharField(max_length=120, blank=True, editable=False)

    class Meta:
        verbose_name = "改为计入的点击"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.clicks} 次点击"


class LinkNaming(WorkspaceOwned):
    """What a brand agreed on for the names and UTM of its links: one row."""

    pattern = models.CharField("名称的写法", max_length=120, blank=True)
    plain = models.BooleanField("UTM 只用字母、数字和 - _ .", default=False)
    lower = models.BooleanField("UTM 用小写", default=False)
    required = models.JSONField("必填的 UTM", default=list, blank=True)
    sources = models.JSONField("允许的 utm_source", default=list, blank=True)
    mediums = models.JSONField("允许的 utm_medium", default=list, blank=True)

    class Meta:
        verbose_name = "短链命名规则"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace"], name="one_link_naming")
        ]

    def __str__(self) -> str:
        return "短链命名规则"


class LinkTemplate(WorkspaceOwned):
    """What a new link may start from: owners, UTM, folder, rules, and how long it holds."""

    name = models.CharField("名称", max_length=60)
    values = models.JSONField("内容", default=dict, blank=True)
    routing = models.JSONField("去向规则", default=dict, blank=True)
    holds_days = models.PositiveIntegerField("几天后到期", null=True, blank=True)
    is_active = models.BooleanField("可用", default=True)

    class Meta:
        verbose_name = "短链模板"
        ordering: ClassVar = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class BulkChange(WorkspaceOwned):
    """What was changed in many links or codes at once; ``changes`` is key → field → before, after."""

    subject = models.CharField(
        "改的是", max_length=4, choices=[("link", "短链"), ("code", "优惠码")], default="link"
    )
    changes = models.JSONField("改动", default=dict)
    is_undone = models.BooleanField("已撤回", default=False)

    class Meta:
        db_table = "tracking_linkrepair"
        verbose_name = "一起改的"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        noun = "条短链" if self.subject == "link" else "个优惠码"
        return f"{len(self.changes)} {noun}"
