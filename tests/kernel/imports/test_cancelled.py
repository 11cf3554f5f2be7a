"""An import that was cancelled and gives no sign of life is ended, never taken up again."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from django.utils import timezone

from shemei.__main__ import main
from shemei.apps.commerce.models import Order
from shemei.kernel import tasks
from shemei.kernel.actor import SYSTEM
from shemei.kernel.imports import actions, files, jobs
from shemei.kernel.imports.models import ImportBatch
from shemei.kernel.models import AuditEntry, LongTask, OutboxEvent

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

State = ImportBatch.State


class Hung(BaseException):
    """Stands for a process that no longer moves: nothing after it runs."""


@pytest.fixture
def place(inside: World, home: Home, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(actions, "CHUNK_GROUPS", 10)
    return inside


def ready(place: World) -> ImportBatch:
    rows = "".join(f"M{n:05d},2026-11-03,{n + 1}\n" for n in range(35))
    data = io.BytesIO(f"订单号,付款时间,实付\n{rows}".encode())
    batch = actions.receive(place.brand, data, "o.csv", by=SYSTEM, kind="orders")
    return actions.check(batch, by=SYSTEM)


def hung(batch: ImportBatch, step: str, monkeypatch: pytest.MonkeyPatch, **task: Any) -> None:
    """Begin a step as the pages do and leave it standing in the middle; ``task`` is how its task then is."""
    jobs.begin(batch, step, by=SYSTEM)

    def stand(done: int, *_: Any) -> None:
        if done >= 20:
            raise Hung

    work = actions.check if step == "check" else actions.write
    with monkeypatch.context() as patch, pytest.raises(Hung):
        patch.setattr(actions, "_take_back", lambda *_: None)
        patch.setattr(actions, "words_of", lambda *_: "")
        work(batch, by=SYSTEM, tell=stand)
    ImportBatch.objects.filter(pk=batch.pk).update(state=jobs.STEPS[step][1])
    silent(batch, **task)


def silent(batch: ImportBatch, **task: Any) -> None:
    long_ago = timezone.now() - timedelta(minutes=4)
    LongTask.objects.filter(pk=batch.task_id).update(updated_at=long_ago, **task)
    ImportBatch.objects.filter(pk=batch.pk).update(touched_at=long_ago)


def after(batch: ImportBatch) -> tuple[str, str]:
    assert jobs.resume_stalled.call_local() == 1
    found = ImportBatch.objects.select_related("task").get(pk=batch.pk)
    assert found.task_id == batch.task_id, "nothing is taken up again"
    assert jobs.resume_stalled.call_local() == 0
    return found.state, found.task.state


@pytest.mark.parametrize("state", ["running", "failed"])
def test_a_writing_that_hangs_after_it_was_cancelled_is_taken_back(
    place: World, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    batch = ready(place)
    hung(batch, "write", monkeypatch, state=state, cancel_requested=True)
    assert Order.objects.count() == 20
    told = after(batch)
    assert told == (State.CANCELLED, "cancelled" if state == "running" else "failed")
    assert Order.objects.count() == OutboxEvent.objects.count() == 0
    assert AuditEntry.objects.filter(verb="import.cancelled").count() == 1
    assert not list(files.folder(batch.key).glob(f"{files.SOURCE}*"))


def test_the_list_says_what_became_of_an_import_and_its_file_counts_what_is_in(
    place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = ready(place)
    url = place.url("imports:history")

    def row() -> str:
        text = re.sub(r"<[^>]*>", " ", place.client().get(url).text)
        return " ".join(text[text.index(batch.file_name) :].split())

    assert "35 单，待入库" in row()
    hung(batch, "write", monkeypatch, state="running", cancel_requested=True)
    after(batch)
    assert "没有入库" in row() and "35 单" not in row()
    file = place.client().get(url + "?export=csv").content.decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(file)))["新增"] == "0"
    assert "可新增，没有入库" in place.client().get(place.url("imports:batch", batch.key)).text
    ImportBatch.objects.filter(pk=batch.pk).update(state=State.FAILED)
    assert "没有入库" in row()
    refused = place.client().post(place.url("imports:undo", batch.key))
    assert refused.status_code == 409
    assert "可新增，没有入库" in refused.text and "有变化，没有入库" in refused.text


def test_what_is_cancelled_while_others_are_seen_to_is_ended_too(
    place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of what stalled is read once; a member may cancel before its turn comes."""
    batch = ready(place)
    hung(batch, "write", monkeypatch, state="running")
    claimed = jobs._claimed

    def cancel_first(one: ImportBatch) -> bool:
        tasks.cancel(LongTask.objects.get(pk=one.task_id))
        return claimed(one)

    monkeypatch.setattr(jobs, "_claimed", cancel_first)
    assert after(batch) == (State.CANCELLED, "cancelled")
    assert Order.objects.count() == 0


def test_what_hung_and_wakes_up_again_touches_nothing(
    place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = ready(place)
    jobs.begin(batch, "write", by=SYSTEM)
    task = LongTask.objects.get(pk=batch.task_id)

    def end_meanwhile(progress: tasks.Progress) -> str:
        def tell(done: int, *_: Any) -> None:
            if done == 20:
                silent(batch, cancel_requested=True)
                assert after(batch) == (State.CANCELLED, "cancelled")

        actions.write(batch, by=SYSTEM, tell=tell)
        return ""

    with pytest.raises(actions.Overtaken):
        tasks.run(task, end_meanwhile)
    task.refresh_from_db()
    batch.refresh_from_db()
    assert (batch.state, task.state, task.error) == (State.CANCELLED, "cancelled", "")
    assert Order.objects.count() == OutboxEvent.objects.count() == 0


def test_a_check_that_hangs_is_as_if_it_had_not_begun(
    place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = ready(place)
    hung(batch, "check", monkeypatch, state="running", cancel_requested=True)
    assert after(batch) == (State.DRAFT, "cancelled")


@pytest.mark.parametrize(("step", "back"), [("check", State.DRAFT), ("write", State.READY)])
def test_a_step_cancelled_in_the_queue_does_not_begin_by_itself(
    place: World, step: str, back: str
) -> None:
    batch = ready(place)
    jobs.begin(batch, step, by=SYSTEM)
    tasks.cancel(batch.task)
    silent(batch)
    assert after(batch) == (back, "cancelled")


def test_the_queue_finds_a_cancelled_step_and_puts_it_back_at_once(place: World) -> None:
    batch = ready(place)
    jobs.begin(batch, "write", by=SYSTEM)
    tasks.cancel(batch.task)
    jobs.run_batch.call_local(batch.pk, "write", batch.task_id)
    batch.refresh_from_db()
    assert batch.state == State.READY


def test_a_resumed_writing_cancelled_in_the_queue_is_taken_back(
    place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = ready(place)
    hung(batch, "write", monkeypatch, state="cancelled")
    assert after(batch) == (State.CANCELLED, "cancelled")
    assert not Order.objects.exists()


def test_a_command_that_is_cancelled_on_the_page_ends_with_a_sentence(
    place: World, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text("订单编号,付款时间,实付金额\nD1,2026-11-03 09:05,10.00\n")

    def stop(*_: Any, **__: Any) -> None:
        raise tasks.Cancelled

    monkeypatch.setattr(actions, "_finish", stop)
    asked = ["import", str(tmp_path / "a.csv"), "--workspace", place.brand.key]
    said = CliRunner().invoke(main, asked)
    assert said.exit_code == 2 and "取消了这次导入" in said.stderr
    assert LongTask.objects.get().state == "cancelled" and not Order.objects.exists()
