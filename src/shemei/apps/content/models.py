"""Posts, what was told of them (every entry is kept) and the totals per post and day that follow from it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django_scopes import ScopedManager

from shemei.apps.content import rules
from shemei.kernel.models import WorkspaceOwned
from shemei.kernel.tellings import Telling
from shemei.platforms import CHOICES, platform_of


class PostQuerySet(models.QuerySet["Post"]):
    def with_labels(self) -> PostQuerySet:
        return self.select_related("account", "campaign", "pillar", "workspace")

    def live(self) -> PostQuerySet:
        return self.filter(state=Post.State.PUBLISHED)


class Post(WorkspaceOwned):
    """One piece of content on one platform."""

    class Form(models.TextChoices):
        NOTE = "图文", "图文"
        VIDEO = "短视频", "短视频"
        LIVE = "直播", "直播"
        ARTICLE = "文章", "文章"
        AUDIO = "音频", "音频"
        H5 = "H5", "H5"

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        SCHEDULED = "scheduled", "已排期"
        PUBLISHED = "published", "已发布"
        REMOVED = "removed", "已下架"

    title = models.CharField("标题", max_length=200)
    platform = models.CharField("平台", max_length=12, choices=CHOICES)
    account = models.ForeignKey(
        "brand.PlatformAccount",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="发布账号",
    )
    campaign = models.ForeignKey(
        "brand.Campaign",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="营销计划",
    )
    pillar = models.ForeignKey(
        "brand.Pillar",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="内容支柱",
    )
    creator_key = models.CharField("达人", max_length=22, blank=True, db_index=True)
    keeper_key = models.CharField("负责人", max_length=22, blank=True, db_index=True)
    author_name = models.CharField("作者", max_length=60, blank=True)
    form = models.CharField("形式", max_length=6, choices=Form.choices, default=Form.NOTE)
    url = models.URLField("作品链接", max_length=500, blank=True)
    external_id = models.CharField("作品编号", max_length=120, blank=True)
    published_at = models.DateTimeField("发布时间", null=True, blank=True, db_index=True)
    state = models.CharField(
        "状态", max_length=10, choices=State.choices, default=State.DRAFT, db_index=True
    )
    batch = models.CharField(
        "由哪次导入新建", max_length=22, blank=True, db_index=True, editable=False
    )

    objects = ScopedManager(
        workspace="workspace", _manager_class=models.Manager.from_queryset(PostQuerySet)
    )

    class Meta:
        verbose_name = "内容"
        ordering: ClassVar = ["-published_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "platform", "external_id"], name="one_post_per_external_id",
                condition=~models.Q(external_id=""),
                violation_error_message="这篇作品已登记过（作品编号相同）。请去改那一篇。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def platform_name(self) -> str:
        return platform_of(self.platform).name

    @property
    def published_on(self) -> date | None:
        return timezone.localtime(self.published_at).date() if self.published_at else None

    @property
    def labels(self) -> rules.Labels:
        """The dimensions under which this post's figures stand in the log."""
        return rules.Labels(
            platform=self.platform,
            platform_account=self.account.key if self.account else "",
            campaign=self.campaign.key if self.campaign else "",
            content=self.key,
            creator=self.creator_key,
        )


class MetricEntry(Telling):
    """One telling of a post's totals for a day, by hand (no batch) or by an import."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="entries")
    day = models.DateField("数据日期")

    class Meta(Telling.Meta):
        verbose_name = "内容数据的来源"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["post", "day", "batch"], name="one_metric_entry_per_batch", condition=~models.Q(batch="")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.post} {self.day}"


class PostMetric(WorkspaceOwned):
    """Totals of a post at the end of a day, counted from its publication; follows from the entries. NULL: not told."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="metrics")
    day = models.DateField("数据日期")
    impressions = models.BigIntegerField("曝光", null=True, blank=True)
    plays = models.BigIntegerField("播放或阅读", null=True, blank=True)
    likes = models.BigIntegerField("点赞", null=True, blank=True)
    comments = models.BigIntegerField("评论", null=True, blank=True)
    shares = models.BigIntegerField("分享", null=True, blank=True)
    collects = models.BigIntegerField("收藏", null=True, blank=True)
    follows = models.BigIntegerField("涨粉", null=True, blank=True)
    finishes = models.BigIntegerField("完播", null=True, blank=True)
    clicks = models.BigIntegerField("链接点击", null=True, blank=True)
    more = models.JSONField("其他数", default=dict)
    source = models.CharField(
        "来源",
        max_length=10,
        default="entry",
        choices=[("entry", "手工填写"), ("import", "导入")],
    )
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = "内容数据"
        ordering: ClassVar = ["day"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post", "day"], name="one_snapshot_per_post_and_day")
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.day}"

    @property
    def told(self) -> dict[str, int]:
        """The figures that the platform did tell."""
        return {name: value for name in rules.FIGURES if (value := getattr(self, name)) is not None}
