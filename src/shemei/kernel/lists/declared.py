"""What a room declares about a list: columns, filters, bulk actions, the empty state."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from django.db.models import DateTimeField, F

if TYPE_CHECKING:
    from django.http import HttpResponse

    from shemei.kernel.http import BrandRequest
    from shemei.kernel.permissions import Permission

Tone = Literal["good", "warn", "danger", "info", "quiet", "open"]
Kind = Literal[
    "text", "num", "money", "ratio", "times", "date", "datetime", "state", "platform",
    "who", "code", "path", "tags", "custom",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
NUMERIC = frozenset({"num", "money", "ratio", "times"})
FILE_UNITS: Mapping[str, str] = {"money": "元", "ratio": "%"}
Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class State:
    """A state in words and the tone of its dot."""

    label: str
    tone: Tone = "quiet"

    def __str__(self) -> str:
        return self.label


def states(tones: Mapping[str, Tone]) -> Callable[[Any], State]:
    """How rows with a ``state`` show it: in the word of its choice, with the tone given here."""
    return lambda row: State(str(row.get_state_display()), tones[row.state])


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``sort`` is the ORM field to order by; ``phone`` keeps or drops it on narrow screens.

    ``money`` takes 分, ``ratio`` a fraction, ``who`` a name or ``(name, note)``, ``path`` a
    list of platform keys, ``state`` a :class:`State`; ``custom`` renders ``template`` with ``row`` and ``value``.
    ``export`` gives another value for files, of the kind ``exported`` where that is not the page's; ``unit`` is what
    its numbers are in there, where the kind does not say it.
    """

    name: str
    label: str
    value: Callable[[Any], Any]
    kind: Kind = "text"
    href: Callable[[Any], str] | None = None
    sort: str = ""
    hint: str = ""
    note: Callable[[Any], str] | None = None
    drawer: bool = False
    phone: bool | None = None
    hidden: bool = False
    strong: bool = False
    numeric: bool = False
    template: str = ""
    export: Callable[[Any], Any] | None = None
    exported: Kind | None = None
    unit: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.name}: no kind of column {self.kind!r}, only {KINDS}")
        if (self.kind == "custom") is not bool(self.template):
            raise ValueError(f"{self.name}: a template goes with the kind custom, and only with it")

    @property
    def is_numeric(self) -> bool:
        return self.numeric or self.kind in NUMERIC

    @property
    def file_kind(self) -> Kind:
        """The kind of what stands in a file."""
        return self.exported or self.kind

    @property
    def file_label(self) -> str:
        """Its head in a file: with the unit of its numbers."""
        unit = self.unit or FILE_UNITS.get(self.file_kind, "")
        return f"{self.label}（{unit}）" if unit else self.label

    @property
    def shown_by(self) -> str:
        """The template of the cell's content."""
        return self.template or f"portal/list/cells/{self.kind}.html"


CREATED = Column(
    "created", "创建", lambda row: row.created_at, "datetime", sort="created_at", hidden=True
)


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition: the field of its name (or ``field``) is the chosen value, or one of them where ``multiple``;
    for a period it is a day or a moment within.

    ``apply(rows, value)`` narrows in a way of its own; ``value`` is a list where ``multiple``, a Period for periods.
    """

    name: str
    label: str
    choices: Choices | Callable[..., Choices] = ()
    apply: Callable[[Any, Any], Any] | None = None
    multiple: bool = False
    kind: Literal["choice", "period"] = "choice"
    field: str = ""

    def narrow(self, rows: Any, value: Any) -> Any:
        if self.apply:
            return self.apply(rows, value)
        field = self.field or self.name
        if self.kind == "period":
            days = f"{field}__date" if _is_moment(rows, field) else field
            return rows.filter(**{f"{days}__range": (value.first, value.last)})
        return rows.filter(**{f"{field}__in" if self.multiple else field: value})

    def options(self, request: BrandRequest) -> Choices:
        if not callable(self.choices):
            return self.choices
        takes = inspect.signature(self.choices).parameters
        return self.choices(request) if takes else self.choices()


def _is_moment(rows: Any, field: str) -> bool:
    """Whether what the rows are narrowed by has a time of day, also of a row they point to."""
    found = F(field).resolve_expression(rows.query.clone())
    return isinstance(found.output_field, DateTimeField)


def in_use(field: str, ended: str) -> Filter:
    """What is in use or no more, by a yes-or-no field; ``ended`` is the room's word for the latter."""
    choices = (("live", "使用中"), ("closed", ended))
    return Filter("state", "状态", choices, lambda rows, v: rows.filter(**{field: v == "live"}))


@dataclass(frozen=True, slots=True)
class BulkAction:
    """Something done to the chosen rows. ``run(request, rows)`` returns a sentence for the toast, or a response.

    ``confirm`` is the title of a dialog, with ``{n}`` for the number of rows. ``choices(request)`` puts a select
    beside the button; ``run`` then takes the chosen key as a third argument.
    """

    name: str
    label: str
    permission: Permission
    run: Callable[..., str | HttpResponse | None]
    icon: str = "check"
    danger: bool = False
    confirm: str = ""
    choices: Callable[[Any], Choices] | None = None

    @property
    def field(self) -> str:
        """The name under which the choice is posted."""
        return f"_choice_{self.name}"

    def options(self, request: BrandRequest) -> Choices:
        return self.choices(request) if self.choices else ()

    def chosen(self, request: BrandRequest) -> str:
        """The posted choice, ``""`` for none; what is no choice of this request is none."""
        value = request.POST.get(self.field, "")
        return value if value in {key for key, _ in self.options(request)} else ""


@dataclass(frozen=True, slots=True)
class Empty:
    """What a list says when it has no rows at all; actions are ``(label, url name)``."""

    icon: str = "inbox"
    title: str = "还没有记录"
    text: str = ""
    action: tuple[str, str] | None = None
    second: tuple[str, str] | None = None
    permission: Permission | None = None


def as_iterable(value: Any) -> Iterable[Any]:
    return () if value is None else value if isinstance(value, (list, tuple)) else (value,)
