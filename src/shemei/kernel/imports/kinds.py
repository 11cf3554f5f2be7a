"""What a room says about one kind of file: its fields, how a row is prepared, how rows are written and undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shemei.kernel.permissions import Permission

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.imports.models import ImportBatch
    from shemei.kernel.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a row may say. ``parse`` is a reader of ``cells``; ``personal`` values are masked on screen.

    ``mask`` says what is kept of one where that is not its end.
    ``words`` names the codes that ``parse`` may return. ``rare`` ones are folded away until a file has them.
    ``show`` writes a value for people where its reader does not say how.
    Of a ``spared`` field a cell that cannot be read is left out, and its row comes in without it.
    """

    key: str
    label: str
    parse: Callable[[Any], Any]
    synonyms: tuple[str, ...] = ()
    required: bool = False
    example: str = ""
    note: str = ""
    personal: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    rare: bool = False
    spared: bool = False
    mask: Callable[[str], str] | None = None
    show: Callable[[Any], str] | None = None


@dataclass(frozen=True, slots=True)
class Preset:
    """A file whose headers are known exactly: ``columns`` is field → header; all of ``signature`` must be there.

    ``refusal`` says why such a file is not taken, and which one is.
    """

    key: str
    name: str
    signature: frozenset[str]
    columns: Mapping[str, str]
    options: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """A choice for the whole file, for example its currency.

    ``more`` gives the choices that a workspace adds, for example its accounts. ``instead_of`` is the field that
    it stands for: in a file without that column, what may stand at nothing must be chosen all the same.
    """

    key: str
    label: str
    choices: tuple[tuple[str, str], ...]
    default: str
    more: Callable[[Any], Sequence[tuple[str, str]]] | None = None
    instead_of: str = ""

    def choices_in(self, workspace: Workspace) -> list[tuple[str, str]]:
        return [*self.choices, *(self.more(workspace) if self.more else ())]


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be chosen once for all rows of a checked file; ``key`` is then one of the batch's ``repairs``.

    Without a ``button`` it only says what has been chosen.
    """

    key: str
    text: str
    button: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row with its number in the sheet; an empty cell has no entry in ``values``."""

    number: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Staged:
    """A checked row: written in order of ``phase``, ``at``, ``group``; rows of one group stay together.

    ``hints`` are remarks on a row that comes in all the same; equal ones are counted together.
    """

    values: dict[str, Any]
    group: str = ""
    phase: int = 0
    at: int = 0
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skip:
    """A row that is rightly left out, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """One value that a file changes, or (``kept``) that stays for its cell is empty, as the check page shows it."""

    row: int
    subject: str
    label: str
    old: str
    new: str = ""
    kept: bool = False


MOST_CHANGES = 50
"""So many are listed of each sort; the counts tell of all."""


@dataclass(slots=True)
class Tally:
    """How many groups were new, changed or the same, cells kept because the file was empty, and more figures.

    ``rows`` is of how many rows the groups are, where a kind puts several rows together.
    ``remarks`` are whole sentences with ``{n}`` where their figure stands.
    """

    new: int = 0
    changed: int = 0
    same: int = 0
    kept: int = 0
    rows: int = 0
    extra: Counter[str] = field(default_factory=Counter)
    remarks: Counter[str] = field(default_factory=Counter)
    changes: list[Change] = field(default_factory=list)

    def count(self, *, known: bool, changed: bool) -> None:
        """One group more: new, known and changed, or known and the same."""
        if not known:
            self.new += 1
        elif changed:
            self.changed += 1
        else:
            self.same += 1

    def add(self, other: Tally) -> None:
        self.new += other.new
        self.changed += other.changed
        self.same += other.same
        self.kept += other.kept
        self.rows += other.rows
        self.extra.update(other.extra)
        self.remarks.update(other.remarks)
        for one in other.changes:
            self.note(one)

    def note(self, change: Change) -> None:
        """List a change, unless enough of its sort are listed."""
        if sum(one.kept == change.kept for one in self.changes) < MOST_CHANGES:
            self.changes.append(change)

    @property
    def said(self) -> list[str]:
        """The remarks as people read them; one that is about nothing is left out."""
        return [text.replace("{n}", f"{n:,}") for text, n in self.remarks.items() if n]


Group = Sequence[Row]


class ImportKind:
    """Subclass this in a room and :func:`register` one instance in ``apps.py``.

    ``write_batch`` gets whole groups inside a transaction and may be run again after a kill: the same group
    must give the same rows. What the log should know is emitted in ``finish``, whose transaction also marks
    the batch as done; so a batch that was cancelled or killed has told the log nothing.
    """

    key: str
    name: str
    noun: str = "行"
    permission: Permission = Permission.IMPORT
    group_field: str = ""
    fields: tuple[Field, ...] = ()
    presets: tuple[Preset, ...] = ()
    options: tuple[Option, ...] = ()
    done_url: tuple[str, str] = ("", "")
    undo_also: str = ""
    """What else a person should know before taking a batch back; a whole sentence."""

    def mapping_problem(self, columns: Mapping[str, int], options: Mapping[str, str]) -> str:
        """What the mapping still lacks beyond required fields (one of two, say); ``""`` where it will do."""
        return ""

    def needs_option(self, option: Option, columns: Mapping[str, int]) -> bool:
        """Whether ``mapping_problem`` refuses these columns while the option stands at nothing."""
        return bool(option.instead_of) and option.instead_of not in columns

    def guess(self, batch: ImportBatch, options: Mapping[str, str]) -> Mapping[str, str]:
        """Options that the file itself lets one tell, its name for example."""
        return {}

    def option_problem(self, batch: ImportBatch) -> str:
        """What a person must choose before this file can be checked unseen; ``""`` where nothing is open."""
        return ""

    def belongs_to(self, batch: ImportBatch) -> str:
        """Whose file it is, for people: its account, say."""
        return ""

    def prepare(self, row: Row, batch: ImportBatch) -> Staged | Skip:
        """Check one row by itself; raises ``CellError`` (with ``field``) where it cannot be used."""
        return Staged(row.values, group=str(row.values.get(self.group_field, "")))

    def preparing(self, batch: ImportBatch) -> Callable[[Row], Staged | Skip]:
        """``prepare`` for one check of a file; what every row needs is looked up here, once."""
        return lambda row: self.prepare(row, batch)

    def merging(self, batch: ImportBatch, whole: int, rows: int) -> str:
        """What to say where several rows make one."""
        one = f"一{self.noun}"
        return f"合起来是 {whole:,} {self.noun}，来自 {rows:,} 行：同{one}的几行算{one}。"

    def compare(self, groups: Sequence[Group], batch: ImportBatch) -> Tally:
        """What ``write_batch`` would do, without doing it."""
        raise NotImplementedError

    def write_batch(self, groups: Sequence[Group], batch: ImportBatch, by: Actor) -> Tally:
        raise NotImplementedError

    def finish(self, batch: ImportBatch, by: Actor) -> list[str]:
        """Emit the batch's facts; returns warnings for the result page."""
        return []

    def offers(self, batch: ImportBatch) -> Sequence[Offer]:
        """What the check found that ``prepare`` would put right if it were asked to."""
        return ()

    def further(self, batch: ImportBatch) -> Sequence[tuple[str, str]]:
        """Pages to go on to once the batch is in: label and address."""
        return ()

    def undo(self, batch: ImportBatch, by: Actor) -> None:
        """Take back every row of the batch (also of one that was stopped half way)."""
        raise NotImplementedError

    def undo_obstacle(self, batch: ImportBatch) -> str:
        """Why this batch cannot be undone now; ``""`` where it can."""
        return ""

    def field(self, key: str) -> Field:
        return next(item for item in self.fields if item.key == key)


_kinds: dict[str, ImportKind] = {}


def register(kind: ImportKind) -> None:
    _kinds[kind.key] = kind


def kind_of(key: str) -> ImportKind:
    return _kinds[key]


def all_kinds() -> list[ImportKind]:
    return list(_kinds.values())


def kinds_for(actor: Actor) -> list[ImportKind]:
    """The kinds this actor may import, in the order the rooms registered them."""
    return [kind for kind in _kinds.values() if actor.can(kind.permission)]
