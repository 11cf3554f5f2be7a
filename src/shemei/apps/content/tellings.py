"""A post's totals follow what was told of its days: entries are the truth, the log follows by differences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet

from shemei.apps.content import rules
from shemei.apps.content.facts import MetricsBooked
from shemei.apps.content.models import MetricEntry, Post, PostMetric
from shemei.kernel import outbox
from shemei.kernel.edits import assign
from shemei.kernel.tellings import Ledger, fold


def adopt(post: Post) -> None:
    """Give totals that came without entries (a whole history written at once) an entry that they follow from."""
    known = MetricEntry.objects.filter(post=post).values("day")
    bare = PostMetric.objects.filter(post=post).exclude(day__in=known)
    MetricEntry.objects.bulk_create(
        MetricEntry(
            workspace_id=post.workspace_id, post=post, day=row.day, told=row.told | row.more
        )
        for row in bare
    )


def booked(post: Post) -> Counter[rules.Booking]:
    """What the log says of a post, by the table."""
    rows = PostMetric.objects.filter(post=post) if post.pk else []
    snapshots = [rules.Snapshot(row.day, row.told) for row in rows]
    return rules.bookings(snapshots, post.labels, post.published_on)


def follow(post: Post, *, source: str, batch: str = "") -> None:
    """Let the totals follow the entries, then let the log follow the totals."""
    before = booked(post)
    by_day: dict[date, list[dict[str, Any]]] = {}
    for entry in MetricEntry.objects.filter(post=post).standing():
        by_day.setdefault(entry.day, []).append(entry.told)
    kept = {row.day: row for row in PostMetric.objects.filter(post=post)}
    for day, tellings in by_day.items():
        row = kept.pop(day, None) or PostMetric(workspace_id=post.workspace_id, post=post, day=day)
        held = fold(tellings)
        more = {name: held.pop(name) for name in rules.MORE if name in held}
        if assign(row, dict.fromkeys(rules.FIGURES) | held | {"more": more}) or row.pk is None:
            row.source = source
            row.save()
    PostMetric.objects.filter(pk__in=[row.pk for row in kept.values()]).delete()
    book(post, before, source=source, batch=batch)


def book(post: Post, before: Mapping[rules.Booking, int], *, source: str, batch: str = "") -> None:
    changes = rules.differences(before, booked(post))
    if changes:
        fact = MetricsBooked(post.workspace.key, tuple(changes), source, batch)
        outbox.emit(fact, workspace=post.workspace)


class PostLedger(Ledger):
    tellings = MetricEntry
    subject = "post"

    def adopt(self, subject: Post) -> None:
        adopt(subject)

    def settle(self, subjects: Sequence[Any]) -> None:
        for post in Post.objects.filter(pk__in=subjects).with_labels():
            follow(post, source="import", batch=self.batch)

    def brought(self) -> QuerySet[Post]:
        mine = Post.objects.filter(batch=self.batch)
        return mine.filter(creator_key="", campaign=None, pillar=None, keeper_key="")
