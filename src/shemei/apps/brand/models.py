"""Campaigns, content pillars and platform accounts of a brand."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django_scopes import ScopedManager

from shemei.apps.brand import rules
from shemei.kernel.models import WorkspaceOwned
from shemei.kernel.tellings import Telling
from shemei.platforms import CHOICES


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def to_start(self, day: date) -> CampaignQuerySet:
        return self.filter(state=rules.PLANNED, starts_on__lte=day)

    def to_end(self, day: date) -> CampaignQuerySet:
        return self.filter(state=rules.RUNNING, ends_on__lt=day)


class Campaign(WorkspaceOwned):
    """A marketing campaign (营销计划): a span of days with one aim, named on links, posts, spends and deals."""

    class State(models.TextChoices):
        PLANNED = "planned", "未开始"
        RUNNING = "running", "进行中"
        ENDED = "ended", "已结束"

    name = models.CharField("名称", max_length=60)
    note = models.TextField("目的与做法", blank=True, max_length=2000)
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束")
    state = models.CharField(
        "状态", max_length=8, choices=State.choices, default=State.PLANNED, db_index=True
    )
    utm_campaign = models.CharField("链接标记", max_length=60)

    objects = ScopedManager(
        workspace="workspace", _manager_class=models.Manager.from_queryset(CampaignQuerySet)
    )

    class Meta:
        verbose_name = "营销计划"
        ordering: ClassVar = ["-starts_on", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "name"], name="one_campaign_name",
                violation_error_code="taken", violation_error_message="已有同名的营销计划。请换一个名称，或去改那一个。",
            ),
            models.UniqueConstraint(
                fields=["workspace", "utm_campaign"], name="one_campaign_utm",
                violation_error_code="taken", violation_error_message="这个链接标记已用在另一个营销计划上，访问会分不清归谁。请换一个。",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="campaign_ends_after_start",
                violation_error_message="结束日期早于开始日期。请对调或改正。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class Pillar(WorkspaceOwned):
    """One of the three to five subjects that a brand keeps talking about (内容支柱)."""

    name = models.CharField("名称", max_length=30)
    note = models.CharField("讲什么", max_length=200, blank=True)
    color = models.PositiveSmallIntegerField("颜色", choices=rules.PILLAR_COLOURS, default=1)

    class Meta:
        verbose_name = "内容支柱"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "name"], name="one_pillar_name",
                violation_error_code="taken", violation_error_message="已有同名的内容支柱。请换一个名称。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class PlatformAccount(WorkspaceOwned):
    """The brand's own account on a platform."""

    platform = models.CharField("平台", max_length=12, choices=CHOICES)
    name = models.CharField("账号名称", max_length=60)
    handle = models.CharField("平台号", max_length=80, blank=True)
    followers = models.PositiveBigIntegerField("粉丝", default=0)
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = "平台账号"
        ordering: ClassVar = ["platform", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "platform", "name"], name="one_platform_account",
                violation_error_code="taken", violation_error_message="这个平台上已登记过同名账号。请换一个名称，或去改那一个。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class AccountTelling(Telling):
    """What a back-end's table said of an account's day: followers, gains, reads of the whole account."""

    account = models.ForeignKey(PlatformAccount, models.CASCADE, related_name="tellings")
    day = models.DateField("日期")

    class Meta(Telling.Meta):
        verbose_name = "账号每日数据"
        ordering: ClassVar = ["day", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "day", "batch"], name="one_account_telling_per_batch", condition=~models.Q(batch="")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.account} {self.day}"
