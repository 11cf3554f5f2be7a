"""Whose figures have stopped coming: for every account that rooms name, the last day there is data for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from shemei.kernel.lists import State
from shemei.kernel.permissions import Permission
from shemei.kernel.registry import Todo
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shemei.kernel.http import BrandRequest
    from shemei.kernel.workspace import Workspace

LATE = 3
"""Days without new figures after which somebody is told; back-ends are a day behind anyway."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Something figures are expected of. ``last`` is the last day there are any for, None where never."""

    name: str
    what: str
    platform: str
    last: date | None

    @property
    def days(self) -> int | None:
        """Days since the last day with figures, up to yesterday."""
        return (timezone.localdate() - timedelta(1) - self.last).days if self.last else None

    @property
    def is_late(self) -> bool:
        return self.days is not None and self.days >= LATE

    @property
    def state(self) -> State:
        if self.days is None:
            return State("还没有导入过", "quiet")
        return State(f"{self.days} 天没有新数据", "warn") if self.is_late else State("正常", "good")


Source = Callable[[Any], Iterable[Subject]]
sources: list[Source] = []


def add_source(source: Source) -> None:
    """``source(workspace)`` names what figures are expected of; it works inside the workspace's scope."""
    sources.append(source)


def subjects(workspace: Workspace) -> list[Subject]:
    """Everything that figures are expected of, the longest silent first, those never heard of last."""
    found = [subject for source in sources for subject in source(workspace)]
    return sorted(found, key=lambda s: (s.last is None, -(s.days or 0), s.platform, s.name))


def silent(request: BrandRequest) -> Iterator[Todo]:
    """One to-do for all accounts whose figures have stopped."""
    if not request.actor.can(Permission.IMPORT):
        return
    late = [subject for subject in subjects(request.workspace) if subject.is_late]
    if late:
        named = "、".join(f"{s.name}（{s.last}）" for s in late[:3])
        text = f"{len(late)} 个账号 {LATE} 天以上没有新数据"
        url = wurl(request.workspace, "imports:health")
        yield Todo(text, url, "database-off", "warn", f"最后一天：{named}")
