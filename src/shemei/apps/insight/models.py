"""Goals, and the boards that members put together: their pictures, links to them, mails of them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django_scopes import ScopedManager

from shemei.apps.insight.boards.rules import (
    KINDS,
    PERIODS,
    RHYTHMS,
    SPLITS,
    WIDTHS,
    metric_name,
    panel_title,
)
from shemei.apps.insight.rules import GOAL_METRICS
from shemei.kernel.models import WorkspaceOwned
from shemei.kernel.periods import Period


class KeptQuerySet(models.QuerySet[models.Model]):
    def kept(self) -> KeptQuerySet:
        return self.filter(removed_at=None)


class Goal(WorkspaceOwned):
    """Money is kept in 分, ratios as fractions, counts as they are."""

    metric = models.CharField(
        "指标", max_length=30, choices=[(key, goal.name) for key, goal in GOAL_METRICS.items()]
    )
    target = models.DecimalField("目标值", max_digits=18, decimal_places=4)
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束")

    class Meta:
        verbose_name = "目标"
        ordering: ClassVar = ["ends_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "metric", "starts_on", "ends_on"],
                name="one_goal_per_metric_and_span",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gt=models.F("starts_on")), name="goal_ends_after_start"
            ),
        ]

    @property
    def span(self) -> str:
        return Period(self.starts_on, self.ends_on).span

    def __str__(self) -> str:
        return GOAL_METRICS[self.metric].name


class OwnBoard(WorkspaceOwned):
    """A board that members put together themselves; ``removed_at`` keeps it for the way back."""

    title = models.CharField("名称", max_length=40)
    note = models.CharField("说明", max_length=120, blank=True)
    period = models.CharField("时段", max_length=12, choices=list(PERIODS.items()), default="28d")
    made_by = models.CharField("建的人", max_length=120, blank=True)
    made_by_key = models.CharField("建的人的编号", max_length=22, blank=True)
    removed_at = models.DateTimeField("删除时间", null=True, db_index=True)

    objects = ScopedManager(
        workspace="workspace", _manager_class=models.Manager.from_queryset(KeptQuerySet)
    )

    class Meta:
        verbose_name = "看板"
        ordering: ClassVar = ["title", "id"]

    def __str__(self) -> str:
        return self.title


class BoardPanel(WorkspaceOwned):
    """One picture of a board: which figures, split by what, drawn how."""

    board = models.ForeignKey(OwnBoard, models.CASCADE, related_name="panels")
    title = models.CharField("标题", max_length=40, blank=True)
    metrics = models.JSONField("指标", default=list)
    split = models.CharField("分成", max_length=12, blank=True, choices=list(SPLITS.items()))
    kind = models.CharField("样子", max_length=8, choices=list(KINDS.items()), default="number")
    period = models.CharField(
        "时段", max_length=12, blank=True, choices=[("", "跟看板"), *PERIODS.items()]
    )
    width = models.PositiveSmallIntegerField("宽", choices=list(WIDTHS.items()), default=6)
    place = models.PositiveIntegerField("次序", default=0)
    removed_at = models.DateTimeField("删除时间", null=True)

    objects = ScopedManager(
        workspace="workspace", _manager_class=models.Manager.from_queryset(KeptQuerySet)
    )

    class Meta:
        verbose_name = "看板里的图"
        ordering: ClassVar = ["place", "id"]

    def __str__(self) -> str:
        return self.title or panel_title(self.metrics)


class BoardShare(WorkspaceOwned):
    """A read-only link to a board. The address is ``key`` signed with the installation's secret."""

    board = models.ForeignKey(OwnBoard, models.CASCADE, related_name="shares")
    note = models.CharField("给谁看", max_length=60, blank=True)
    expires_at = models.DateTimeField("到期")
    revoked_at = models.DateTimeField("停用时间", null=True)
    made_by = models.CharField("建的人", max_length=120, blank=True)
    made_by_key = models.CharField("建的人的编号", max_length=22, blank=True)
    origins = models.JSONField("可嵌入的网站", default=list)
    views = models.PositiveIntegerField("打开次数", default=0)
    seen_at = models.DateTimeField("最近打开", null=True)
    maker_may: bool | None = None
    """Whether its maker may still give data away, where that was asked for many rows together."""

    class Meta:
        verbose_name = "看板的分享链接"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.note or self.board.title

    def is_open(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at

    def is_over(self, now: datetime) -> bool:
        return not self.is_open(now)


class BoardMail(WorkspaceOwned):
    """A board sent by mail now and again. The row is the truth: due when, taken by the sweeper, how it went."""

    class State(models.TextChoices):
        WAITING = "waiting", "等着发"
        SENDING = "sending", "发送中"
        STOPPED = "stopped", "已停"

    board = models.ForeignKey(OwnBoard, models.CASCADE, related_name="mails")
    recipients = models.JSONField("收件人", default=list)
    rhythm = models.CharField(
        "多久一次", max_length=8, choices=list(RHYTHMS.items()), default="week"
    )
    hour = models.PositiveSmallIntegerField("几点", default=9)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.WAITING)
    link = models.CharField("看板的网址", max_length=300, blank=True)
    due_at = models.DateTimeField("下次", db_index=True)
    taken_at = models.DateTimeField("开始发送", null=True)
    sent_at = models.DateTimeField("上次发出", null=True)
    error = models.CharField("上次的问题", max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField("试了几次", default=0)
    made_by = models.CharField("建的人", max_length=120, blank=True)
    made_by_key = models.CharField("建的人的编号", max_length=22, blank=True)
    rests_since = models.DateTimeField("停着，从", null=True)
    maker_may: bool | None = None
    """Whether its maker may still give data away, where that was asked for many rows together."""

    class Meta:
        verbose_name = "看板的邮件"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.board.title

    def is_over(self, _now: datetime) -> bool:
        return self.state == self.State.STOPPED


class FigureNote(WorkspaceOwned):
    """What a member says of one figure in one span of days; shown wherever the figure is opened for days in it."""

    metric = models.CharField("指标", max_length=40, db_index=True)
    first = models.DateField("从")
    last = models.DateField("至")
    text = models.CharField("说了什么", max_length=500)
    author = models.CharField("谁", max_length=120)
    author_key = models.CharField("成员编号", max_length=22, blank=True)
    removed_at = models.DateTimeField("删除时间", null=True)

    objects = ScopedManager(
        workspace="workspace", _manager_class=models.Manager.from_queryset(KeptQuerySet)
    )

    class Meta:
        verbose_name = "对指标的留言"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return metric_name(self.metric)

    @property
    def span(self) -> str:
        return Period(self.first, self.last).span
