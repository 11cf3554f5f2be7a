"""Campaigns, content pillars and platform accounts of a brand, and the readings of its tracker."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django_scopes import ScopedManager

from shemei.apps.brand import rules
from shemei.apps.brand.tracker import rules as tracker
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


class ReadingQuerySet(models.QuerySet["BrandReading"]):
    def kept(self) -> ReadingQuerySet:
        """Not removed, and not one that an import under way has only made room for."""
        return self.filter(removed_at=None, value__isnull=False)

    def bare(self) -> ReadingQuerySet:
        """Those that an import under way has only made room for: no page shows them."""
        return self.filter(removed_at=None, value__isnull=True)

    def like(self, reading: BrandReading) -> ReadingQuerySet:
        """What is of the same metric, day, platform and source."""
        same = {name: getattr(reading, name) for name in BrandReading.IDENTITY}
        return self.filter(workspace_id=reading.workspace_id, **same).exclude(pk=reading.pk)


class BrandReading(WorkspaceOwned):
    """One figure of the brand tracker as a survey or an index told it; follows its tellings, where there are any.

    It belongs to a day (the last of its wave), a platform where there is one, and whoever measured it.
    """

    IDENTITY = ("metric", "day", "platform", "source")
    """What a reading is known by within its brand."""
    NOTHING: ClassVar[dict[str, Any]] = {
        "value": None, "asked": None, "promoters": None, "detractors": None, "first": None, "note": "",
    }  # fmt: skip
    """What a reading of which nothing is told says."""

    metric = models.CharField("指标", max_length=24, choices=tracker.METRIC_CHOICES)
    day = models.DateField("日期", db_index=True)
    first = models.DateField("这一波从", null=True, blank=True)
    value = models.DecimalField("数值", max_digits=18, decimal_places=6, null=True)
    asked = models.PositiveIntegerField("样本量", null=True, blank=True)
    promoters = models.DecimalField(
        "推荐者占比", max_digits=8, decimal_places=6, null=True, blank=True
    )
    detractors = models.DecimalField(
        "贬损者占比", max_digits=8, decimal_places=6, null=True, blank=True
    )
    platform = models.CharField("平台", max_length=12, choices=tracker.PLACES, blank=True)
    source = models.CharField("来源", max_length=tracker.LONGEST_SOURCE)
    note = models.CharField("备注", max_length=tracker.LONGEST_NOTE, blank=True)
    batch = models.CharField("导入批次", max_length=22, blank=True, db_index=True)
    removed_at = models.DateTimeField("删除时间", null=True, blank=True)

    objects = ScopedManager(
        workspace="workspace", _manager_class=models.Manager.from_queryset(ReadingQuerySet)
    )

    class Meta:
        verbose_name = "品牌读数"
        ordering: ClassVar = ["-day", "metric", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "metric", "day", "platform", "source"], name="one_reading", condition=models.Q(removed_at=None),
                violation_error_code="taken", violation_error_message="这一天、这个来源已有这个指标的读数。请去改那一个，或换日期、来源。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        place = tracker.PLACE_NAMES.get(self.platform, "")
        return f"{self.get_metric_display()} {place} {self.day}".replace("  ", " ")

    @property
    def told(self) -> dict[str, Any]:
        """What it says, as a telling keeps it."""
        rows = {name: getattr(self, name) for name in self.NOTHING}
        return {name: plain(value) for name, value in rows.items() if value not in (None, "")}

    @property
    def identity(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.IDENTITY)

    @property
    def said(self) -> tracker.Said:
        promoters, detractors = (
            None if v is None else float(v) for v in (self.promoters, self.detractors)
        )
        return tracker.Said(float(self.value or 0), self.asked, promoters, detractors)


def plain(value: Any) -> Any:
    """A value of a reading as JSON keeps it."""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, (str, int)) or value is None else float(value)


class ReadingTelling(Telling):
    """What a file, or a person after one, said of a reading."""

    reading = models.ForeignKey(BrandReading, models.CASCADE, related_name="tellings")

    class Meta(Telling.Meta):
        verbose_name = "品牌读数的来源"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reading", "batch"], name="one_reading_telling_per_batch", condition=~models.Q(batch="")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.reading)
