"""What may go into the outbox: what the loader would set aside is refused where it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shemei.kernel import outbox
from shemei.warehouse.log.loader import Accounting, accounting, load
from shemei.warehouse.vocabulary import Event

if TYPE_CHECKING:
    from shemei.warehouse.home import Home
    from tests.world import World

TS = 1_790_000_000_000_000


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"ts": 0}, "day 19700101 is impossible"),
        ({"ts": 0, "day": 20261101}, "ts 0 is impossible"),
        ({"kind": "teleport"}, "not in the vocabulary"),
        ({"quantity": 2**40}, "quantity is out of range"),
        ({"ts": 2**62}, "cannot go into the log"),
    ],
)
def test_an_event_the_log_cannot_take_is_refused_with_its_reason(
    inside: World, wrong: dict[str, Any], reason: str
) -> None:
    event = Event(**{"kind": "click", "workspace": inside.brand.key, "ts": TS} | wrong)
    with pytest.raises(ValueError, match=reason):
        outbox.log([event], workspace=inside.brand)
    assert outbox.waiting() == 0


def test_an_event_that_is_right_reaches_the_log(inside: World, home: Home) -> None:
    event = Event(kind="click", workspace=inside.brand.key, ts=TS)
    assert outbox.log([event], workspace=inside.brand) == 1
    outbox.relay(home)
    load(home)
    assert accounting(home) == Accounting(1, 1, 0, 0)
