"""When a campaign runs, how far it is, and how its utm word is made."""

from __future__ import annotations

import re
from datetime import date, timedelta

PLANNED, RUNNING, ENDED = "planned", "running", "ended"

PILLAR_COLOURS = ((1, "靛"), (2, "青"), (3, "赭"), (4, "玫"), (5, "钢"), (6, "灰"))
_UTM = re.compile(r"[^0-9a-z一-鿿]+")


def state_on(day: date, starts_on: date, ends_on: date, ended_early: bool = False) -> str:
    """The state of a campaign on ``day``; one that was ended by hand stays ended."""
    if ended_early or day > ends_on:
        return ENDED
    return RUNNING if day >= starts_on else PLANNED


def progress_sentence(day: date, starts_on: date, ends_on: date) -> str:
    """How far a campaign is on ``day``: 「第 3 天，共 10 天」, 「5 天后开始」 or 「已结束 2 天」."""
    total = (ends_on - starts_on).days + 1
    if day < starts_on:
        return f"{(starts_on - day).days} 天后开始，共 {total} 天"
    if day > ends_on:
        return f"已结束 {(day - ends_on).days} 天，共 {total} 天"
    return f"第 {(day - starts_on).days + 1} 天，共 {total} 天"


def share_of_time(day: date, starts_on: date, ends_on: date) -> int:
    """The share of a campaign's days that are over at the end of ``day``, in per cent."""
    total = (ends_on - starts_on).days + 1
    return max(0, min(100, ((day - starts_on) + timedelta(1)).days * 100 // total))


def utm_word(text: str) -> str:
    """A campaign's word for ``utm_campaign``: lower case, words joined by hyphens, at most 60 characters."""
    return _UTM.sub("-", text.strip().lower()).strip("-")[:60]
