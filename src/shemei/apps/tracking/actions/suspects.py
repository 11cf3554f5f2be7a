"""Letting suspect clicks count again, and taking that back."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from shemei.apps.tracking import jobs
from shemei.apps.tracking.models import Link, PutBackClicks
from shemei.edge.bots import SUSPECT_NAMES
from shemei.kernel import audit
from shemei.kernel.permissions import Permission, require
from shemei.kernel.workspace import one_at_a_time

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.periods import Period
    from shemei.kernel.workspace import Workspace

COUNTS_ALREADY = "这些点击已经改为计入。要撤回，请到「改为计入的」里点撤回。"
AT_ONCE = timedelta(minutes=1)
"""Two who put back the same until now do not mean two different moments."""
NONE_LEFT = "这段时间里没有这样的点击。请换一种原因、一条短链，或改上面的时间。"


@transaction.atomic
def put_back_clicks(
    workspace: Workspace,
    *,
    by: Actor,
    reason: str,
    period: Period,
    why: str,
    clicks: int,
    link: str = "",
) -> PutBackClicks:
    """Let the clicks that were left out for a reason in a period count, of one link or of all.

    ``clicks`` is how many the log tells of. Nothing in the log changes; clicks from now on are judged by the front door as ever.
    """
    require(by, Permission.TRACK)
    one_at_a_time(workspace)
    row = PutBackClicks(workspace=workspace, reason=_reason(reason), link_key=_link(link))
    row.first_at, row.until_at = _span(period)
    row.why, row.clicks, row.author = _why(why), clicks, by.label
    same = PutBackClicks.objects.filter(
        is_active=True, reason=row.reason, link_key__in=["", row.link_key],
        first_at__lte=row.first_at, until_at__gte=row.until_at - AT_ONCE,
    )  # fmt: skip
    if same.exists():
        raise ValidationError(COUNTS_ALREADY)
    if not clicks:
        raise ValidationError(NONE_LEFT)
    row.save()
    jobs.put_back_on_commit()
    audit.record(
        "suspects.put_back",
        row,
        by=by,
        where=_where(row),
        reason=SUSPECT_NAMES[row.reason],
        span=_span_in_words(row),
        why=row.why,
    )
    return row


@transaction.atomic
def take_back_clicks(row: PutBackClicks, *, by: Actor) -> PutBackClicks:
    """Leave them out again, as the front door had judged."""
    require(by, Permission.TRACK)
    rows = PutBackClicks.objects.filter(pk=row.pk, is_active=True)
    if rows.update(is_active=False, taken_back_at=timezone.now(), taken_back_by=by.label):
        row.refresh_from_db()
        jobs.put_back_on_commit()
        audit.record(
            "suspects.taken_back",
            row,
            by=by,
            where=_where(row),
            reason=SUSPECT_NAMES.get(row.reason, row.reason),
            span=_span_in_words(row),
        )
    return row


def _reason(reason: str) -> str:
    if reason not in SUSPECT_NAMES:
        raise ValidationError({"reason": "还没有选原因。请选一种没有计入的原因。"})
    return reason


def _link(key: str) -> str:
    if key and not Link.objects.filter(key=key).exists():
        raise ValidationError({"link": "这条短链不在了。请重新选择。"})
    return key


def _why(why: str) -> str:
    if not why.strip():
        raise ValidationError({"why": "还没有写为什么。以后看数的人要靠它知道这些点击为什么算数。"})
    return why.strip()[:200]


def _span(period: Period) -> tuple[datetime, datetime]:
    """The days of the period, until now at the latest: what is yet to come is not decided here."""
    zone = timezone.get_default_timezone()
    first = datetime.combine(period.first, time.min, zone)
    last = datetime.combine(period.last, time.min, zone) + timedelta(days=1, microseconds=-1)
    until = min(last, timezone.now())
    if until < first:
        raise ValidationError("这段时间还没有到，没有点击可以改为计入。")
    return first, until


def _where(row: PutBackClicks) -> str:
    link = Link.objects.filter(key=row.link_key).first() if row.link_key else None
    return f"短链「{link.name}」" if link else "全部短链"


def _span_in_words(row: PutBackClicks) -> str:
    first, until = timezone.localtime(row.first_at), timezone.localtime(row.until_at)
    return f"{first:%Y-%m-%d} 至 {until:%Y-%m-%d %H:%M}"
