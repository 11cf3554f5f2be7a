"""Tiers of creators, what a collaboration costs the log, and whether it delivered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

KOL, KOC, ORDINARY = "KOL", "KOC", "素人"
TIERS: tuple[str, ...] = (KOL, KOC, ORDINARY)


@dataclass(frozen=True, slots=True)
class TierLimits:
    """From how many followers on somebody is a KOL or a KOC; the deck's values are the defaults."""

    kol_from: int = 100_000
    koc_from: int = 10_000


DEFAULT_LIMITS = TierLimits()


def tier_of(followers: int, limits: TierLimits = DEFAULT_LIMITS) -> str:
    """The tier for a number of followers.

    >>> [tier_of(n) for n in (100_000, 99_999, 10_000, 9_999)]
    ['KOL', 'KOC', 'KOC', '素人']
    """
    if followers >= limits.kol_from:
        return KOL
    return KOC if followers >= limits.koc_from else ORDINARY


def limits_for(platform: str, table: Mapping[str, TierLimits]) -> TierLimits:
    """The limits of a platform: its own, else the workspace's general ones (key ``""``), else the deck's."""
    return table.get(platform) or table.get("") or DEFAULT_LIMITS


@dataclass(frozen=True, slots=True)
class Cost:
    """One spend as it stands in the log: the day and what it was spent on."""

    day: date
    platform: str
    creator: str
    content: str
    campaign: str
    amount: int


def differences(before: Cost | None, after: Cost | None) -> list[Cost]:
    """What to add to the log so that it says ``after`` instead of ``before``: a counter-entry, then the new one."""
    if before == after:
        return []
    back = (
        [
            Cost(
                before.day,
                before.platform,
                before.creator,
                before.content,
                before.campaign,
                -before.amount,
            )
        ]
        if before
        else []
    )
    forth = [after] if after else []
    return [cost for cost in (*back, *forth) if cost.amount]


def delivery_share(delivered: int | None, promised: int) -> float | None:
    """Delivered impressions over promised ones; None where either is unknown."""
    return delivered / promised if delivered is not None and promised else None
