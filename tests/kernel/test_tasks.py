"""Long tasks: done once, whoever picks them up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError

from shemei.kernel import tasks
from shemei.kernel.errors import UNEXPECTED, ForPeople
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


@pytest.mark.parametrize(
    ("error", "told", "is_logged"),
    [
        (ForPeople("表里没有日期。请换一份导出。"), "表里没有日期。请换一份导出。", False),
        (ValidationError("名字太长。"), "名字太长。", False),
        (KeyError("name"), UNEXPECTED, True),
    ],
)
def test_a_task_says_what_went_wrong_in_words_for_people(
    inside: World, caplog: pytest.LogCaptureFixture, error: Exception, told: str, *, is_logged: bool
) -> None:
    task = tasks.create(inside.brand, LongTask.Kind.IMPORT, "入库", by=inside.owner.actor)

    def work(progress: tasks.Progress) -> str:
        progress.tell(0, 1, "入库")
        raise error

    with pytest.raises(type(error)):
        tasks.run(task, work)
    task.refresh_from_db()
    assert (task.state, task.error) == (LongTask.State.FAILED, told)
    assert ("Traceback" in caplog.text and task.key in caplog.text) is is_logged
