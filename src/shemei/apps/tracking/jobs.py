"""Keeps the edge's copies of links and sites true: at once, after a failure, by the clock."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django_scopes import scope, scopes_disabled

from shemei.apps.accounts.facts import WorkspaceChanged
from shemei.apps.tracking import book, checkup, figures
from shemei.apps.tracking.models import Link
from shemei.kernel.figures import are_there
from shemei.kernel.jobs import every, job
from shemei.kernel.outbox import listens

if TYPE_CHECKING:
    from collections.abc import Iterable

_log = logging.getLogger(__name__)


@job(retries=5, retry_delay=10)
def publish_links(ids: list[int]) -> int:
    return book.publish(ids)


@job(retries=5, retry_delay=10)
def publish_sites() -> int:
    return book.publish_sites()


@job(retries=5, retry_delay=10)
def publish_put_back() -> int:
    return book.publish_put_back()


@listens(WorkspaceChanged)
def follow_counting(fact: WorkspaceChanged) -> None:
    if "confirmed_only" in fact.fields:
        book.publish_confirming()


@every(minutes=30)
def mend_book() -> None:
    mend()


def mend() -> bool:
    """Write the book anew where it does not say what the database says; at the worker's start too."""
    state = book.check()
    if state.is_whole:
        book.publish_sites()
        book.publish_put_back()
        book.publish_confirming()
        return False
    _log.warning("the link book had %d stale links and is written anew", len(state.stale))
    book.republish()
    return True


@every(minutes=10)
def count_limited() -> None:
    count_clicks_of_limited()


def count_clicks_of_limited() -> int:
    """Tell the edge how often limited links have been opened, which its memory forgets; how many changed."""
    if not are_there():
        return 0
    changed = []
    with scopes_disabled():
        for link in Link.objects.filter(routing__has_key="limit", is_active=True).with_brand():
            seen = figures.clicks_since(link.workspace, link)
            if seen > link.clicks_seen:
                rows = Link.objects.filter(pk=link.pk)
                rows.update(clicks_seen=seen, version=F("version") + 1)
                changed.append(link.pk)
    if changed:
        book.publish(changed)
    return len(changed)


@every(minutes=60)
def check_all_links() -> None:
    """Each link once a day."""
    with scopes_disabled():
        owners = Link.objects.live().order_by().values_list("workspace", flat=True).distinct()
        found = [link.workspace for link in map(_any_of, owners) if link.workspace.is_active]
    for workspace in found:
        with scope(workspace=workspace):
            checkup.check_links(workspace, older_than=timedelta(hours=23))


@job()
def check_links_now(workspace_id: int) -> None:
    with scopes_disabled():
        workspace = _any_of(workspace_id).workspace
    with scope(workspace=workspace):
        checkup.check_links(workspace)


def _any_of(workspace_id: int) -> Link:
    return Link.objects.filter(workspace_id=workspace_id).select_related("workspace")[0]


def links_on_commit(links: Iterable[Link]) -> None:
    """Bring links to the edge when the transaction has ended well, before the answer goes out."""
    transaction.on_commit(partial(_links_now_or_later, [link.pk for link in links]))


def sites_on_commit() -> None:
    """Write the site file when the transaction has ended well: once, however much changed in it."""
    if not any(waiting[1] is _sites_now_or_later for waiting in _waiting()):
        transaction.on_commit(_sites_now_or_later)


def _waiting() -> list[tuple[object, ...]]:
    return list(transaction.get_connection().run_on_commit)


def put_back_on_commit() -> None:
    transaction.on_commit(_put_back_now_or_later)


def _links_now_or_later(ids: list[int]) -> None:
    try:
        book.publish(ids)
    except OSError:
        _log.exception("the link book could not be written; the worker tries again")
        publish_links(ids)


def _sites_now_or_later() -> None:
    try:
        book.publish_sites()
    except OSError:
        _log.exception("the site file could not be written; the worker tries again")
        publish_sites()


def _put_back_now_or_later() -> None:
    try:
        book.publish_put_back()
    except OSError:
        _log.exception("the list of clicks put back could not be written; the worker tries again")
        publish_put_back()
