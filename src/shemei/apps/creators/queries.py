"""What other rooms may know of creators. Call inside the workspace's scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shemei.apps.creators.models import Collaboration, Creator
from shemei.apps.creators.rules import delivery_share
from shemei.kernel.registry import Named
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace


@dataclass(frozen=True, slots=True)
class CreatorRow:
    """A creator with what was agreed and paid in all delivered collaborations."""

    key: str
    name: str
    platform: str
    tier: str
    followers: int
    fees: int
    promised: int
    promises: tuple[tuple[str, int], ...]

    def delivered_share(self, seen: Mapping[str, int | None]) -> float | None:
        """Impressions over promised ones, of the posts that have been reported: ``seen`` by content key.

        A post that nobody has reported yet is not one that failed: its promise waits with it.
        """
        due = [(shown, promise) for key, promise in self.promises if (shown := seen.get(key))]
        return delivery_share(sum(n for n, _ in due) if due else None, sum(n for _, n in due))


def creators(workspace: Workspace, keys: Iterable[str] | None = None) -> list[CreatorRow]:
    """Creators, the largest first; all of them or those with ``keys``."""
    rows = Creator.objects.filter(workspace=workspace)
    rows = rows if keys is None else rows.filter(key__in=list(keys))
    deals: dict[int, list[Collaboration]] = {}
    for deal in Collaboration.objects.delivered().filter(creator__in=rows):
        deals.setdefault(deal.creator_id, []).append(deal)
    return [_row(row, deals.get(row.pk, [])) for row in rows]


def _row(row: Creator, deals: list[Collaboration]) -> CreatorRow:
    posts = tuple(
        (d.post_key, d.promised_impressions) for d in deals if d.post_key and d.promised_impressions
    )
    fees, promised = sum(d.fee for d in deals), sum(d.promised_impressions for d in deals)
    return CreatorRow(
        row.key, row.name, row.platform, row.tier, row.followers, fees, promised, posts
    )


def creator_names(workspace: Workspace, keys: Iterable[str]) -> dict[str, Named]:
    rows = Creator.objects.filter(workspace=workspace, key__in=list(keys))
    return {row.key: _named(workspace, row) for row in rows}


def choose_creators(workspace: Workspace, text: str, limit: int) -> list[Named]:
    rows = Creator.objects.filter(workspace=workspace, name__icontains=text)
    return [_named(workspace, row) for row in rows[:limit]]


def _named(workspace: Workspace, row: Creator) -> Named:
    return Named(
        row.key, row.name, row.tier, row.platform, wurl(workspace, "creators:creator", row.key)
    )
