"""How the demo's pages are passed on from friend to friend: by whom, and through how many hands."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from shemei.demo.people import Ints
from shemei.demo.sheet import coded

PASSED = 0.34
"""So much of what seems to come by itself came from an address that a friend passed on."""

FURTHER = 0.38
"""Who got a page from a friend passes it on with this chance once more, and so on."""

MOST, SHARERS = 6, 1_800


def passed_on(may: Ints, seed: int) -> dict[str, pa.Array]:
    """Who passed on the page of each visit, and the number of hands; "" and 0 where nobody did.

    ``may`` is 1 for visits that can have come so. A few people bring most of the visits.
    """
    rng = np.random.default_rng(seed)
    did = (may == 1) & (rng.random(len(may)) < PASSED)
    depth = np.minimum(rng.geometric(1 - FURTHER, len(may)), MOST)
    who = (SHARERS * rng.random(len(may)) ** 3).astype(np.int64)
    text = rng.bytes(6 * SHARERS).hex()
    marks = [text[at : at + 12] for at in range(0, len(text), 12)]
    return {
        "shared_by": coded(marks, np.where(did, who, -1)),
        "share_depth": pa.array(np.where(did, depth, 0)),
    }
