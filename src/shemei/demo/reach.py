"""Exposure and money: what platforms report of each post by day, and what the brand spent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shemei.demo.people import Floats, Ints
from shemei.demo.plan import BASE, CREATOR_REACH, DAYS, Plan

ENGAGED = {
    "xhs": 0.052,
    "douyin": 0.046,
    "wechat": 0.031,
    "channels": 0.034,
    "weibo": 0.019,
    "kuaishou": 0.043,
    "bilibili": 0.061,
    "wecom": 0.055,
}
SPLIT = {"like": 0.62, "comment": 0.10, "collect": 0.18, "share": 0.10}
AD_BUDGET = {
    "douyin": 190_000,
    "xhs": 150_000,
    "channels": 60_000,
    "weibo": 45_000,
    "kuaishou": 38_000,
}
"""Feed advertising per day in 分."""
SPAN = 24
ACTIONS = (*SPLIT, "finish")


@dataclass(frozen=True, slots=True)
class Reach:
    """Daily increments: rows of (post, day), each with impressions, follows and one count per action."""

    post: Ints
    day: Ints
    impressions: Ints
    follows: Ints
    actions: dict[str, Ints]


@dataclass(frozen=True, slots=True)
class Expense:
    """One line of spend in 分; ``claimed`` is what the platform says it sold."""

    platform: str
    day: int
    amount: int
    claimed_orders: int
    claimed_value: int


def make_reach(plan: Plan, traffic: Floats, seed: int) -> Reach:
    """What the platforms report: most of it in the first days, a long tail after."""
    rng = np.random.default_rng(seed)
    ages = np.arange(SPAN)
    fade = np.exp(-ages / 3.2) + 0.006
    fade /= fade.sum()
    post = np.repeat(np.arange(len(plan.posts)), SPAN)
    day = np.array([p.day for p in plan.posts])[post] + np.tile(ages, len(plan.posts))
    keep = day < DAYS
    base = np.array(
        [
            BASE[p.platform] * p.appeal * (CREATOR_REACH if p.creator >= 0 else 1.0)
            for p in plan.posts
        ]
    )
    expected = base[post] * np.tile(fade, len(plan.posts)) * traffic[np.minimum(day, DAYS - 1)]
    post, day, impressions = post[keep], day[keep], rng.poisson(expected[keep])
    rate = np.array([ENGAGED[p.platform] * p.pull**0.4 for p in plan.posts])[post]
    engaged = rng.binomial(impressions, np.minimum(rate, 0.4))
    actions = {name: rng.binomial(engaged, share) for name, share in SPLIT.items()}
    video = np.array([p.form in ("短视频", "直播") for p in plan.posts])[post]
    actions["finish"] = np.where(video, rng.binomial(impressions, 0.21), 0)
    return Reach(post, day, impressions, rng.binomial(engaged, 0.045), actions)


def make_spend(plan: Plan, traffic: Floats, seed: int) -> list[Expense]:
    """Feed advertising by day and platform; platforms claim more than can be traced."""
    rng = np.random.default_rng(seed)
    lines = []
    for platform, budget in AD_BUDGET.items():
        amounts = budget * traffic * rng.uniform(0.8, 1.2, DAYS)
        claimed = rng.poisson(amounts / 3_000)
        lines += [
            Expense(
                platform,
                day,
                int(amounts[day] // 100 * 100),
                int(claimed[day]),
                int(claimed[day]) * 24_800,
            )
            for day in range(DAYS)
        ]
    return lines
