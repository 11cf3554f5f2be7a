"""A limit that all web processes share: a burst, then a trickle, never two for one token."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django_scopes import scope, scopes_disabled

from shemei.apps.insight import api as insight
from shemei.kernel import api_middleware
from shemei.kernel.models import Allowance
from shemei.kernel.throttle import AtOnce, Limit, forget_whole

if TYPE_CHECKING:
    from tests.world import World

LIMIT = Limit("form", burst=3, per_second=0.5)


def test_a_burst_then_one_every_two_seconds(inside: World) -> None:
    def take(now: float, who: str = "a") -> float:
        return LIMIT.take(inside.brand, who, now=now)

    assert [take(100.0) for _ in range(4)] == [0, 0, 0, 2]
    assert (take(101.0), take(102.0), take(102.5)) == (1, 0, 1.5)
    assert take(102.5, "b") == 0
    assert [take(1000.0) for _ in range(4)] == [0, 0, 0, 2]


def test_brands_do_not_share_and_what_is_whole_is_deleted(inside: World) -> None:
    for _ in range(3):
        LIMIT.take(inside.brand, "a", now=100.0)
    with scope(workspace=inside.other_brand):
        assert LIMIT.take(inside.other_brand, "a", now=100.0) == 0
    assert forget_whole(now=103.0) == 1
    assert forget_whole(now=107.0) == 1
    assert not Allowance.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_no_more_than_there_is() -> None:
    from tests.world import tell

    world, got, together = tell(), [], threading.Barrier(8)

    def send() -> None:
        together.wait()
        with scopes_disabled():
            got.extend(LIMIT.take(world.brand, "a", now=100.0) for _ in range(3))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(got), got.count(0.0)) == (24, 3)


def test_turns_side_by_side_are_counted_by_one_process_and_the_pages_say_so() -> None:
    """Two doors are two processes' doors: neither knows who went through the other."""
    here, there = AtOnce(most=1, patience=0), AtOnce(most=1, patience=0)
    with here.one("k") as first, here.one("k") as second, there.one("k") as elsewhere:
        assert (first, second, elsewhere) == (True, False, True)
    settings = (Path(__file__).parents[2] / "docs/reference/settings.md").read_text()
    bucket, asking = api_middleware.BUCKET, insight.ASKING
    assert f"每把密钥每秒 {bucket.per_second} 次，一下最多 {bucket.burst} 次" in settings
    assert f"每把密钥 {asking.most} 个，再来的等 {asking.patience} 秒" in settings
