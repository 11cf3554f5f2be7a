"""What is held of one person, wherever it is: found by phone, order, customer or visitor; handed out as a file."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
from django.conf import settings

from shemei.apps.audience import pages
from shemei.apps.audience.rules import verb
from shemei.apps.commerce import queries as commerce
from shemei.kernel import outbox
from shemei.kernel.crypto import phone_hash
from shemei.kernel.erasure import Held, held_of
from shemei.warehouse import erasure, maintenance
from shemei.warehouse.proof import fingerprint
from shemei.warehouse.tombstones import Erased
from shemei.warehouse.vocabulary import from_ts, visitor_key

if TYPE_CHECKING:
    from pathlib import Path

    from shemei.kernel.workspace import Workspace

README = """这个压缩包里是「{brand}」的系统里关于这一个人的全部记录，导出于 {moment}（UTC）。
person.json   全部内容，给程序读
events.csv    来访、点击、下单等行为，一行一件
其余 .csv     各部分业务数据里的记录
手机号在系统里只存散列和尾号，没有完整号码可以导出。
"""


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
        moments = sorted(event["时间"][:10] for event in self.events)
        return f"{moments[0]} 至 {moments[-1]}" if moments else ""


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
    maintenance.settle(home)
    phone = phone_hash(workspace.key, wanted) if wanted.isdigit() or wanted.startswith("+") else ""
    for number in dict.fromkeys(filter(None, (_number(workspace, wanted), visitor_key(wanted)))):
        try:
            known = erasure.find_person(home, workspace.key, person=number)
        except erasure.ErasureError:
            continue
        if number != visitor_key(wanted) or known.rows:
            return known
    return _known_by_rows(workspace, wanted, phone)


def _number(workspace: Workspace, wanted: str) -> int:
    key = pages.find(workspace, wanted)
    return int(key) if key.isdecimal() else 0


def _known_by_rows(workspace: Workspace, wanted: str, phone: str) -> Erased:
    """Somebody whom the log does not know: the rooms may hold a row of theirs all the same."""
    return Erased(
        key=erasure.new_key(),
        workspace=workspace.key,
        until=int(datetime.now(UTC).timestamp() * 1e6),
        visitors=(visitor_key(wanted),),
        phones=(phone,) if phone else (),
        orders=tuple(dict.fromkeys([wanted, *commerce.orders_of_phone(phone)])),
        customers=(wanted,),
    )


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


def as_zip(workspace: Workspace, found: Dossier) -> bytes:
    """The dossier as a ZIP of one JSON and tables that any program opens."""
    out, person = io.BytesIO(), found.person
    whole = {
        "导出时间": datetime.now(UTC).isoformat(timespec="seconds"),
        "品牌": workspace.name,
        "身份": {name: len(values) for name, values in person.named().items()},
        "行为": found.events,
        "业务数据": {one.name: one.rows for one in found.held},
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr("说明.txt", README.format(brand=workspace.name, moment=whole["导出时间"]))
        box.writestr("person.json", orjson.dumps(whole, option=orjson.OPT_INDENT_2))
        box.writestr("events.csv", _csv(found.events))
        for one in found.held:
            if one.count:
                box.writestr(f"{one.name}.csv", _csv(one.rows))
    return out.getvalue()


def _csv(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A table with every column that any row has; what a spreadsheet would compute is quoted."""
    rows = list(rows)
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    writer.writerows([[_harmless(str(row.get(name, ""))) for name in names] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell


def proof_folder(workspace: Workspace) -> Path:
    folder: Path = settings.SHEMEI_HOME.media / "erasures" / workspace.key
    return folder


def proofs(workspace: Workspace) -> list[dict[str, Any]]:
    """The erasures of this brand that were carried out, the latest first: what, when, how much."""
    paths = proof_folder(workspace).glob("person-*.json")
    found = [_dated(orjson.loads(path.read_bytes())) for path in paths]
    return sorted(found, key=lambda one: one["made_at"], reverse=True)


def proof_bytes(workspace: Workspace, key: str) -> bytes | None:
    """One proof as it was written; None where this brand has none of that name."""
    path = proof_folder(workspace) / f"{key}.json"
    is_own = key.startswith("person-") and key.replace("-", "").isalnum() and path.exists()
    return path.read_bytes() if is_own else None


def document(told: bytes) -> dict[str, Any]:
    """A proof as its page shows it: without the list of files, with the hash of the whole."""
    proof: dict[str, Any] = orjson.loads(told)
    files = proof.pop("files")
    kinds = {"events": "事件日志", "computed": "汇总", "spool": "分段", "log": "日志的清单",
             "checkpoint": "日志的清单（汇总）"}  # fmt: skip
    totals = [
        (kinds.get(kind, kind), {name: f"{n:,}" for name, n in count.items()})
        for kind, count in proof["totals"].items()
    ]
    names = {
        "visitor_key": "浏览器",
        "customer": "顾客编号",
        "phone": "手机号散列",
        "order_id": "订单号",
    }
    identities = [(names.get(k, k), n) for k, n in proof["identities"].items()]
    return _dated(proof) | {
        "backups": [_dated(one) for one in proof["backups"]],
        "until_moment": datetime.fromisoformat(proof["until"]),
        "file_count": f"{len(files):,}",
        "row_count": f"{sum(one['rows'] for one in files):,}",
        "totals": totals,
        "identities": identities,
        "fingerprint": grouped(proof["fingerprint"]),
        "sha256": grouped(hashlib.sha256(told).hexdigest()),
    }


def grouped(digest: str) -> str:
    """A digest in groups of eight, as people compare it and lines break it.

    >>> grouped("0123456789abcdef")
    '01234567 89abcdef'
    """
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))


def _dated(told: dict[str, Any]) -> dict[str, Any]:
    """The same with ``made_at`` as a moment too, for the screen to write."""
    return told | {"made": datetime.fromisoformat(told["made_at"])}


def with_more(proof: Any, more: Mapping[str, Any]) -> bytes:
    """A proof as JSON, with what the rooms did and the version of the log."""
    return orjson.dumps(asdict(proof) | dict(more), option=orjson.OPT_INDENT_2)
