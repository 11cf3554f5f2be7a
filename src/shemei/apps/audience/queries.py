"""People and their ways, read from the warehouse. Call inside the workspace's scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, overload

from shemei.apps.audience import rules
from shemei.apps.commerce import queries as commerce
from shemei.kernel.figures import LONG_AGO, ask
from shemei.kernel.periods import Period, today
from shemei.kernel.registry import Named, names_of
from shemei.warehouse.questions import Journey, People
from shemei.warehouse.vocabulary import from_ts, int_day

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace

PAGE = 25
"""Asked for the number of people too: the same question as the first page, answered once."""
ALWAYS = Period(LONG_AGO, date(2099, 12, 31), "一直以来")
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

    @property
    def is_order(self) -> bool:
        return self.kind == "order"

    @property
    def is_touch(self) -> bool:
        return self.in_path


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person with what they did in a span of days; ``value`` is 分, net of refunds."""

    key: str
    name: str
    tail: str
    first_at: datetime
    last_at: datetime
    events: int
    touches: int
    orders: int
    value: int
    first_platform: str
    last_platform: str
    first_channel: str
    browsers: int


def journey(
    workspace: Workspace, *, order_id: str = "", person: str = "", limit: int = 500
) -> list[Step]:
    """The way of the person behind an order, or of a known person, oldest first; the last ``limit`` events."""
    events = events_of(workspace, order_id=order_id, person=person)[-limit:]
    return steps_of(workspace, rules.told_once(events))


def events_of(
    workspace: Workspace, *, order_id: str = "", person: str = ""
) -> list[dict[str, Any]]:
    """The same as rows of the log, with ``person`` and ``in_path``."""
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
        *rules.whereabouts(event),
        _creator(event, named, subject),
        _code(event, named),
        rules.suspicion(event),
        rules.unproven(event),
    ]
    return Step(
        at=_moment(event["ts"]),
        kind=event["kind"],
        platform=event.get("platform") or "site",
        title=f"{rules.verb(event)}{about}",
        url=subject.url if subject else "",
        note="，".join(note for note in notes if note),
        amount=event.get("amount") or 0,
        order_id=event.get("order_id") or "",
        in_path=bool(event.get("in_path")),
        suspect=event.get("suspect") or "",
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


def _moment(ts: Any) -> datetime:
    return ts if isinstance(ts, datetime) else from_ts(int(ts))


@dataclass(frozen=True, slots=True)
class Found(Sequence[PersonRow]):
    """The people of a period, asked from the warehouse one page at a time."""

    workspace: Workspace
    period: Period
    order: str = "last"
    search: str = ""
    bought: str = ""

    def __len__(self) -> int:
        rows = self._rows(PAGE, 0)
        return int(rows[0]["total"]) if rows else 0

    @overload
    def __getitem__(self, at: int) -> PersonRow: ...

    @overload
    def __getitem__(self, at: slice) -> list[PersonRow]: ...

    def __getitem__(self, at: int | slice) -> PersonRow | list[PersonRow]:
        if isinstance(at, int):
            return self._people(self._rows(1, at))[0]
        start = at.start or 0
        stop = at.stop if at.stop is not None else len(self)
        return self._people(self._rows(max(0, stop - start), start))

    def having(self, **changes: Any) -> Found:
        return replace(self, **changes)

    def _rows(self, limit: int, offset: int) -> list[dict[str, Any]]:
        question = People(
            workspace=self.workspace.key,
            first=self.period.first_day,
            last=self.period.last_day,
            search=self.search,
            order=self.order,
            bought=self.bought,
            limit=limit,
            offset=offset,
        )
        rows: list[dict[str, Any]] = ask(question).rows.to_pylist()
        return rows

    def _people(self, rows: list[dict[str, Any]]) -> list[PersonRow]:
        return people_of(self.workspace, rows)


def person_of(
    workspace: Workspace, key: str, events: Sequence[Mapping[str, Any]]
) -> PersonRow | None:
    """One person over all time, from all their events; None without any."""
    if not events:
        return None
    counted = [event for event in events if not event["suspect"]] or events
    touches = [event for event in counted if rules.is_own_touch(event)]
    orders = [event for event in counted if event["kind"] == "order"]
    returned = sum(event["amount"] for event in counted if event["kind"] == "refund")
    row = {
        "person": key,
        "customer": next((e["customer"] for e in events if e["customer"]), ""),
        "phone": next((e["phone"] for e in events if e["phone"]), ""),
        "first_ts": counted[0]["ts"],
        "last_ts": counted[-1]["ts"],
        "events": len(counted),
        "touches": len(touches),
        "orders": len({event["order_id"] for event in orders}),
        "value": sum(event["amount"] for event in orders) - returned,
        "first_platform": touches[0]["platform"] if touches else "",
        "last_platform": touches[-1]["platform"] if touches else "",
        "first_channel": touches[0]["channel"] if touches else "",
        "visitors": len({event["visitor_key"] for event in events if event["visitor_key"]}),
    }
    return people_of(workspace, [row])[0]


def people_of(workspace: Workspace, rows: Iterable[Mapping[str, Any]]) -> list[PersonRow]:
    """Rows of the warehouse with the shop's masked names; a phone number is never more than its tail."""
    told = list(rows)
    buyers = commerce.customers_of(
        workspace,
        keys=[row["customer"] for row in told],
        phone_hashes=[row["phone"] for row in told],
    )
    by_key = {buyer.key: buyer for buyer in buyers}
    by_phone = {buyer.phone_hash: buyer for buyer in buyers if buyer.phone_hash}
    return [_person(row, by_key.get(row["customer"]) or by_phone.get(row["phone"])) for row in told]


def _person(row: Mapping[str, Any], buyer: Any) -> PersonRow:
    key = str(row["person"])
    return PersonRow(
        key=key,
        name=(buyer.name_masked or "匿名") if buyer else rules.short_name(key),
        tail=buyer.phone_tail if buyer else "",
        first_at=_moment(row["first_ts"]),
        last_at=_moment(row["last_ts"]),
        events=row["events"],
        touches=row["touches"],
        orders=row["orders"],
        value=row["value"],
        first_platform=row["first_platform"],
        last_platform=row["last_platform"],
        first_channel=row["first_channel"],
        browsers=row["visitors"],
    )
