"""The outbox: events and facts are rows of the same transaction as the change they tell of.

The relay stamps event rows with a segment number *before* it writes that segment, so a retry after
a kill writes the same segment again and the loader drops it: each event reaches the lake once.
"""

from __future__ import annotations

import fcntl
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from shemei.kernel.jobs import load_jobs
from shemei.kernel.keys import new_code
from shemei.kernel.models import FactRecord, OutboxEvent, OutboxStream, ToldEvent
from shemei.warehouse.log.ingest import checked
from shemei.warehouse.log.segments import write_segment
from shemei.warehouse.vocabulary import Event, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from shemei.kernel.workspace import Workspace
    from shemei.warehouse.home import Home

SEGMENT_ROWS = 50_000
RETRY_AFTER = (
    timedelta(seconds=2),
    timedelta(seconds=30),
    timedelta(minutes=5),
    timedelta(hours=1),
)
MAX_ATTEMPTS = len(RETRY_AFTER) + 1
HANDLED_KEPT = timedelta(days=7)
TOLD_KEPT = timedelta(days=35)
"""Longer than a program may look back (``tracking.api``): a forgotten id is too old to be told again."""
TRIES = 4


_types: dict[str, type[Any]] = {}
_listeners: dict[str, list[Callable[[Any], None]]] = defaultdict(list)


def listens(fact: type[Any]) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Register a handler in a room's ``jobs.py``; handlers must be idempotent."""

    def register(handler: Callable[[Any], None]) -> Callable[[Any], None]:
        _types[_name(fact)] = fact
        _listeners[_name(fact)].append(handler)
        return handler

    return register


def _name(fact: type[Any]) -> str:
    return f"{fact.__module__}.{fact.__qualname__}"


def emit(fact: Any, *, workspace: Workspace) -> None:
    """Put a fact, and the events it tells the log, into the outbox of the current transaction."""
    if hasattr(fact, "to_events"):
        log(fact.to_events(), workspace=workspace)
    load_jobs()
    if _listeners.get(_name(type(fact))):
        FactRecord.objects.create(workspace=workspace, name=_name(type(fact)), payload=asdict(fact))


def emit_all(facts: Sequence[Any], *, workspace: Workspace) -> None:
    """Like :func:`emit` for many facts of one type at once, as an import tells them."""
    if not facts:
        return
    log((event for fact in facts for event in fact.to_events()), workspace=workspace)
    load_jobs()
    name = _name(type(facts[0]))
    if _listeners.get(name):
        rows = [FactRecord(workspace=workspace, name=name, payload=asdict(f)) for f in facts]
        FactRecord.objects.bulk_create(rows, batch_size=2_000)


def log(events: Iterable[Event], *, workspace: Workspace) -> int:
    """Put events into the outbox of the current transaction; returns how many.

    An event that the loader would set aside is refused here, where its maker can still be told.
    """
    rows = [OutboxEvent(workspace=workspace, event=_text(event)) for event in events]
    OutboxEvent.objects.bulk_create(rows, batch_size=2_000)
    return len(rows)


def log_once(events: Sequence[Event], *, workspace: Workspace) -> set[str]:
    """Put those events into the outbox whose ids no program has told before; returns the ids put there.

    Two programs that tell the same event at the same moment meet at the database's UNIQUE constraint; they
    walk along it in one order, so that neither waits for the other to move.
    """
    first = {event.event_id: event for event in reversed(events)}
    for tried in range(TRIES):
        try:
            with transaction.atomic():
                return _log_unknown(first, workspace)
        except IntegrityError:
            if tried == TRIES - 1:
                raise
    return set()


def _log_unknown(first: dict[str, Event], workspace: Workspace) -> set[str]:
    known = ToldEvent.objects.filter(workspace=workspace, event_id__in=list(first))
    told = {str(event_id) for event_id in known.values_list("event_id", flat=True)}
    fresh = [event for event in first.values() if event.event_id not in told]
    ToldEvent.objects.bulk_create(
        ToldEvent(workspace=workspace, event_id=name)
        for name in sorted(event.event_id for event in fresh)
    )
    log(fresh, workspace=workspace)
    return {event.event_id for event in fresh}


def forget_told() -> int:
    """Delete ids of events told so long ago that they cannot be told again; returns how many."""
    with scopes_disabled():
        old = ToldEvent.objects.filter(created_at__lt=timezone.now() - TOLD_KEPT)
        return old.delete()[0]


def _text(event: Event) -> str:
    try:
        return orjson.dumps(checked(stamp(event).as_dict())).decode()
    except (ValueError, OverflowError) as error:
        raise ValueError(f"an event ({event.kind}) cannot go into the log: {error}") from error


def relay(home: Home) -> int:
    """Write everything that waits to the spool, stamped segments first; returns events written.

    One relay runs at a time; another process that tries meanwhile leaves the work to it.
    """
    written = 0
    with _only_relay(home) as mine, scopes_disabled():
        if not mine:
            return 0
        stream = _stream()
        for number in _stamped():
            written += _write(home, stream.stream, number)
        while (number := _stamp_next(stream)) is not None:
            written += _write(home, stream.stream, number)
    return written


@contextmanager
def _only_relay(home: Home) -> Iterator[bool]:
    home.spool.mkdir(parents=True, exist_ok=True)
    with (home.spool / ".relay.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _stamped() -> list[int]:
    stamped = OutboxEvent.objects.filter(segment__isnull=False)
    return sorted(stamped.values_list("segment", flat=True).distinct())


def waiting() -> int:
    """How many events wait in the database."""
    with scopes_disabled():
        return OutboxEvent.objects.count()


def _stream() -> OutboxStream:
    fresh = {"stream": f"outbox-{new_code(16)}"}
    return OutboxStream.objects.get_or_create(pk=1, defaults=fresh)[0]


@transaction.atomic
def _stamp_next(stream: OutboxStream) -> int | None:
    locked = OutboxStream.objects.select_for_update().get(pk=stream.pk)
    ids = (
        OutboxEvent.objects.filter(segment__isnull=True)
        .order_by("id")
        .values_list("id", flat=True)[:SEGMENT_ROWS]
    )
    last = max(ids, default=None)
    if last is None:
        return None
    number = locked.last_segment + 1
    OutboxEvent.objects.filter(segment__isnull=True, id__lte=last).update(segment=number)
    OutboxStream.objects.filter(pk=stream.pk).update(last_segment=number)
    return number


def _write(home: Home, stream: str, number: int) -> int:
    rows = OutboxEvent.objects.filter(segment=number).order_by("id")
    events = [Event(**orjson.loads(text)) for text in rows.values_list("event", flat=True)]
    write_segment(home.spool / stream, number, events)
    rows.delete()
    return len(events)


def dispatch(limit: int = 500) -> int:
    """Hand due facts to their listeners; a failing one is tried again later, five times in all."""
    load_jobs()
    handled = 0
    with scopes_disabled():
        due = FactRecord.objects.filter(handled_at=None, attempts__lt=MAX_ATTEMPTS)
        due = due.filter(due_at__lte=timezone.now()).select_related("workspace")
        records = list(due.order_by("id")[:limit])
    for record in records:
        with scope(workspace=record.workspace):
            handled += _handle(record)
    return handled


def _handle(record: FactRecord) -> int:
    mine = FactRecord.objects.filter(pk=record.pk, handled_at=None)
    try:
        with transaction.atomic():
            if not mine.update(handled_at=timezone.now(), error=""):
                return 0
            for handler in _listeners.get(record.name, []):
                handler(_types[record.name](**record.payload))
    except Exception as error:  # a listener's defect must not stop the others; it is kept and shown
        attempts = record.attempts + 1
        pause = RETRY_AFTER[min(attempts, len(RETRY_AFTER)) - 1]
        mine.update(attempts=attempts, error=repr(error), due_at=timezone.now() + pause)
        return 0
    return 1


def failed() -> int:
    """How many facts were given up on."""
    with scopes_disabled():
        return FactRecord.objects.filter(handled_at=None, attempts__gte=MAX_ATTEMPTS).count()


def forget_handled() -> int:
    """Delete facts that were handled long ago; returns how many."""
    with scopes_disabled():
        old = FactRecord.objects.filter(handled_at__lt=timezone.now() - HANDLED_KEPT)
        return old.delete()[0]
