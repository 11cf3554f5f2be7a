"""One person's way, step by step, in the words every room uses; always oldest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shemei.kernel.figures import LONG_AGO, ask, moment_of
from shemei.kernel.periods import today
from shemei.kernel.registry import Named, names_of
from shemei.kernel.ways import words
from shemei.warehouse.questions import Journey
from shemei.warehouse.vocabulary import int_day

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace

NAMED = ("content", "creator", "link", "promo_code", "campaign")


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a person's way, ready to be read."""

    at: datetime
    kind: str
    platform: str
    title: str
    url: str
    note: str
    amount: int
    order_id: str
    in_path: bool
    suspect: str
    currency: str = "CNY"
    original_amount: int = 0
    original_currency: str = ""
    rate: str = ""

    @property
    def is_order(self) -> bool:
        return self.kind == "order"


def events_of(
    workspace: Workspace, *, order_id: str = "", person: str = ""
) -> list[dict[str, Any]]:
    """Everything the person behind an order, or a known person, did: rows of the log, with ``person`` and ``in_path``."""
    question = Journey(
        workspace=workspace.key,
        first=int_day(LONG_AGO),
        last=int_day(today()),
        order_id=order_id,
        person=person,
        lookback_days=workspace.lookback_days,
    )
    rows: list[dict[str, Any]] = ask(question).rows.to_pylist()
    return rows


def steps_of(workspace: Workspace, events: Sequence[Mapping[str, Any]]) -> list[Step]:
    named = {
        kind: names_of(kind, workspace, {e[kind] for e in events if e.get(kind)}) for kind in NAMED
    }
    return [_step(event, named) for event in events]


def _step(event: Mapping[str, Any], named: Mapping[str, Mapping[str, Named]]) -> Step:
    subject = _subject(event, named)
    about = f"「{subject.name}」" if subject else _place(event)
    notes = [
        *words.whereabouts(event),
        _creator(event, named, subject),
        _code(event, named),
        words.suspicion(event),
        words.unproven(event),
    ]
    return Step(
        at=moment_of(event["ts"]),
        kind=event["kind"],
        platform=event.get("platform") or "site",
        title=f"{words.verb(event)}{about}",
        url=subject.url if subject else "",
        note="，".join(note for note in notes if note),
        amount=event.get("amount") or 0,
        order_id=event.get("order_id") or "",
        in_path=bool(event.get("in_path")),
        suspect=event.get("suspect") or "",
        currency=event.get("currency") or "CNY",
        **words.as_it_was(event),
    )


def _subject(event: Mapping[str, Any], named: Mapping[str, Mapping[str, Named]]) -> Named | None:
    """What the event was about: the content, else the link."""
    if event["kind"] == "order":
        return None
    return named["content"].get(event.get("content") or "") or named["link"].get(
        event.get("link") or ""
    )


def _place(event: Mapping[str, Any]) -> str:
    if event["kind"] in ("order", "refund") and event.get("order_id"):
        return f" {event['order_id']}"
    page = (event.get("page") or "").partition("?")[0]
    return f" {page[:60]}" if page else ""


def _creator(
    event: Mapping[str, Any], named: Mapping[str, Mapping[str, Named]], subject: Named | None
) -> str:
    found = named["creator"].get(event.get("creator") or "")
    return f"达人 {found.name}" if found and (subject is None or subject.note != found.name) else ""


def _code(event: Mapping[str, Any], named: Mapping[str, Mapping[str, Named]]) -> str:
    code = event.get("promo_code") or ""
    return (
        f"用码 {named['promo_code'][code].name if code in named['promo_code'] else code}"
        if code
        else ""
    )
