"""How a spend stands in the log, how an imported line is recognised again, and what a platform's claims come to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

CREATOR_KIND = "达人"


@dataclass(frozen=True, slots=True)
class Cost:
    """One spend as it stands in the log."""

    day: date
    platform: str
    kind: str
    campaign: str
    creator: str
    content: str
    amount: int


def differences(before: Cost | None, after: Cost | None) -> list[Cost]:
    """What to add to the log so that it says ``after`` instead of ``before``.

    Where only the amount changed, one event with the difference; else the old is taken back and the new told.
    """
    if before and after and replace(before, amount=after.amount) == after:
        return (
            [replace(after, amount=after.amount - before.amount)]
            if before.amount != after.amount
            else []
        )
    back = [replace(before, amount=-before.amount)] if before else []
    forth = [after] if after else []
    return [cost for cost in (*back, *forth) if cost.amount]


def identity(
    day: date, platform: str, kind: str, campaign: str, plan: str, creator: str, content: str
) -> str:
    """By what an imported line is known again: everything that says what was paid for, not how much.

    >>> identity(date(2026, 11, 1), "douyin", "信息流", "双11", "", "", "")
    '20261101|douyin|信息流|双11|||'
    """
    return "|".join((f"{day:%Y%m%d}", platform, kind, campaign, plan.strip(), creator, content))


def per_thousand(amount: int, impressions: int | None) -> float | None:
    """Cost of a thousand impressions in 分; None where impressions are unknown or none."""
    return amount * 1000 / impressions if impressions else None


def claimed_return(value: int | None, amount: int) -> float | None:
    """What the platform claims per yuan spent (平台自报产出比); None where it claims nothing."""
    return value / amount if value is not None and amount else None
