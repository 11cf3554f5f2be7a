"""The steps of an import: receive, map, check, write; and the ways back: cancel, undo.

Rows are written in chunks, each one transaction that also moves ``position``, so progress shows and other
people can save meanwhile. The last transaction tells the log and marks the batch as done. A batch that is
cancelled or fails takes its rows back; one whose process was killed goes on from ``position``, unless it had
been cancelled: then its rows are taken back too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from shemei.kernel import audit, tasks
from shemei.kernel.errors import words_of
from shemei.kernel.imports import files
from shemei.kernel.imports.check import check_rows
from shemei.kernel.imports.errors import ImportError_, Overtaken
from shemei.kernel.imports.kinds import ImportKind, Tally, kind_of
from shemei.kernel.imports.mapping import fingerprint, known_headers, normal
from shemei.kernel.imports.models import ImportBatch, SavedMapping
from shemei.kernel.imports.policies import UNDO_IMPORT
from shemei.kernel.imports.reader import Table, open_table
from shemei.kernel.imports.receiving import propose
from shemei.kernel.imports.receiving import (
    receive as receive,  # the first step, told with the others
)
from shemei.kernel.imports.stage import Stage
from shemei.kernel.permissions import require
from shemei.kernel.tasks import Cancelled

if TYPE_CHECKING:
    from pathlib import Path

    from shemei.kernel.actor import Actor


CHUNK_ROWS = 5_000
CHUNK_GROUPS = 1_000
Tell = Callable[[int, int | None, str | None], None]
State = ImportBatch.State


def quiet(done: int, total: int | None = None, step: str | None = None) -> None:
    """Progress that nobody watches."""


@transaction.atomic
def set_kind(batch: ImportBatch, kind: str, *, by: Actor) -> ImportBatch:
    """The person says what the file is; the mapping is proposed anew."""
    require(by, kind_of(kind).permission)
    _must_be_open(batch)
    batch.kind = kind
    table = open_table(source_of(batch), known=known_headers([kind_of(kind)]))
    batch.headers, batch.header_row = list(table.headers), table.header_row
    propose(batch, kind_of(kind), {})
    batch.state = State.DRAFT
    batch.save()
    return batch


def earlier_same(batch: ImportBatch) -> ImportBatch | None:
    """The batch that already brought exactly this file in."""
    same = ImportBatch.objects.filter(sha256=batch.sha256, kind=batch.kind, state=State.DONE)
    return same.exclude(pk=batch.pk).order_by("-id").first()


@transaction.atomic
def set_mapping(
    batch: ImportBatch,
    columns: Mapping[str, int],
    options: Mapping[str, str],
    *,
    by: Actor,
    remember: bool = True,
) -> ImportBatch:
    """Take the mapping as confirmed; refuses one that leaves out a required field or uses a column twice."""
    kind = batch.kind_of
    require(by, kind.permission)
    _must_be_open(batch)
    options = {**batch.options, **options}
    _valid_mapping(kind, batch, columns, options)
    by_hand = dict(columns) != dict(batch.mapping)
    batch.mapping, batch.options = dict(columns), options
    batch.state, batch.repairs = State.DRAFT, []
    batch.save()
    if remember and by_hand:
        SavedMapping.objects.update_or_create(
            kind=kind.key,
            fingerprint=fingerprint(batch.headers),
            workspace=batch.workspace,
            defaults={"columns": {key: batch.headers[index] for key, index in columns.items()}},
        )
    return batch


def _valid_mapping(
    kind: ImportKind, batch: ImportBatch, columns: Mapping[str, int], options: Mapping[str, str]
) -> None:
    missing = [f.label for f in kind.fields if f.required and f.key not in columns]
    if missing:
        raise ImportError_(
            f"还没有对应：{'、'.join(missing)}。请为它选一列；表里没有时，请换一份导出。{_found(batch)}"
        )
    if problem := kind.mapping_problem(columns, options):
        raise ImportError_(f"{problem}{_found(batch)}")
    used = list(columns.values())
    if twice := [batch.headers[i] for i in sorted(set(used)) if used.count(i) > 1]:
        raise ImportError_(f"「{twice[0]}」这一列对应了两项。请只留一项。")
    if not all(0 <= index < len(batch.headers) for index in used):
        raise ImportError_("对应的列不在表里。请重新选择。")


def _found(batch: ImportBatch) -> str:
    more = f"等 {len(batch.headers)} 列" if len(batch.headers) > 20 else ""
    return f"表里有：{'、'.join(batch.headers[:20])}{more}。"


def _must_be_open(batch: ImportBatch) -> None:
    """Refuse what runs or is done, as the database knows it now, and keep it so until this transaction ends."""
    batch.state = ImportBatch.objects.select_for_update().get(pk=batch.pk).state
    if batch.state not in (State.DRAFT, State.READY, State.FAILED):
        raise ImportError_(f"这次导入{batch.get_state_display()}，不能再改。请重新上传。")


def source_of(batch: ImportBatch) -> Path:
    found = sorted(files.folder(batch.key).glob(f"{files.SOURCE}*"))
    sources = [path for path in found if not path.name.endswith(".plain")]
    if not sources:
        raise ImportError_("上传的文件已清理（完成后即删，未完成的保留 7 天）。请重新上传。")
    return sources[0]


def table_of(batch: ImportBatch) -> Table:
    return open_table(source_of(batch), header_row=batch.header_row)


def check(batch: ImportBatch, *, by: Actor, tell: Tell = quiet) -> ImportBatch:
    """Read every cell, stage what is right, list what is wrong, and count what writing would change."""
    require(by, batch.kind_of.permission)
    ImportBatch.objects.filter(pk=batch.pk, task=batch.task_id).update(state=State.CHECKING)
    try:
        counts, warnings = check_rows(batch, table_of(batch), tell)
        tally = _compare(batch, tell, counts["usable"])
    except BaseException as error:
        stopped = isinstance(error, Cancelled)
        _mine(batch, State.CHECKING).update(
            state=State.DRAFT if stopped else State.FAILED,
            error="" if stopped else words_of(error),
        )
        raise
    return _checked(batch, counts, warnings, tally)


@transaction.atomic
def _checked(
    batch: ImportBatch, counts: dict[str, Any], warnings: list[str], tally: Tally
) -> ImportBatch:
    _claim(batch, State.CHECKING, position=0)
    batch.counts = counts | _numbers(tally)
    batch.warnings, batch.error_rows = warnings, counts["errors"]
    batch.state, batch.position, batch.error = State.READY, 0, ""
    batch.save()
    return batch


def _numbers(tally: Tally) -> dict[str, Any]:
    told = {name: getattr(tally, name) for name in ("new", "changed", "same", "kept")}
    told |= {"of_rows": tally.rows} if tally.rows else {}
    return told | {"extra": dict(tally.extra), "remarks": dict(tally.remarks)}


def _compare(batch: ImportBatch, tell: Tell, total: int) -> Tally:
    tally, done = Tally(), 0
    with Stage(files.folder(batch.key) / files.STAGE) as stage:
        tell(0, total, "与已有的比对")
        for chunk in stage.chunks(CHUNK_ROWS, CHUNK_GROUPS):
            tally.add(batch.kind_of.compare(chunk, batch))
            done += sum(map(len, chunk))
            tell(done, total, None)
        stage.note_changes(tally.changes)
    return tally


@transaction.atomic
def accept_suggestion(batch: ImportBatch, group: str, *, by: Actor) -> ImportBatch:
    """「照此改」: let the next check use what was suggested for one kind of mistake."""
    require(by, batch.kind_of.permission)
    _must_be_open(batch)
    batch.repairs = sorted({*batch.repairs, group})
    batch.save(update_fields=["repairs", "touched_at"])
    return batch


def write(batch: ImportBatch, *, by: Actor, tell: Tell = quiet) -> ImportBatch:
    """Write a checked batch, or go on with one that was killed; on cancel or error nothing of it remains."""
    require(by, batch.kind_of.permission)
    if batch.state not in (State.READY, State.WRITING):
        raise ImportError_(f"这次导入{batch.get_state_display()}，不能入库。请先核对。")
    tally = _tally_so_far(batch)
    ImportBatch.objects.filter(
        pk=batch.pk, task=batch.task_id, state__in=(State.READY, State.WRITING)
    ).update(state=State.WRITING)
    try:
        _write_chunks(batch, tally, by, tell)
        _finish(batch, tally, by)
    except Overtaken:
        raise
    except BaseException as error:
        _take_back(batch, error, by)
        raise
    files.drop_source(batch.key)
    return batch


def _tally_so_far(batch: ImportBatch) -> Tally:
    if batch.state != State.WRITING or not batch.position:
        batch.position = 0
        return Tally()
    told = batch.counts.get("written", {})
    tally = Tally(
        told.get("new", 0), told.get("changed", 0), told.get("same", 0), told.get("kept", 0),
        told.get("of_rows", 0),
    )  # fmt: skip
    tally.extra.update(told.get("extra", {}))
    tally.remarks.update(told.get("remarks", {}))
    return tally


def _write_chunks(batch: ImportBatch, tally: Tally, by: Actor, tell: Tell) -> None:
    total, done = batch.count("usable"), 0
    tell(0, total, "入库")
    with Stage(files.folder(batch.key) / files.STAGE) as stage:
        for place, chunk in enumerate(stage.chunks(CHUNK_ROWS, CHUNK_GROUPS), 1):
            if place > batch.position:
                _write_chunk(batch, chunk, place, tally, by)
            done += sum(map(len, chunk))
            tell(done, total, None)


@transaction.atomic
def _write_chunk(batch: ImportBatch, chunk: Any, place: int, tally: Tally, by: Actor) -> None:
    """Move ``position`` first: who finds it moved already has been overtaken, and writes nothing."""
    _claim(batch, State.WRITING, before=place - 1, position=place)
    tally.add(batch.kind_of.write_batch(chunk, batch, by))
    batch.position = place
    batch.counts = batch.counts | {"written": _numbers(tally)}
    batch.save(update_fields=["position", "counts", "touched_at"])


def _mine(batch: ImportBatch, state: str) -> Any:
    """The batch, if it is still where this run left it and no other run has taken it over."""
    return ImportBatch.objects.filter(pk=batch.pk, task=batch.task_id, state=state)


def _claim(batch: ImportBatch, state: str, *, before: int | None = None, position: int) -> None:
    """Hold the batch's row until this transaction ends; raises ``Overtaken`` where it is another's by now."""
    rows = _mine(batch, state)
    rows = rows if before is None else rows.filter(position=before)
    if not rows.update(position=position, touched_at=timezone.now()):
        raise Overtaken


@transaction.atomic
def _finish(batch: ImportBatch, tally: Tally, by: Actor) -> None:
    _claim(batch, State.WRITING, before=batch.position, position=batch.position)
    counts = {**batch.counts, **_numbers(tally)}
    counts.pop("written", None)
    batch.counts = counts
    batch.warnings = [*batch.warnings, *batch.kind_of.finish(batch, by)]
    batch.state, batch.finished_at = State.DONE, timezone.now()
    batch.save()
    audit.record(
        "import.done",
        batch,
        by=by,
        kind=batch.kind_of.name,
        new=f"{tally.new:,} {batch.kind_of.noun}",
        changed=f"{tally.changed:,} {batch.kind_of.noun}",
    )


def _take_back(batch: ImportBatch, error: BaseException, by: Actor) -> None:
    """Remove what was written. A kill never comes here: that batch goes on from ``position``."""
    with transaction.atomic():
        if not _mine(batch, State.WRITING).update(position=0):
            return
        batch.kind_of.undo(batch, by)
        batch.position = 0
        cancelled = isinstance(error, Cancelled | KeyboardInterrupt)
        batch.state = State.CANCELLED if cancelled else State.FAILED
        batch.error = "" if cancelled else words_of(error)
        batch.save()
        if cancelled:
            audit.record("import.cancelled", batch, by=by)
    if batch.state == State.CANCELLED:
        files.drop_source(batch.key)


def settle_cancelled(batch: ImportBatch) -> None:
    """A step that was cancelled before it began leaves the batch where it was before that step."""
    batch.task.refresh_from_db() if batch.task else None
    if batch.task and batch.task.state == batch.task.State.CANCELLED:
        _step_back(batch)


def _step_back(batch: ImportBatch) -> None:
    """Undo the beginning of a step of which nothing has been written."""
    for running, before in ((State.CHECKING, State.DRAFT), (State.WRITING, State.READY)):
        if batch.state == running:
            _mine(batch, running).filter(position=0).update(state=before, error="")


def end_cancelled(batch: ImportBatch, *, by: Actor) -> None:
    """End a step that was cancelled and gives no sign of life, as one ends that obeys at once.

    Rows are taken back, a check is as if it had not begun. Should the step wake up after all, it finds its
    batch in another state and touches nothing.
    """
    began = batch.position or (batch.task and batch.task.cancel_requested)
    if batch.state == State.WRITING and began:
        _take_back(batch, Cancelled(), by)
    else:
        _step_back(batch)
    tasks.end_cancelled(batch.task_id)


def discard(batch: ImportBatch, *, by: Actor) -> None:
    """Drop a batch that was never written."""
    require(by, batch.kind_of.permission)
    if batch.state not in (State.DRAFT, State.READY, State.FAILED, State.CHECKING):
        raise ImportError_(f"这次导入{batch.get_state_display()}，不能取消。")
    files.drop_all(batch.key)
    batch.delete()


@transaction.atomic
def undo(batch: ImportBatch, *, by: Actor) -> ImportBatch:
    """Take back a finished batch: its rows go, changed rows return to what they were, the log excludes it."""
    require(by, batch.kind_of.permission)
    UNDO_IMPORT.demand(by, batch)
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.state != State.DONE:
        raise ImportError_(f"这次导入{locked.get_state_display()}，没有可撤销的。")
    if obstacle := locked.kind_of.undo_obstacle(locked):
        raise ImportError_(obstacle)
    locked.kind_of.undo(locked, by)
    locked.state, locked.undone_at = State.UNDONE, timezone.now()
    locked.save()
    audit.record("import.undone", locked, by=by)
    return locked


def mapping_from_headers(batch: ImportBatch, headers: Mapping[str, str]) -> dict[str, int]:
    """A mapping given by names, as the command line does it: field → header."""
    places = {normal(header): index for index, header in enumerate(batch.headers)}
    unknown = [name for name in headers.values() if normal(name) not in places]
    if unknown:
        raise ImportError_(
            f"表里没有「{unknown[0]}」这一列。表头有：{'、'.join(batch.headers[:20])}"
        )
    return {key: places[normal(name)] for key, name in headers.items()}
