"""Handing out what is held of a person, and erasing it: recorded, under a mark that names nobody."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django_scopes import scope, scopes_disabled

from shemei.apps.audience import personal
from shemei.kernel import audit, tasks
from shemei.kernel.erasure import erase_operational
from shemei.kernel.jobs import enqueue_on_commit, job
from shemei.kernel.models import LongTask
from shemei.kernel.permissions import Permission, require
from shemei.kernel.urls import wurl
from shemei.warehouse import erasure, maintenance
from shemei.warehouse.backup import made_before
from shemei.warehouse.proof import prove
from shemei.warehouse.segments import write_file
from shemei.warehouse.table import open_table
from shemei.warehouse.tombstones import Erased, excluded

if TYPE_CHECKING:
    from shemei.apps.audience.personal import Dossier
    from shemei.kernel.actor import Actor
    from shemei.kernel.workspace import Workspace

LEFT_OPEN = "正在写的分段里还有这个人的事件。已从所有数字里删除；请一分钟后再删除一次，补出证明。"


@transaction.atomic
def export_person(workspace: Workspace, found: Dossier, *, by: Actor) -> bytes:
    """The dossier as a ZIP; who took it is recorded."""
    require(by, Permission.PERSONAL)
    rows = len(found.events) + sum(one.count for one in found.held)
    audit.record("person.exported", None, by=by, workspace=workspace, label=found.mark, rows=rows)
    return personal.as_zip(workspace, found)


@transaction.atomic
def erase_person(workspace: Workspace, found: Dossier, *, by: Actor) -> LongTask:
    """Leave the person out of every answer at once, clear the rooms, and queue the rewriting with its proof."""
    require(by, Permission.PERSONAL)
    home, person = settings.SHEMEI_HOME, found.person
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
    erasure.erase(home, person)
    task = tasks.create(workspace, f"删除个人信息 {found.mark}", by=by)
    enqueue_on_commit(carry_out, task.pk, person.key, rows)
    return task


@job()
def carry_out(task_pk: int, key: str, rows: dict[str, int]) -> None:
    """Rewrite what holds the person and write the proof; killed in the middle, the night does the rest."""
    with scopes_disabled():
        task = LongTask.objects.select_related("workspace").filter(pk=task_pk).first()
    person = next((one for one in excluded(settings.SHEMEI_HOME) if one.key == key), None)
    if task and isinstance(person, Erased):
        with scope(workspace=task.workspace):
            tasks.run(task, partial(_carry_out, task.workspace, person, rows))


def _carry_out(
    workspace: Workspace, person: Erased, rows: dict[str, int], progress: tasks.Progress
) -> str:
    home = settings.SHEMEI_HOME

    def tell(step: str, done: int, total: int) -> None:
        progress.tell(done, total, step)

    maintenance.erase_now(home, person, tell)
    proof = prove(home, person, tell)
    folder = personal.proof_folder(workspace)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    more = {
        "rooms": rows,
        "log_version": open_table(home).version(),
        "backups": made_before(home, person.until, keep_days=settings.SHEMEI_BACKUP_DAYS),
    }
    write_file(folder / f"{person.key}.json", personal.with_more(proof, more))
    if not proof.complete:
        raise RuntimeError(LEFT_OPEN)
    return wurl(workspace, "audience:proof", person.key)
