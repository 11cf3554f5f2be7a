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


def without_erased(workspace: Workspace, events: Sequence[Event]) -> list[Event]:
    """The events, those of what an erased person did before the erasure without the person."""
    named = {one for event in events for one in _identities(event)}
    gone = erased_until(workspace, named)
    return [
        _nameless(event) if is_erased(_identities(event), event.ts, gone) else event
        for event in events
    ]


def _identities(event: Event) -> Iterator[Identity]:
    yield from (("phone", event.phone), ("customer", event.customer), ("order", event.order_id))
    yield "click", event.click_id
    if event.visitor:
        yield "visitor", str(visitor_key(event.visitor))


def _nameless(event: Event) -> Event:
    return replace(event, visitor="", phone="", customer="", click_id="", region="")


def _name(workspace: Workspace, identity: Identity) -> str:
    return identity_hash(workspace.key, f"erased:{identity[0]}", identity[1])


def _parts(names: list[str]) -> Iterable[list[str]]:
    return (names[at : at + _AT_ONCE] for at in range(0, len(names), _AT_ONCE))
