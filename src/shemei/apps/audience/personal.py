"""What is held of one person, wherever it is: found by phone, order, customer or visitor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings

from shemei.apps.audience import pages
from shemei.apps.commerce import queries as commerce
from shemei.engines.phones import number_typed
from shemei.kernel import outbox
from shemei.kernel.crypto import phone_hash, wechat_hash
from shemei.kernel.erasure import Held, held_of
from shemei.kernel.ways.words import verb
from shemei.warehouse.computed import settling
from shemei.warehouse.log.tombstones import Erased
from shemei.warehouse.upkeep import erasure
from shemei.warehouse.upkeep.proof import fingerprint
from shemei.warehouse.vocabulary import SHANGHAI, from_ts, visitor_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shemei.kernel.workspace import Workspace

_WECHAT = re.compile(r"[A-Za-z][A-Za-z0-9_-]{5,19}")
_ORDER = re.compile(r"(?=(?:.*[0-9]){4})[A-Za-z0-9_-]{8,64}")
_DAY = re.compile(r"(?:19|20)[0-9]{2}-?[01][0-9]-?[0-3][0-9]")


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything held of one person. ``number`` is the key of the person in the log, 0 where it knows nobody."""

    person: Erased
    events: list[dict[str, Any]]
    held: list[Held]

    @property
    def is_empty(self) -> bool:
        return not self.events and not any(one.count for one in self.held)

    @property
    def mark(self) -> str:
        """Twelve letters that stand for the person in records which must not name anybody."""
        return fingerprint(self.person)[:12]

    @property
    def span(self) -> str:
        """The first and the last day in Shanghai; the moments themselves are told in UTC."""
        moments = [datetime.fromisoformat(event["时间"]) for event in self.events]
        days = sorted(moment.astimezone(SHANGHAI).date() for moment in moments)
        return f"{days[0]} 至 {days[-1]}" if days else ""


def look_up(workspace: Workspace, text: str) -> Dossier | None:
    """All that is held of whoever has this phone number, order number, customer number or visitor id."""
    wanted = text.strip()
    person = identify(workspace, wanted) if wanted else None
    if person is None:
        return None
    found = Dossier(person, _events(person), held_of(workspace, person))
    return None if found.is_empty else found


def identify(workspace: Workspace, wanted: str) -> Erased | None:
    """The identities behind what was typed; what the database alone knows is looked for there too."""
    home = settings.SHEMEI_HOME
    outbox.relay(home)
    settling.settle(home)
    phone = phone_hash(workspace.key, number_typed(wanted))
    for number in dict.fromkeys(filter(None, (_number(workspace, wanted), visitor_key(wanted)))):
        try:
            known = erasure.find_person(home, workspace.key, person=number)
        except erasure.ErasureError:
            continue
        if number != visitor_key(wanted) or known.rows:
            return known
    return _known_by_rows(workspace, wanted, phone)


def _number(workspace: Workspace, wanted: str) -> int:
    names = (wanted, *commerce.customers_called(wanted))
    key = next(filter(None, (pages.find(workspace, name) for name in names)), "")
    return int(key) if key.isdecimal() else 0


def _known_by_rows(workspace: Workspace, wanted: str, phone: str) -> Erased:
    """Somebody whom the log does not know: the rooms may hold a row of theirs all the same.

    What was typed is a customer or an order only where it can be one: else any word of a note, and any date
    in an upload, would be a person to erase.
    """
    wechat = wechat_hash(workspace.key, wanted) if _WECHAT.fullmatch(wanted) else ""
    called = commerce.customers_called(wanted)
    is_order = looks_like_an_order(wanted) or commerce.is_order(wanted)
    return Erased(
        key=erasure.new_key(),
        workspace=workspace.key,
        until=int(datetime.now(UTC).timestamp() * 1e6),
        visitors=(visitor_key(wanted),),
        phones=tuple(filter(None, (phone, wechat))),
        orders=(*([wanted] if is_order else []), *commerce.orders_of_phone(phone)),
        customers=(wanted, *called) if called else (),
    )


def looks_like_an_order(text: str) -> bool:
    """Whether an upload may hold this as an order number: long, with digits, and no day.

    >>> [
    ...     looks_like_an_order(t)
    ...     for t in ("JD-20261111-7", "2026-11-11", "20261111", "summer-sale", "2026")
    ... ]
    [True, False, False, False, False]
    """
    return bool(_ORDER.fullmatch(text)) and not _DAY.fullmatch(text)


def _events(person: Erased) -> list[dict[str, Any]]:
    rows = erasure.events_of_person(settings.SHEMEI_HOME, person)
    return [_told(row) for row in sorted(rows, key=lambda row: row["ts"])]


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    moment = row["ts"] if isinstance(row["ts"], datetime) else from_ts(int(row["ts"]))
    named = {
        "页面": row["page"],
        "平台": row["platform"],
        "渠道": row["channel"],
        "订单号": row["order_id"],
        "金额": f"{row['amount'] / 100:.2f}" if row["amount"] else "",
        "设备": row["device"],
        "地区": row["region"],
        "访客": str(row["visitor_key"] or ""),
        "点击号": row["click_id"],
        "其他": row["props"],
    }
    head = {"时间": moment.astimezone(UTC).isoformat(timespec="seconds"), "行为": verb(row)}
    return head | {name: value for name, value in named.items() if value}
