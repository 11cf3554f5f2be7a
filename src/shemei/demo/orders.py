"""What the demo's buyers ordered: baskets, promo codes, refunds, customers."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from shemei.demo import script
from shemei.demo.people import CHANNELS, Floats, Ints, Touches
from shemei.demo.plan import ALPHABET, Plan

WELCOME = "XINKE30"
REFUND_SHARE, REFUND_SHARE_BAD = 0.035, 0.14
PHONE_SHARE = 0.93


@dataclass(frozen=True, slots=True)
class Orders:
    """One row per order; ``touch`` is the row of the touch it was bought at, money is in 分."""

    touch: Ints
    seconds: Floats
    number: list[str]
    key: list[str]
    customer: Ints
    product: Ints
    quantity: Ints
    amount: Ints
    code: list[str]
    code_creator: Ints
    code_spot: Ints
    refund: Ints
    refund_seconds: Floats
    customer_keys: list[str]
    phones: list[str]

    def until(self, seconds: float) -> Orders:
        """What had been ordered and given back by then; customers are numbered by their first order."""
        count = int(np.searchsorted(self.seconds, seconds))
        people = int(self.customer[:count].max(initial=-1)) + 1
        known = {"customer_keys": people, "phones": people}
        part = {
            item.name: getattr(self, item.name)[: known.get(item.name, count)]
            for item in fields(self)
        }
        back = part["refund_seconds"] < seconds
        return Orders(**part | {"refund": np.where(back, part["refund"], 0)})


def keys(rng: np.random.Generator, count: int) -> list[str]:
    """``count`` unguessable-looking keys of 22 characters, from the seed."""
    return ["".join(row) for row in ALPHABET[rng.integers(0, len(ALPHABET), (count, 22))]]


def place_orders(plan: Plan, touches: Touches, seed: int) -> Orders:
    """Turn bought touches into orders."""
    rng = np.random.default_rng(seed)
    seconds = touches.seconds + 120 + rng.random(len(touches.seconds)) * 1500
    rows = np.flatnonzero(touches.bought)
    rows = rows[np.argsort(seconds[rows], kind="stable")]
    count, when = len(rows), seconds[rows]
    buyers, customer = _customers(touches.person[rows])
    share = np.array([item[3] for item in script.PRODUCTS])
    product = rng.choice(len(share), count, p=share / share.sum())
    quantity = 1 + (rng.random(count) < 0.16) + (rng.random(count) < 0.04)
    code, code_creator, code_spot = _codes(plan, touches, rows, rng)
    price = np.array([item[2] for item in script.PRODUCTS])[product]
    amount = price * quantity - np.where(np.array(code) != "", 3_000, 0)
    refund, refund_seconds = _refunds(plan, when, amount, rng)
    return Orders(
        touch=rows,
        seconds=when,
        number=_numbers(plan, when),
        key=keys(rng, count),
        customer=customer,
        product=product,
        quantity=quantity,
        amount=amount,
        code=code,
        code_creator=code_creator,
        code_spot=code_spot,
        refund=refund,
        refund_seconds=refund_seconds,
        customer_keys=keys(rng, len(buyers)),
        phones=[
            f"13{n:09d}" if known else ""
            for n, known in zip(buyers, rng.random(len(buyers)) < PHONE_SHARE, strict=True)
        ],
    )


def _customers(person: Ints) -> tuple[Ints, Ints]:
    """The persons of orders by their first order, and which of them placed each."""
    buyers, first, which = np.unique(person, return_index=True, return_inverse=True)
    by_first = np.argsort(first)
    rank = np.empty(len(buyers), np.int64)
    rank[by_first] = np.arange(len(buyers))
    return buyers[by_first], rank[which]


def _numbers(plan: Plan, when: Floats) -> list[str]:
    day = (when // 86_400).astype(int)
    first = np.searchsorted(day, day)
    return [
        f"YH{plan.day(d):%y%m%d}{n - f + 1:05d}"
        for n, (d, f) in enumerate(zip(day, first, strict=True))
    ]


def _codes(
    plan: Plan, touches: Touches, rows: Ints, rng: np.random.Generator
) -> tuple[list[str], Ints, Ints]:
    """A creator's code where the way led over that creator's post, a spot's where it began at a poster, else now and then the welcome code."""
    creators = np.array([post.creator for post in plan.posts] + [-1])[touches.post[rows]]
    offline = touches.channel[rows] == CHANNELS.index("offline")
    luck = rng.random((3, len(rows)))
    by_creator = (creators >= 0) & (luck[0] < 0.42)
    by_spot = offline & (luck[1] < 0.7)
    welcome = ~by_creator & ~by_spot & (luck[2] < 0.07)
    code = [
        plan.creators[c].code if a else plan.spots[s].code if b else WELCOME if w else ""
        for a, b, w, c, s in zip(
            by_creator, by_spot, welcome, creators, touches.spot[rows], strict=True
        )
    ]
    return code, np.where(by_creator, creators, -1), np.where(by_spot, touches.spot[rows], -1)


def _refunds(
    plan: Plan, when: Floats, amount: Ints, rng: np.random.Generator
) -> tuple[Ints, Floats]:
    day = when // 86_400
    bad = (day >= plan.bad_week) & (day < plan.bad_week + 7)
    wanted: NDArray[np.bool_] = rng.random(len(when)) < np.where(
        bad, REFUND_SHARE_BAD, REFUND_SHARE
    )
    at = when + (1.5 + rng.exponential(3.0, len(when))) * 86_400
    partly = np.where(rng.random(len(when)) < 0.2, amount // 2, amount)
    return np.where(wanted, partly, 0), at
