"""How the demo's people behave: touch after touch, some of them buy, some come back.

The chance to buy at a touch is ``1 − exp(−h)``, where ``h`` is the touch's own pull plus what is left of earlier ones
(half of it, fading with seven days). :func:`simulate` with ``without="xhs"`` runs the same people with the same luck but
no pull from that channel: the difference in orders is the channel's true incremental effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from shemei.demo.plan import DAYS, Plan
from shemei.kernel.periods import Period, promos_within

CHANNELS = (
    "xhs",
    "douyin",
    "wechat",
    "channels",
    "wecom",
    "weibo",
    "kuaishou",
    "bilibili",
    "search",
    "share",
    "direct",
    "offline",
)
POSTED = 8
"""The first eight channels are platforms with posts; the rest have none."""
FIRST = np.array([0.27, 0.26, 0.07, 0.06, 0.02, 0.09, 0.08, 0.06, 0.05, 0.01, 0.01, 0.02])
NEXT = np.array(
    [
        # xhs  dou   wch   chn   wec   wei   kua   bil   sea   sha   dir   off
        [0.30, 0.08, 0.08, 0.03, 0.20, 0.03, 0.01, 0.03, 0.14, 0.03, 0.06, 0.01],
        [0.09, 0.32, 0.04, 0.06, 0.18, 0.03, 0.03, 0.02, 0.13, 0.03, 0.06, 0.01],
        [0.05, 0.03, 0.28, 0.07, 0.30, 0.02, 0.01, 0.02, 0.08, 0.05, 0.08, 0.01],
        [0.04, 0.06, 0.12, 0.26, 0.28, 0.01, 0.03, 0.01, 0.07, 0.04, 0.07, 0.01],
        [0.04, 0.04, 0.13, 0.07, 0.42, 0.01, 0.01, 0.01, 0.05, 0.07, 0.14, 0.01],
        [0.16, 0.12, 0.05, 0.02, 0.08, 0.26, 0.02, 0.05, 0.14, 0.03, 0.06, 0.01],
        [0.03, 0.12, 0.03, 0.08, 0.16, 0.02, 0.36, 0.01, 0.08, 0.03, 0.07, 0.01],
        [0.14, 0.07, 0.08, 0.02, 0.12, 0.03, 0.01, 0.28, 0.14, 0.03, 0.07, 0.01],
        [0.15, 0.10, 0.07, 0.03, 0.15, 0.03, 0.02, 0.03, 0.24, 0.05, 0.12, 0.01],
        [0.09, 0.08, 0.09, 0.04, 0.22, 0.02, 0.02, 0.02, 0.12, 0.16, 0.13, 0.01],
        [0.08, 0.08, 0.09, 0.04, 0.22, 0.02, 0.02, 0.02, 0.10, 0.09, 0.23, 0.01],
        [0.10, 0.08, 0.10, 0.05, 0.34, 0.01, 0.02, 0.01, 0.12, 0.05, 0.10, 0.02],
    ]
)
PULL = np.array(
    [0.014, 0.010, 0.024, 0.021, 0.040, 0.005, 0.016, 0.014, 0.038, 0.039, 0.031, 0.028]
)
"""How much a touch persuades: a friend more than a search, the shop's own adviser a little more yet."""
STEPS = 12
STAY, STAY_BUYER = 0.545, 0.83
GAP_DAYS, GAP_BUYER_DAYS = 3.2, 12.0
BUYER_PULL = 1.5
CARRY, CARRY_DAYS = 0.5, 7.0

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Touches:
    """One row per touch, in the order of steps; ``seconds`` count from the first day's midnight in Shanghai."""

    person: Ints
    seconds: Floats
    channel: Ints
    post: Ints
    spot: Ints
    step: Ints
    bought: NDArray[np.bool_]


def unseen(person: Ints) -> NDArray[np.bool_]:
    """Who leaves no trace: they saw it all the same, remembered, and bought at the marketplace."""
    return np.isin(person % 9, (2, 6))


def season(plan: Plan) -> tuple[Floats, Floats]:
    """Traffic and conversion by day: week-days, a slow rise, 大促, one campaign, one bad week."""
    days = np.arange(DAYS)
    dates = [plan.first + timedelta(int(day)) for day in days]
    traffic = (
        np.linspace(0.85, 1.2, DAYS)
        * np.array([1.0, 0.97, 0.98, 1.0, 1.06, 1.14, 1.1])[[d.weekday() for d in dates]]
    )
    convert = np.ones(DAYS)
    for sale in promos_within(Period(dates[0], dates[-1])):
        inside = np.array([sale.first <= day <= sale.last for day in dates])
        traffic[inside] *= 1.5
        convert[inside] *= 1.6
    traffic[plan.campaigns[1].first :] *= 1.15
    bad = slice(plan.bad_week, plan.bad_week + 7)
    traffic[bad] *= 0.72
    convert[bad] *= 0.55
    return traffic, convert


@lru_cache(maxsize=1)
def post_chances(plan: Plan) -> list[tuple[Ints, Floats]]:
    """Per platform: its posts, and by hour the cumulative chance that a touch there comes from each that is out."""
    hours = np.arange(DAYS * 24)[:, None]
    days = hours // 24
    chances = []
    for platform in CHANNELS[:POSTED]:
        numbers = np.array([n for n, post in enumerate(plan.posts) if post.platform == platform])
        born = np.array([plan.posts[n].day for n in numbers])[None, :]
        appeal = np.array([plan.posts[n].appeal for n in numbers])[None, :]
        out = np.array([plan.posts[n].seconds for n in numbers])[None, :] <= hours * 3_600
        weight = np.where(out, appeal * (np.exp(-(days - born) / 6.0) + 0.02), 0.0)
        chances.append((numbers, np.cumsum(weight, axis=1) / weight.sum(axis=1, keepdims=True)))
    return chances


def simulate(plan: Plan, people: int, seed: int, *, without: str = "") -> Touches:
    """Run ``people`` persons through the 180 days; equal arguments give equal rows."""
    rng = np.random.default_rng(seed)
    traffic, convert = season(plan)
    pull = PULL * np.array([name != without for name in CHANNELS])
    post_pull = np.array([post.pull for post in plan.posts] + [1.0])
    chances = post_chances(plan)
    at = (rng.choice(DAYS, people, p=traffic / traffic.sum()) + _clock(rng, people)) * 86_400.0
    keen = rng.gamma(1.6, 1 / 1.6, people)
    channel = rng.choice(len(CHANNELS), people, p=FIRST)
    carried = np.zeros(people)
    buyer = np.zeros(people, bool)
    active = np.arange(people)
    rows = []
    for step in range(STEPS):
        luck = rng.random((5, people))
        rng_gap = rng.exponential(1.0, people)
        day = (at[active] // 86_400).astype(np.int64)
        hour = (at[active] // 3_600).astype(np.int64)
        post = _choose_posts(chances, channel[active], hour, luck[0, active])
        hazard = pull[channel[active]] * post_pull[post] * keen[active]
        hazard *= np.where(buyer[active], BUYER_PULL, 1.0)
        bought = luck[1, active] < 1 - np.exp(-(hazard + carried[active]) * convert[day])
        spot = _choose_spots(plan, channel[active], luck[2, active])
        steps = np.full(len(active), step)
        rows.append((active, at[active], channel[active], post, spot, steps, bought))
        buyer[active] |= bought
        carried[active] = np.where(bought, 0.0, (carried[active] + hazard * CARRY))
        stays = luck[3, active] < np.where(buyer[active], STAY_BUYER, STAY)
        active = active[stays]
        gap = rng_gap[active] * np.where(buyer[active], GAP_BUYER_DAYS, GAP_DAYS) + 0.004
        carried[active] *= np.exp(-gap / CARRY_DAYS)
        at[active] += gap * 86_400.0
        channel[active] = _next(channel[active], luck[4, active])
        active = active[at[active] < DAYS * 86_400.0]
    return Touches(*(np.concatenate(parts) for parts in zip(*rows, strict=True)))


def _clock(rng: np.random.Generator, count: int) -> Floats:
    """The part of the day, with its noon and evening peaks."""
    hours = np.array(
        [1, 1, 0, 0, 0, 1, 2, 4, 5, 5, 5, 6, 8, 7, 5, 5, 5, 6, 7, 8, 10, 11, 8, 4], float
    )
    return (rng.choice(24, count, p=hours / hours.sum()) + rng.random(count)) / 24


def _next(channel: Ints, luck: Floats) -> Ints:
    table = np.cumsum(NEXT / NEXT.sum(axis=1, keepdims=True), axis=1)
    return np.minimum((table[channel] < luck[:, None]).sum(axis=1), len(CHANNELS) - 1)


def _choose_spots(plan: Plan, channel: Ints, luck: Floats) -> Ints:
    here = channel == CHANNELS.index("offline")
    return np.where(here, (luck * len(plan.spots)).astype(np.int64), -1)


def _choose_posts(
    chances: list[tuple[Ints, Floats]], channel: Ints, hour: Ints, luck: Floats
) -> Ints:
    chosen = np.full(len(channel), -1)
    for number, (posts, table) in enumerate(chances):
        here = np.flatnonzero(channel == number)
        index = (table[hour[here]] < luck[here, None]).sum(axis=1)
        chosen[here] = posts[np.minimum(index, len(posts) - 1)]
    return chosen
