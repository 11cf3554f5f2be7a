"""What the demo company set up: posts, links, codes, spots and spend, drawn from one seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from shemei.demo import script

DAYS = 180
ALPHABET = np.array(list("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"))
POSTING = {
    "xhs": 0.30,
    "douyin": 0.22,
    "wechat": 0.10,
    "channels": 0.10,
    "weibo": 0.10,
    "kuaishou": 0.08,
    "bilibili": 0.06,
    "wecom": 0.04,
}
POSTS = 460
CREATOR_SHARE = 0.38
BASE = {
    "xhs": 27_000,
    "douyin": 48_000,
    "wechat": 12_000,
    "channels": 22_000,
    "weibo": 40_000,
    "kuaishou": 29_000,
    "bilibili": 20_000,
    "wecom": 4_800,
}
"""Impressions of an ordinary post."""
CREATOR_REACH = 1.6


@dataclass(frozen=True, slots=True)
class Account:
    key: str
    platform: str
    name: str
    handle: str
    followers: int


@dataclass(frozen=True, slots=True)
class Creator:
    key: str
    name: str
    platform: str
    followers: int
    city: str
    code: str
    code_key: str
    skill: float


@dataclass(frozen=True, slots=True)
class Campaign:
    key: str
    name: str
    utm: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Spot:
    key: str
    name: str
    code: str
    code_key: str
    link_key: str
    link_code: str


@dataclass(frozen=True, slots=True)
class Post:
    """``day`` counts from the first day of the demo; ``appeal`` scales reach, ``pull`` scales what it sells."""

    key: str
    title: str
    platform: str
    account: int
    creator: int
    campaign: int
    pillar: int
    form: str
    day: int
    minute: int
    appeal: float
    pull: float
    link_key: str
    link_code: str

    @property
    def seconds(self) -> int:
        """When it came out, counted from the first day's midnight."""
        return self.day * 86_400 + self.minute * 60


@dataclass(frozen=True, slots=True)
class Collaboration:
    key: str
    creator: int
    post: int
    fee: int
    promised: int


@dataclass(frozen=True, slots=True)
class Plan:
    first: date
    today: date
    bad_week: int
    accounts: tuple[Account, ...]
    creators: tuple[Creator, ...]
    campaigns: tuple[Campaign, ...]
    spots: tuple[Spot, ...]
    posts: tuple[Post, ...]
    collaborations: tuple[Collaboration, ...]
    site_key: str
    workspace_key: str

    def day(self, number: int) -> date:
        return self.first + timedelta(int(number))


class Draw:
    """A seeded source of keys and choices."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def key(self) -> str:
        return "".join(self.rng.choice(ALPHABET, 22))

    def code(self, length: int = 7) -> str:
        return "".join(self.rng.choice(list("23456789abcdefghjkmnpqrstuvwxyz"), length))


def make_plan(today: date, seed: int) -> Plan:
    """Draw the whole plan; the same day and seed give the same plan to the last key."""
    draw = Draw(seed)
    first = today - timedelta(DAYS - 1)
    workspace_key, site_key = draw.key(), draw.key()
    accounts = tuple(Account(draw.key(), *row) for row in script.ACCOUNTS)
    creators = tuple(_creator(draw, number, row) for number, row in enumerate(script.CREATORS))
    campaigns = (
        Campaign(draw.key(), script.EVERYDAY[0], script.EVERYDAY[1], 0, DAYS - 1),
        Campaign(draw.key(), script.CAMPAIGN[0], script.CAMPAIGN[1], DAYS - 54, DAYS + 37),
    )
    spots = tuple(
        Spot(draw.key(), name, code, draw.key(), draw.key(), draw.code())
        for name, code in script.SPOTS
    )
    posts = _posts(draw, accounts, creators)
    return Plan(
        first=first,
        today=today,
        bad_week=DAYS - 33,
        accounts=accounts,
        creators=creators,
        campaigns=campaigns,
        spots=spots,
        posts=posts,
        collaborations=_collaborations(draw, creators, posts),
        site_key=site_key,
        workspace_key=workspace_key,
    )


def _creator(draw: Draw, number: int, row: tuple[str, str, int, str]) -> Creator:
    name, platform, followers, city = row
    skill = float(draw.rng.lognormal(0.0, 0.45)) * (1.5 if followers < 100_000 else 0.9)
    return Creator(
        draw.key(),
        name,
        platform,
        followers,
        city,
        f"YH{number + 11}{draw.code(2).upper()}",
        draw.key(),
        skill,
    )


def _posts(
    draw: Draw, accounts: tuple[Account, ...], creators: tuple[Creator, ...]
) -> tuple[Post, ...]:
    """The first day has one post on each platform from its first minute, so that nobody clicks what is not there yet."""
    days = np.sort((DAYS * draw.rng.beta(1.25, 1.0, POSTS)).astype(int))
    platforms = [
        str(item) for item in draw.rng.choice(list(POSTING), POSTS, p=list(POSTING.values()))
    ]
    days[: len(POSTING)], platforms[: len(POSTING)] = 0, list(POSTING)
    seen: dict[str, int] = {}
    posts = tuple(
        _post(draw, int(day), name, accounts, creators, seen)
        for day, name in zip(days, platforms, strict=True)
    )
    opening = tuple(replace(post, minute=0) for post in posts[: len(POSTING)])
    return opening + posts[len(POSTING) :]


def _post(
    draw: Draw,
    day: int,
    platform: str,
    accounts: tuple[Account, ...],
    creators: tuple[Creator, ...],
    seen: dict[str, int],
) -> Post:
    account = next(n for n, item in enumerate(accounts) if item.platform == platform)
    there = [n for n, item in enumerate(creators) if item.platform == platform]
    creator = int(draw.rng.choice(there)) if there and draw.rng.random() < CREATOR_SHARE else -1
    title, pillar = script.TITLES[int(draw.rng.integers(len(script.TITLES)))]
    seen[title] = seen.get(title, 0) + 1
    in_campaign = day >= DAYS - 54 and draw.rng.random() < 0.6
    skill = creators[creator].skill if creator >= 0 else 1.0
    return Post(
        key=draw.key(),
        title=title if seen[title] == 1 else f"{title}（{seen[title]}）",
        platform=platform,
        account=account,
        creator=creator,
        campaign=1 if in_campaign else 0,
        pillar=1 if in_campaign and draw.rng.random() < 0.5 else pillar,
        form=str(draw.rng.choice(script.FORMS[platform])),
        day=day,
        minute=int(draw.rng.choice([450, 720, 750, 1080, 1200, 1230, 1260]))
        + int(draw.rng.integers(0, 20)),
        appeal=float(draw.rng.lognormal(0.0, 0.8)),
        pull=float(draw.rng.lognormal(0.0, 0.5)) * skill,
        link_key=draw.key(),
        link_code=draw.code(),
    )


def _collaborations(
    draw: Draw, creators: tuple[Creator, ...], posts: tuple[Post, ...]
) -> tuple[Collaboration, ...]:
    paid = [(number, post) for number, post in enumerate(posts) if post.creator >= 0]
    return tuple(
        Collaboration(
            key=draw.key(),
            creator=post.creator,
            post=number,
            fee=int(
                round(creators[post.creator].followers * float(draw.rng.uniform(0.012, 0.03)) / 100)
                * 10_000
            ),
            promised=int(
                BASE[post.platform]
                * CREATOR_REACH
                * post.appeal**0.6
                * float(draw.rng.uniform(0.6, 1.2))
                // 100
                * 100
            ),
        )
        for number, post in paid
    )
