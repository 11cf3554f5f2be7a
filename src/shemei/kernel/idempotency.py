"""``Idempotency-Key``: the same request twice is done once and answered alike.

The record is written in the transaction of the work itself. A second request with the same key waits at the
database's UNIQUE constraint until the first has committed (and then repeats its answer) or has rolled back
(and then does the work). Only answers of finished work are kept; a refused request may be tried again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django_scopes import scopes_disabled

from shemei.kernel.models import IdempotencyRecord

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace

KEPT = timedelta(days=2)
MAX_KEY = 255


class Conflict(Exception):
    """The key was used before for a different request."""


class _Taken(Exception):
    """Somebody else has the key."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered: HTTP status and JSON text."""

    status: int
    body: str
    replayed: bool = False


def once(workspace: Workspace, key: str, request: bytes, work: Callable[[], Answer]) -> Answer:
    """Do ``work`` for ``key`` at most once; a later call with the same ``request`` gets the same answer.

    Raises :class:`Conflict` where ``key`` belongs to another request.
    """
    name, digest = _hash(key.encode()), _hash(request)
    try:
        return _first(workspace, name, digest, work)
    except _Taken:
        return _again(workspace, name, digest)


@transaction.atomic
def _first(workspace: Workspace, name: str, digest: str, work: Callable[[], Answer]) -> Answer:
    record = IdempotencyRecord(workspace=workspace, name=name, request_hash=digest)
    if IdempotencyRecord.objects.filter(workspace=workspace, name=name).exists():
        raise _Taken
    try:
        record.save(force_insert=True)
    except IntegrityError:
        raise _Taken from None
    answer = work()
    record.status, record.body = answer.status, answer.body
    record.save(update_fields=["status", "body"])
    return answer


def _again(workspace: Workspace, name: str, digest: str) -> Answer:
    record = IdempotencyRecord.objects.get(workspace=workspace, name=name)
    if record.request_hash != digest:
        raise Conflict("这个 Idempotency-Key 用过，但那次的内容不同。请为新的请求换一个键。")
    return Answer(record.status, record.body, replayed=True)


def forget_old() -> int:
    """Delete answers that are too old to be asked for again; returns how many."""
    with scopes_disabled():
        return IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
