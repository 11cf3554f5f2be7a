"""What lies of a person in uploads: rows that came with a file not yet in, and rows with mistakes kept to be mended."""

from __future__ import annotations

import csv
import io
import os
from typing import TYPE_CHECKING, Any

from shemei.kernel.actor import SYSTEM
from shemei.kernel.erasure import is_named
from shemei.kernel.imports import files
from shemei.kernel.imports.errors import ImportError_
from shemei.kernel.imports.models import OPEN_STATES, ImportBatch
from shemei.kernel.imports.reader import open_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from shemei.warehouse.log.tombstones import Erased

CLEARED = "其中一行所写的人要求删除个人信息，上传的文件已清理。请去掉这一行再上传。"


def tell_uploads(person: Erased) -> list[dict[str, Any]]:
    """The rows of uploads and error files that name the person."""
    found = [
        {"文件": batch.file_name, "在": "错行文件", "内容": "，".join(row)}
        for batch, path in _error_files()
        for row in _rows(path)[1:]
        if _names(row, person)
    ]
    return found + [
        {"文件": batch.file_name, "在": "未入库的上传", "内容": "，".join(row)}
        for batch in _waiting()
        for row in _uploaded(batch)
        if _names(row, person)
    ]


def erase_uploads(person: Erased) -> int:
    """Take the person's rows out of error files; an upload that holds one and is not yet in goes whole."""
    count = sum(_without(path, person) for _, path in _error_files())
    for batch in list(_waiting()):
        if any(_names(row, person) for row in _uploaded(batch)):
            files.drop_all(batch.key)
            _stop(batch)
            count += 1
    return count


def _stop(batch: ImportBatch) -> None:
    """Without its upload a batch goes no further; what it was just writing goes too, for nobody could undo it."""
    found = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=ImportBatch.State.FAILED, error=CLEARED, position=0
    )
    if found.state == ImportBatch.State.WRITING:
        found.kind_of.undo(found, SYSTEM)


def _names(row: Iterable[str], person: Erased) -> bool:
    return any(cell in person.orders or is_named(cell, person) for cell in row)


def _error_files() -> Iterator[tuple[ImportBatch, Path]]:
    for batch in ImportBatch.objects.all():
        path = files.folder(batch.key) / files.ERRORS
        if path.exists():
            yield batch, path


def _rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def _without(path: Path, person: Erased) -> int:
    head, *rows = _rows(path)
    kept = [row for row in rows if not _names(row, person)]
    if len(kept) < len(rows):
        out = io.StringIO()
        csv.writer(out).writerows([head, *kept])
        draft = path.with_suffix(".tmp")
        draft.write_text(out.getvalue(), encoding="utf-8-sig")
        os.replace(draft, path)
    return len(rows) - len(kept)


def _waiting() -> Any:
    """Batches whose upload still lies there, whatever they are called: also failed ones."""
    return ImportBatch.objects.filter(state__in=(*OPEN_STATES, ImportBatch.State.FAILED))


def _uploaded(batch: ImportBatch) -> Iterator[list[str]]:
    for path in files.folder(batch.key).glob(f"{files.SOURCE}*"):
        if path.name.endswith(".plain"):
            continue
        try:
            for _, cells in open_table(path, header_row=batch.header_row).rows():
                yield [str(cell) for cell in cells if cell is not None]
        except ImportError_:
            continue
