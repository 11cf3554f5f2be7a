"""Handing out what is held of a person, erasing it, and saying how long events are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from shemei.apps.audience import handout, jobs
from shemei.kernel import audit, tasks
from shemei.kernel.erasure import erase_operational
from shemei.kernel.jobs import enqueue_on_commit
from shemei.kernel.models import LongTask
from shemei.kernel.permissions import Permission, require
from shemei.warehouse.upkeep import erasure, retention
from shemei.warehouse.vocabulary import KIND_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shemei.apps.audience.personal import Dossier
    from shemei.kernel.actor import Actor
    from shemei.kernel.workspace import Workspace


@transaction.atomic
def export_person(workspace: Workspace, found: Dossier, *, by: Actor) -> bytes:
    """The dossier as a ZIP; who took it is recorded, under a mark that names nobody."""
    require(by, Permission.PERSONAL)
    rows = len(found.events) + sum(one.count for one in found.held)
    audit.record("person.exported", None, by=by, workspace=workspace, label=found.mark, rows=rows)
    return handout.as_zip(workspace, found)


@transaction.atomic
def erase_person(workspace: Workspace, found: Dossier, *, by: Actor) -> LongTask:
    """Leave the person out of every answer at once, clear the rooms, and queue the rewriting with its proof."""
    require(by, Permission.PERSONAL)
    person = found.person
    rows = erase_operational(workspace, person)
    audit.record(
        "person.erased",
        None,
        by=by,
        workspace=workspace,
        label=found.mark,
        events=person.rows,
        rows=sum(rows.values()),
    )
    erasure.erase(settings.SHEMEI_HOME, person)
    task = tasks.create(workspace, LongTask.Kind.ERASURE, f"删除个人信息 {found.mark}", by=by)
    enqueue_on_commit(jobs.carry_out, task.pk, person.key, rows)
    return task


@transaction.atomic
def set_retention(workspace: Workspace, days: Mapping[str, int], *, by: Actor) -> None:
    """Keep the events of each kind for so many days from tonight on; kinds not named are kept for ever."""
    require(by, Permission.WORKSPACE)
    told = "、".join(f"{KIND_NAMES[kind]} {count} 天" for kind, count in days.items())
    audit.record("retention.set", None, by=by, workspace=workspace, kept=told or "全部永远保留")
    retention.keep(settings.SHEMEI_HOME, workspace.key, dict(days))
