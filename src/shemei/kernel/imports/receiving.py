"""The first step of an import: keep the upload, recognise what it is, propose which column is which field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

from shemei.kernel.imports import files
from shemei.kernel.imports.errors import ImportError_
from shemei.kernel.imports.kinds import ImportKind, kind_of, kinds_for
from shemei.kernel.imports.mapping import (
    Mapping_,
    fingerprint,
    known_headers,
    match,
    preset_of,
    recognise,
)
from shemei.kernel.imports.models import ImportBatch, SavedMapping
from shemei.kernel.imports.reader import open_table
from shemei.kernel.keys import new_key
from shemei.kernel.permissions import require

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.workspace import Workspace


def receive(
    workspace: Workspace,
    source: IO[bytes],
    name: str,
    *,
    by: Actor,
    kind: str = "",
    options: Mapping[str, str] | None = None,
) -> ImportBatch:
    """Keep an upload, recognise it and propose a mapping; raises ``ImportError_`` for what is no table."""
    kinds = [kind_of(kind)] if kind else kinds_for(by)
    for each in kinds if kind else []:
        require(by, each.permission)
    key = new_key()
    target = files.make(key) / _source_name(name)
    try:
        sha256, size = files.store(source, target)
        table = open_table(target, known=known_headers(kinds))
        chosen = recognise(kinds, table.headers) or _only(kinds)
        _refuse_known(chosen, table.headers)
    except ImportError_:
        files.drop_all(key)
        raise
    batch = ImportBatch(
        workspace=workspace,
        key=key,
        kind=chosen.key,
        file_name=files.safe_name(name),
        sha256=sha256,
        size=size,
        headers=list(table.headers),
        header_row=table.header_row,
        notes=list(table.notes),
        actor={"kind": by.kind, "id": by.id, "name": by.name},
        started_by=by.label,
    )
    propose(batch, chosen, options or {})
    batch.save()
    return batch


def _source_name(name: str) -> str:
    suffix = Path(files.safe_name(name)).suffix.lower()
    kept = suffix.isascii() and len(suffix) <= 6 and suffix != ".plain"
    return files.SOURCE + (suffix if kept else "")


def _refuse_known(kind: ImportKind, headers: Sequence[str]) -> None:
    preset = preset_of(kind, headers)
    if preset and preset.refusal:
        space = " " if preset.name[:1].isascii() else ""
        raise ImportError_(f"认出是{space}{preset.name}，没有收下。{preset.refusal}")


def _only(kinds: list[ImportKind]) -> ImportKind:
    if len(kinds) == 1:
        return kinds[0]
    raise ImportError_("认不出这是哪一种数据：表头与已知的种类都对不上。请先选定种类再传。")


def propose(batch: ImportBatch, kind: ImportKind, options: Mapping[str, str]) -> Mapping_:
    saved = SavedMapping.objects.filter(
        kind=kind.key, fingerprint=fingerprint(batch.headers)
    ).first()
    found = match(kind, batch.headers, saved.columns if saved else None)
    batch.mapping, batch.matched_by = found.columns, found.how
    batch.preset = found.preset.key if found.preset else ""
    defaults = {option.key: option.default for option in kind.options}
    chosen = defaults | dict(found.preset.options if found.preset else {}) | dict(options)
    batch.options = chosen | dict(kind.guess(batch, chosen)) | dict(options)
    return found
