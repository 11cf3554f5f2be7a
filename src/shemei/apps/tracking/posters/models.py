"""Offline spots: a shop, a stand, a table card. What is scanned there is a check-in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from shemei.kernel.models import WorkspaceOwned


class Spot(WorkspaceOwned):
    """A place with a code of its own; the link carries the address it opens and whom it is credited to."""

    name = models.CharField("名称", max_length=40)
    address = models.CharField("地点", max_length=80, blank=True)
    headline = models.CharField("海报标题", max_length=24, default="扫码打卡")
    words = models.CharField("海报说明", max_length=60, blank=True)
    promo_code = models.CharField("优惠码", max_length=24, blank=True)
    link = models.OneToOneField(
        "tracking.Link", models.PROTECT, related_name="+", verbose_name="短链"
    )

    class Meta:
        verbose_name = "线下点位"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "name"],
                name="one_spot_per_name",
                violation_error_message="已有同名的点位。请加上地点或编号来区分。",
            )
        ]

    def __str__(self) -> str:
        return self.name
