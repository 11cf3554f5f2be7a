"""Several files of one upload: each recognised and checked by itself, all clean ones written at one click."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shemei.kernel.imports import actions, jobs
from shemei.kernel.imports.models import ImportBatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shemei.kernel.actor import Actor
    from shemei.kernel.imports.kinds import Option
    from shemei.kernel.workspace import Workspace

MOST = 50
State = ImportBatch.State
BUSY = (State.CHECKING, State.WRITING)


ASKED = {"account": "哪个账号的", "platform": "哪个平台的"}
"""Options that a person can settle beside a file, and how they are asked."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One choice that a person can make beside a file, where nothing else is open."""

    key: str
    label: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One file on the page: what it is, where it stands, and what a person must still do about it."""

    batch: ImportBatch
    preset: str
    account: str
    earlier: ImportBatch | None
    need: str
    ask: Ask | None = None

    @property
    def is_clean(self) -> bool:
        """Checked, without a wrong row: it may be written unseen."""
        return self.batch.state == State.READY and not self.need

    @property
    def is_busy(self) -> bool:
        return self.batch.state in BUSY


def start(batches: Iterable[ImportBatch], *, by: Actor) -> int:
    """Check every file whose columns are clear; returns how many wait for a person."""
    waiting = 0
    for batch in batches:
        if not is_clear(batch) or not jobs.begin(batch, "check", by=by):
            waiting += 1
    return waiting


def is_clear(batch: ImportBatch) -> bool:
    """Whether the proposed mapping leaves nothing required out."""
    return not (_missing(batch) or _problem(batch))


def _problem(batch: ImportBatch) -> str:
    kind = batch.kind_of
    return kind.option_problem(batch) or kind.mapping_problem(batch.mapping, batch.options)


def lines(batches: Sequence[ImportBatch]) -> list[Line]:
    return [_line(batch) for batch in batches]


def _line(batch: ImportBatch) -> Line:
    kind = batch.kind_of
    preset = next((p.name for p in kind.presets if p.key == batch.preset), "")
    earlier = actions.earlier_same(batch) if batch.is_open else None
    return Line(batch, preset, kind.belongs_to(batch), earlier, _need(batch), _ask(batch))


def _ask(batch: ImportBatch) -> Ask | None:
    """What a person can settle here, without opening the file."""
    if batch.state != State.DRAFT or _missing(batch):
        return None
    option = next(filter(lambda one: _is_open(one, batch), batch.kind_of.options), None)
    if option is None:
        return None
    choices = tuple((key, label) for key, label in option.choices_in(batch.workspace) if key)
    return Ask(option.key, ASKED[option.key], choices)


def _is_open(option: Option, batch: ImportBatch) -> bool:
    """Whether this option is what a file waits for, and nothing else."""
    kind, columns = batch.kind_of, batch.mapping
    if option.key not in ASKED or kind.option_problem(batch):
        return option.key == "account"
    chosen = {**batch.options, option.key: option.choices[-1][0]}
    return bool(_problem(batch)) and not kind.mapping_problem(columns, chosen)


def choose(batch: ImportBatch, told: Mapping[str, str], *, by: Actor) -> bool:
    """Take what was chosen beside a file and check it; False where it is none of its choices."""
    ask = _ask(batch)
    chosen = told.get(ask.key, "") if ask else ""
    if ask is None or chosen not in dict(ask.choices):
        return False
    actions.set_mapping(batch, batch.mapping, {ask.key: chosen}, by=by, remember=False)
    return jobs.begin(batch, "check", by=by)


def _missing(batch: ImportBatch) -> list[str]:
    return [f.label for f in batch.kind_of.fields if f.required and f.key not in batch.mapping]


def _need(batch: ImportBatch) -> str:
    if batch.state == State.DRAFT:
        missing = _missing(batch)
        lack = f"还没有对应：{'、'.join(missing)}" if missing else ""
        return lack or _problem(batch) or "请对一下表头"
    if batch.state == State.FAILED:
        return batch.error or "没有核对成，请打开看"
    if batch.state == State.READY and batch.error_rows:
        return f"{batch.error_rows:,} 行有错，打开看怎么改"
    if batch.state == State.READY and batch.count("left_out"):
        return f"{batch.count('left_out'):,} 格读不懂，没有收，打开看一下"
    if batch.state == State.READY and not batch.count("usable"):
        return "没有可以入库的行" if batch.count("rows") else "没有行，无需入库"
    return ""


def write_clean(batches: Sequence[ImportBatch], *, by: Actor) -> int:
    """Queue the writing of every clean file; returns how many."""
    clean = [line.batch for line in lines(batches) if line.is_clean]
    return sum(jobs.begin(batch, "write", by=by) for batch in clean)


def asked(workspace: Workspace, keys: str, *, by: Actor) -> list[ImportBatch]:
    """The batches named by ``keys`` (a comma between them), in that order, that this actor may see."""
    wanted = [key for key in keys.split(",") if key][:MOST]
    rows = ImportBatch.objects.select_related("workspace", "task").filter(
        workspace=workspace, key__in=wanted
    )
    found = {b.key: b for b in rows if by.can(b.kind_of.permission)}
    return [found[key] for key in wanted if key in found]
