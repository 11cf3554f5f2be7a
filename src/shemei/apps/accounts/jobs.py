"""Housekeeping of what belongs to no single room."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.utils import timezone

from shemei.kernel import idempotency, outbox, tasks, throttle
from shemei.kernel.jobs import every


@every(minutes=5)
def sweep_tasks() -> None:
    tasks.sweep()
    throttle.forget_whole()


@every(minutes=60)
def forget() -> None:
    """Old idempotency answers, handled facts, ids of told events and ended sessions."""
    idempotency.forget_old()
    outbox.forget_handled()
    outbox.forget_told()
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
