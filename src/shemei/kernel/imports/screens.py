"""What the wizard's pages show, worked out before the template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shemei.kernel.imports import actions, files
from shemei.kernel.imports.cells import clean
from shemei.kernel.imports.errors import CellError
from shemei.kernel.imports.shown import shown
from shemei.kernel.imports.stage import Problem, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shemei.kernel.imports.forms import MappingForm
    from shemei.kernel.imports.kinds import Change, Field, ImportKind, Offer
    from shemei.kernel.imports.models import ImportBatch

HOW = {
    "saved": "按上次的对应",
    "preset": "已知导出",
    "name": "同名",
    "unit": "去掉单位后同名",
    "hand": "手工选的",
}
SHOWN_ERRORS = 200


@dataclass(frozen=True, slots=True)
class Sample:
    """What one cell of the preview is read as, or why it cannot be."""

    text: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field on the mapping page: its select, why it was matched, what the first rows give."""

    field: Field
    control: Any
    how: str
    samples: list[Sample]
    is_folded: bool = False
    """One that this file was not found to have: a rare one, or any where no column is left to stand for it."""

    @property
    def is_missing(self) -> bool:
        return self.field.required and not self.samples


def field_lines(form: MappingForm, columns: dict[str, int]) -> list[FieldLine]:
    """The fields in order, each with what the first rows would give under ``columns``."""
    batch = form.batch
    rows = actions.table_of(batch).preview(3)
    lines = []
    for one in form.kind.fields:
        index = columns.get(one.key)
        samples = [] if index is None else [_sample(one, cells, index) for _, cells in rows]
        same = batch.mapping.get(one.key) == index
        how = HOW.get(batch.matched_by.get(one.key, "") if same else "hand", "")
        how = how if index is not None else ""
        spare = one.rare or not (one.required or batch.unused)
        folded = spare and one.key not in batch.mapping
        lines.append(FieldLine(one, form[f"f-{one.key}"], how, samples, folded))
    return lines


def _sample(one: Field, cells: list[Any], index: int) -> Sample:
    raw = clean(cells[index]) if index < len(cells) else ""
    if raw == "":
        return Sample("（空）")
    try:
        value = one.parse(raw)
        return Sample("（没有写明）" if value is None else shown(one, value))
    except CellError as error:
        return Sample(str(raw)[:40], f"{error.problem}。{error.fix}")


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """One kind of mistake: how many rows have it, and whether a suggestion may be taken for all."""

    key: str
    label: str
    problem: str
    count: int
    can_repair: bool


@dataclass(frozen=True, slots=True)
class CheckScreen:
    """The check page's figures and errors."""

    problems: list[Problem]
    groups: list[ErrorGroup]
    chosen: str
    todo: int
    extra: dict[str, int]
    offers: Sequence[Offer]
    left_out: list[Problem]
    """Cells that their rows come in without."""
    changes: list[Change]
    kept: list[Change]


def check_screen(batch: ImportBatch, chosen: str = "") -> CheckScreen:
    path = files.folder(batch.key) / files.STAGE
    problems: list[Problem] = []
    groups: list[ErrorGroup] = []
    left_out: list[Problem] = []
    if (batch.error_rows or batch.count("left_out")) and path.exists():
        with Stage(path) as stage:
            left_out = stage.left_out(SHOWN_ERRORS)
            found = stage.problem_groups()
            groups = [ErrorGroup(k, label, said, n, bool(s)) for k, label, said, s, n in found]
            chosen = chosen if chosen in {g.key for g in groups} else ""
            problems = stage.problems(SHOWN_ERRORS, chosen)
    changes: list[Change] = []
    kept: list[Change] = []
    if (batch.count("changed") or batch.count("kept")) and path.exists():
        with Stage(path) as stage:
            changes, kept = stage.changes(), stage.changes(kept=True)
    extra = {name: n for name, n in batch.counts.get("extra", {}).items() if n}
    todo = batch.count("new") + batch.count("changed")
    offers = batch.kind_of.offers(batch)
    found = (problems, groups, chosen, todo, extra, offers, left_out)
    return CheckScreen(*found, changes, kept)


def preset_name(kind: ImportKind, key: str) -> str:
    return next((preset.name for preset in kind.presets if preset.key == key), "")
