"""How the demo's pages are passed on from friend to friend: which, by whom, and through how many hands."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shemei.demo.people import Ints
from shemei.demo.sheet import coded

PAGES: dict[str, tuple[float, float]] = {
    "/quiz": (0.31, 0.52),
    "/p/barrier-cream": (0.21, 0.36),
    "/huanji": (0.17, 0.42),
    "/": (0.13, 0.20),
    "/p/ceramide-serum": (0.09, 0.30),
    "/p/cleanser": (0.06, 0.24),
    "/p/mist": (0.03, 0.18),
}
"""What friends send: how much of it each page is, and the chance that who got it sends it on once more.

A quiz is sent on because the friend's result is of interest; the first page of a shop hardly is."""

MOST, SHARERS = 6, 1_800


def passed_on(is_share: Ints, page: pa.Array, seed: int) -> dict[str, pa.Array]:
    """The page of each visit, who passed it on and the number of hands; "" and 0 where nobody did.

    ``is_share`` is 1 for visits that a friend brought; a few people bring most of them. The others
    keep their ``page``.
    """
    rng = np.random.default_rng(seed)
    share, further = np.array(list(PAGES.values())).T
    sent = rng.choice(len(PAGES), len(is_share), p=share / share.sum())
    depth = np.minimum(rng.geometric(1 - further[sent]), MOST)
    who = (SHARERS * rng.random(len(is_share)) ** 3).astype(np.int64)
    text = rng.bytes(6 * SHARERS).hex()
    marks = [text[at : at + 12] for at in range(0, len(text), 12)]
    did = is_share == 1
    return {
        "page": pc.if_else(pa.array(did), coded(list(PAGES), sent), page),
        "shared_by": coded(marks, np.where(did, who, -1)),
        "share_depth": pa.array(np.where(did, depth, 0)),
    }
