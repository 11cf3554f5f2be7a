"""Goals: a metric, where it started, where it should be and by when."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from shemei.apps.insight.rules import GOAL_METRICS
from shemei.kernel.models import WorkspaceOwned
from shemei.kernel.periods import Period


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
