"""Whom this brand has erased: keyed hashes that name nobody, so that a later file does not bring a person back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shemei.kernel.crypto import identity_hash
from shemei.kernel.models import ErasedMark
from shemei.warehouse.vocabulary import visitor_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from shemei.kernel.workspace import Workspace
    from shemei.warehouse.log.tombstones import Erased
    from shemei.warehouse.vocabulary import Event

Identity = tuple[str, str]
"""What kind of identity it is, and its value: ``("phone", the hash)``, ``("order", its number)``."""
IN_LOG = "in_log"
"""A mark on an erased order that the log goes on to hold, because it never named the person there."""
RETURN = "return"
"""A mark on the number of a cancellation that an erased person had made before."""
_KINDS = {"visitor_key": "visitor", "customer": "customer", "phone": "phone", "order_id": "order"}
_AT_ONCE = 400


def identities_of(person: Erased) -> set[Identity]:
    """What a tombstone knows a person by."""
    named = {
        (_KINDS[column], str(value)) for column, some in person.named().items() for value in some
    }
    return named | {("click", click) for click in person.clicks}


def remember(workspace: Workspace, identities: Iterable[Identity], until: int) -> None:
    """Keep for good that these were erased; what they did up to ``until`` (UTC microseconds) is stored no more."""
    names = {_name(workspace, one) for one in identities if one[1]}
    ErasedMark.objects.bulk_create(
        [ErasedMark(workspace=workspace, name=name, until=until) for name in sorted(names)],
        ignore_conflicts=True,
        batch_size=_AT_ONCE,
    )
    for part in _parts(sorted(names)):
        ErasedMark.objects.filter(name__in=part, until__lt=until).update(until=until)


def remember_person(workspace: Workspace, person: Erased) -> None:
    """Keep for good who was erased; the person's orders leave the log, also those that had stayed before."""
    remember(workspace, identities_of(person), person.until)
    stayed = sorted(_name(workspace, (IN_LOG, number)) for number in person.orders)
    for part in _parts(stayed):
        ErasedMark.objects.filter(name__in=part).delete()


def erased_until(workspace: Workspace, identities: Iterable[Identity]) -> dict[Identity, int]:
    """Which of these were erased, and up to which moment."""
    if not ErasedMark.objects.exists():
        return {}
    asked = {_name(workspace, one): one for one in identities if one[1]}
    found: dict[Identity, int] = {}
    for part in _parts(sorted(asked)):
        rows = ErasedMark.objects.filter(name__in=part).values_list("name", "until")
        found |= {asked[name]: until for name, until in rows}
    return found


def is_erased(identities: Iterable[Identity], moment: int, gone: Mapping[Identity, int]) -> bool:
    """Whether what was done at ``moment`` is an erased person's.

    An erased order names nobody ever again; of a person only what was done up to the erasure is
    gone, what comes later is a new act.
    """
    return any(one in gone and (one[0] == "order" or moment <= gone[one]) for one in identities)


def off_the_log(workspace: Workspace, orders: Iterable[str]) -> set[str]:
    """Which of these orders left the log together with their person.

    Their money is in no sum any more. So the log is told nothing more of them either: a correction or a
    refund would stand there alone, and be taken off what others paid.
    """
    numbers = set(filter(None, orders))
    asked = {(kind, number) for number in numbers for kind in ("order", IN_LOG)}
    gone = erased_until(workspace, asked)
    return {n for n in numbers if ("order", n) in gone and (IN_LOG, n) not in gone}


def without_erased(workspace: Workspace, events: Sequence[Event]) -> list[Event]:
    """The events, those of what an erased person did before the erasure without the person."""
    named = {one for event in events for one in _identities(event)}
    gone = erased_until(workspace, named)
    unknown = off_the_log(workspace, (number for kind, number in gone if kind == "order"))
    return [
        _nameless(event, unknown) if is_erased(_identities(event), event.ts, gone) else event
        for event in events
    ]


def _identities(event: Event) -> Iterator[Identity]:
    yield from (("phone", event.phone), ("customer", event.customer), ("order", event.order_id))
    yield "click", event.click_id
    if event.visitor:
        yield "visitor", str(visitor_key(event.visitor))


def _nameless(event: Event, unknown: set[str]) -> Event:
    order = "" if event.order_id in unknown else event.order_id
    nobody = {"visitor": "", "phone": "", "customer": "", "click_id": "", "region": ""}
    return replace(event, order_id=order, **nobody)


def _name(workspace: Workspace, identity: Identity) -> str:
    return identity_hash(workspace.key, f"erased:{identity[0]}", identity[1])


def _parts(names: list[str]) -> Iterable[list[str]]:
    return (names[at : at + _AT_ONCE] for at in range(0, len(names), _AT_ONCE))
