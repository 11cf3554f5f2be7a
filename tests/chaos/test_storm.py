"""Faults of all kinds on everything that stores, under load; after each one the books must be right.

``SHEMEI_STORM`` sets how many (8; two hundred take about half an hour), ``SHEMEI_SEED`` which:
``SHEMEI_STORM=200 SHEMEI_SEED=1 pytest tests/chaos/test_storm.py -s``. The same seed draws the same faults.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from tests.chaos.storm import FAULTS, WORKS, Storm, draw

if TYPE_CHECKING:
    from pathlib import Path

COUNT = int(os.environ.get("SHEMEI_STORM", "8"))
SEED = int(os.environ.get("SHEMEI_SEED", "4711"))


def test_a_seed_draws_the_same_faults_and_two_hundred_meet_every_work() -> None:
    assert draw(1, 20) == draw(1, 20) != draw(2, 20)
    many = draw(1, 200)
    assert {one.work for one in many} == set(WORKS)
    assert {one.fault for one in many} == set(FAULTS)


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_or_doubled_and_every_refusal_is_explained(
    tmp_path: Path,
) -> None:
    ends: Counter[str] = Counter()
    wrong: list[str] = []
    with Storm(tmp_path) as storm:
        for one in draw(SEED, COUNT):
            end = storm.strike(one)
            ends[f"{one.work} {one.fault}"] += 1
            found = storm.audit()
            print(f"{one.number} {one.work} {one.fault} -> {end}", *found, sep="\n    ", flush=True)
            wrong += [f"{one.number} {one.work} {one.fault}: {what}" for what in found]
        books = storm.books
    print(f"seed {SEED}: {sum(ends.values())} faults, {len(books.clicks)} clicks acknowledged,")
    print(
        f"{len(books.orders)} orders, {len(books.erased)} erased, refused: {dict(books.refusals)}"
    )
    assert wrong == []
    assert len(books.clicks) > COUNT
