"""People, read from the warehouse. Call inside the workspace's scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, overload

from shemei.apps.audience import rules
from shemei.apps.commerce import queries as commerce
from shemei.kernel.figures import ask, moment_of
from shemei.kernel.periods import Period
from shemei.kernel.ways import words
from shemei.warehouse.questions import People

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace

PAGE = 25
"""Asked for the number of people too: the same question as the first page, answered once."""


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
    touches = [event for event in counted if words.is_own_touch(event)]
    orders = [event for event in counted if event["kind"] == "order"]
    stands = words.told_once(counted)
    paid = sum(event["amount"] for event in stands if event["kind"] == "order")
    returned = sum(event["amount"] for event in stands if event["kind"] == "refund")
    row = {
        "person": key,
        "customer": next((e["customer"] for e in events if e["customer"]), ""),
        "phone": next((e["phone"] for e in events if e["phone"]), ""),
        "first_ts": counted[0]["ts"],
        "last_ts": counted[-1]["ts"],
        "events": len(counted),
        "touches": len(touches),
        "orders": len({event["order_id"] for event in orders}),
        "value": paid - returned,
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
        first_at=moment_of(row["first_ts"]),
        last_at=moment_of(row["last_ts"]),
        events=row["events"],
        touches=row["touches"],
        orders=row["orders"],
        value=row["value"],
        first_platform=row["first_platform"],
        last_platform=row["last_platform"],
        first_channel=row["first_channel"],
        browsers=row["visitors"],
    )
