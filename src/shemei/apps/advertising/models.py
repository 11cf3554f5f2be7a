"""Spends: what was paid to be seen, and what was told of them (every entry is kept)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django_scopes import ScopedManager

from shemei.apps.advertising import rules
from shemei.kernel.models import WorkspaceOwned
from shemei.kernel.tellings import Telling
from shemei.platforms import CHOICES, platform_of


class SpendQuerySet(models.QuerySet["Spend"]):
    def with_labels(self) -> SpendQuerySet:
        return self.select_related("campaign", "workspace")

    def between(self, first: object, last: object) -> SpendQuerySet:
        return self.filter(day__range=(first, last))


class Spend(WorkspaceOwned):
    """Money spent on one day for one thing. ``claimed_*``, impressions and clicks are what the platform says of it."""

    class Kind(models.TextChoices):
        FEED = "信息流", "信息流"
        SEARCH = "搜索", "搜索"
        BOOST = "DOU+", "加热（DOU+、薯条等）"
        SPLASH = "开屏贴片", "开屏与贴片"
        LIVE = "直播投流", "直播投流"
        CREATOR = "达人", "达人"
        OTHER = "其他", "其他"

    day = models.DateField("日期", db_index=True)
    platform = models.CharField("平台", max_length=12, choices=CHOICES)
    kind = models.CharField("类型", max_length=8, choices=Kind.choices, default=Kind.FEED)
    plan = models.CharField("投放计划", max_length=120, blank=True)
    campaign = models.ForeignKey(
        "brand.Campaign",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="营销计划",
    )
    creator_key = models.CharField("达人", max_length=22, blank=True)
    content_key = models.CharField("内容", max_length=22, blank=True)
    amount = models.BigIntegerField("花费")
    claimed_orders = models.PositiveBigIntegerField("平台自报订单", null=True, blank=True)
    claimed_value = models.PositiveBigIntegerField("平台自报成交额", null=True, blank=True)
    impressions = models.PositiveBigIntegerField("平台自报曝光", null=True, blank=True)
    clicks = models.PositiveBigIntegerField("平台自报点击", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    source = models.CharField(
        "来源", max_length=10, default="entry", choices=[("entry", "手工填写"), ("import", "导入")]
    )
    batch = models.CharField("导入批次", max_length=22, blank=True, db_index=True)
    identity = models.CharField("识别", max_length=320, blank=True, editable=False)

    objects = ScopedManager(
        workspace="workspace", _manager_class=models.Manager.from_queryset(SpendQuerySet)
    )

    class Meta:
        verbose_name = "花费"
        ordering: ClassVar = ["-day", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "identity"], name="one_spend_per_imported_line", condition=~models.Q(identity="")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.day} {platform_of(self.platform).name} {self.kind}"

    @property
    def cost(self) -> rules.Cost:
        campaign = self.campaign.key if self.campaign else ""
        return rules.Cost(
            self.day,
            self.platform,
            self.kind,
            campaign,
            self.creator_key,
            self.content_key,
            self.amount,
        )


class SpendEntry(Telling):
    """One telling of a spend: by an import, or a correction by hand (no batch)."""

    identity = models.CharField("识别", max_length=320, db_index=True)

    class Meta(Telling.Meta):
        verbose_name = "花费的来源"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "identity", "batch"], name="one_spend_entry_per_batch", condition=~models.Q(batch="")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.identity
