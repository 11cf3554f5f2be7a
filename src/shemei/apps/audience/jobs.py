"""What the worker does for the audience room: carrying out an erasure."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django_scopes import scope, scopes_disabled

from shemei.apps.audience import proofs
from shemei.kernel import tasks
from shemei.kernel.errors import ForPeople
from shemei.kernel.jobs import job
from shemei.kernel.models import LongTask
from shemei.kernel.urls import wurl
from shemei.warehouse.log.table import open_table
from shemei.warehouse.log.tombstones import Erased, excluded
from shemei.warehouse.upkeep import maintenance
from shemei.warehouse.upkeep.backup import made_before
from shemei.warehouse.upkeep.proof import prove

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace

LEFT_OPEN = "正在写的分段里还有这个人的事件。已从所有数字里删除；请一分钟后再删除一次，补出证明。"
STOPPED = (
    "出了没有料到的错，停下了。已从所有数字里删除，文件今夜接着改写；"
    "要证明请再删除一次，还是这样，请管理员看服务器的日志。"
)


@job()
def carry_out(task_pk: int, key: str, rows: dict[str, int]) -> None:
    """Rewrite what holds the person and write the proof; killed in the middle, the night does the rest."""
    with scopes_disabled():
        task = LongTask.objects.select_related("workspace").filter(pk=task_pk).first()
    person = next((one for one in excluded(settings.SHEMEI_HOME) if one.key == key), None)
    if task and isinstance(person, Erased):
        with scope(workspace=task.workspace):
            work = partial(_carry_out, task.workspace, person, rows)
            tasks.run(task, work, unexpected=STOPPED)


def _carry_out(
    workspace: Workspace, person: Erased, rows: dict[str, int], progress: tasks.Progress
) -> str:
    home = settings.SHEMEI_HOME

    def tell(step: str, done: int, total: int) -> None:
        progress.tell(done, total, step)

    maintenance.erase_now(home, person, tell)
    proof = prove(home, person, tell)
    more = {
        "rooms": rows,
        "log_version": open_table(home).version(),
        "backups": made_before(home, person.until, keep_days=settings.SHEMEI_BACKUP_DAYS),
    }
    proofs.keep(workspace, proof, more)
    if not proof.complete:
        raise ForPeople(LEFT_OPEN)
    return wurl(workspace, "audience:proof", person.key)
