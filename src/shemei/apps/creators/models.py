"""Creators, their tiers and the collaborations with them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django_scopes import ScopedManager

from shemei.apps.creators import rules
from shemei.kernel.models import WorkspaceOwned
from shemei.kernel.tellings import Telling
from shemei.platforms import CHOICES, platform_of


class TierRule(WorkspaceOwned):
    """From how many followers on somebody is a KOL or a KOC; platform ``""`` is the general rule."""

    platform = models.CharField(
        "平台", max_length=12, blank=True, choices=[("", "全部平台"), *CHOICES]
    )
    kol_from = models.PositiveBigIntegerField("KOL 起点", default=rules.DEFAULT_LIMITS.kol_from)
    koc_from = models.PositiveBigIntegerField("KOC 起点", default=rules.DEFAULT_LIMITS.koc_from)

    class Meta:
        verbose_name = "达人分级口径"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "platform"], name="one_tier_rule_per_platform"),
            models.CheckConstraint(
                condition=models.Q(kol_from__gt=models.F("koc_from")), name="kol_above_koc",
                violation_error_message="KOL 起点要高于 KOC 起点。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.get_platform_display()

    @property
    def limits(self) -> rules.TierLimits:
        return rules.TierLimits(self.kol_from, self.koc_from)


class Creator(WorkspaceOwned):
    """Somebody with an audience on a platform."""

    class Tier(models.TextChoices):
        KOL = rules.KOL, "KOL"
        KOC = rules.KOC, "KOC"
        ORDINARY = rules.ORDINARY, "素人"

    name = models.CharField("昵称", max_length=60)
    platform = models.CharField("平台", max_length=12, choices=CHOICES)
    handle = models.CharField("平台号", max_length=80, blank=True)
    followers = models.PositiveBigIntegerField("粉丝", default=0)
    tier = models.CharField(
        "级别", max_length=4, choices=Tier.choices, default=Tier.ORDINARY, db_index=True
    )
    city = models.CharField("城市", max_length=30, blank=True)
    external_id = models.CharField(
        "平台编号", max_length=80, blank=True, db_index=True, editable=False
    )
    quote_from = models.BigIntegerField("最低报价", null=True, blank=True, editable=False)
    cpm = models.BigIntegerField("预期 CPM", null=True, blank=True, editable=False)
    batch = models.CharField("由哪次导入新建", max_length=22, blank=True, editable=False)
    note = models.TextField("备注", blank=True, max_length=2000)

    class Meta:
        verbose_name = "达人"
        ordering: ClassVar = ["-followers", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "platform", "name", "handle"], name="one_creator",
                violation_error_code="taken", violation_error_message="达人库里已有这位达人（平台、昵称与平台号都相同）。请去改那一条。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def platform_name(self) -> str:
        return platform_of(self.platform).name


class CreatorTelling(Telling):
    """What a file or a person said of a creator on a day; with all of them the price history can be told."""

    creator = models.ForeignKey(Creator, models.CASCADE, related_name="tellings")
    day = models.DateField("数据日期")
    source = models.CharField("来源", max_length=60)

    class Meta(Telling.Meta):
        verbose_name = "达人资料的来源"
        ordering: ClassVar = ["day", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["creator", "day", "batch"], name="one_creator_telling_per_batch", condition=~models.Q(batch="")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.creator} {self.day} {self.source}"


class CollaborationQuerySet(models.QuerySet["Collaboration"]):
    def with_labels(self) -> CollaborationQuerySet:
        return self.select_related("creator", "campaign", "workspace")

    def delivered(self) -> CollaborationQuerySet:
        return self.filter(state=Collaboration.State.DELIVERED)


class Collaboration(WorkspaceOwned):
    """What was agreed with a creator: a post for a fee, and how many impressions were promised."""

    class State(models.TextChoices):
        TALKING = "talking", "洽谈中"
        AGREED = "agreed", "已约定"
        DELIVERED = "delivered", "已交付"
        CANCELLED = "cancelled", "已取消"

    creator = models.ForeignKey(Creator, models.CASCADE, related_name="collaborations")
    post_key = models.CharField("合作内容", max_length=22, blank=True, db_index=True)
    campaign = models.ForeignKey(
        "brand.Campaign",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="营销计划",
    )
    fee = models.PositiveBigIntegerField("合作费", default=0)
    promised_impressions = models.PositiveBigIntegerField("承诺曝光", default=0)
    state = models.CharField(
        "状态", max_length=10, choices=State.choices, default=State.TALKING, db_index=True
    )
    delivered_on = models.DateField("交付日期", null=True, blank=True)
    note = models.CharField("约定", max_length=300, blank=True)

    objects = ScopedManager(
        workspace="workspace", _manager_class=models.Manager.from_queryset(CollaborationQuerySet)
    )

    class Meta:
        verbose_name = "达人合作"
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(state="delivered") | models.Q(delivered_on__isnull=False), name="delivered_has_a_day",
                violation_error_message="已交付的合作要写明交付日期。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.creator} {timezone.localtime(self.created_at):%Y-%m-%d}"

    @property
    def cost(self) -> rules.Cost | None:
        """The fee as it stands in the log: only what was delivered has been spent."""
        if self.state != self.State.DELIVERED or self.delivered_on is None:
            return None
        campaign = self.campaign.key if self.campaign else ""
        return rules.Cost(
            self.delivered_on,
            self.creator.platform,
            self.creator.key,
            self.post_key,
            campaign,
            self.fee,
        )
