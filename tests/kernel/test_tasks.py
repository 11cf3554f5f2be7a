"""Long tasks: done once, whoever picks them up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shemei.kernel import tasks
from shemei.kernel.models import LongTask

if TYPE_CHECKING:
    from tests.world import World


def test_two_workers_with_the_same_task_do_it_once(inside: World) -> None:
    task = tasks.create(inside.brand, LongTask.Kind.IMPORT, "入库", by=inside.owner.actor)
    done: list[int] = []

    def work(progress: tasks.Progress) -> str:
        tasks.run(LongTask.objects.get(pk=task.pk), lambda _: done.append(2) or "")
        done.append(1)
        return "/there"

    assert tasks.run(task, work).state == LongTask.State.DONE
    tasks.run(LongTask.objects.get(pk=task.pk), work)
    assert done == [1]
