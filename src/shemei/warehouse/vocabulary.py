"""The one shape of "something happened between a person and the brand"."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Mapping

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
SCHEMA_VERSION = 2


class Kind(StrEnum):
    """What happened. The value is what the log stores; ``KIND_NAMES`` is what people read."""

    IMPRESSION = "impression"
    CLICK = "click"
    VISIT = "visit"
    VIEW = "view"
    ENGAGE = "engage"
    FOLLOW = "follow"
    LEAD = "lead"
    ADD_FRIEND = "add_friend"
    JOIN_GROUP = "join_group"
    INVITE = "invite"
    CLAIM = "claim"
    CHECK_IN = "check_in"
    ORDER = "order"
    REFUND = "refund"
    REDEEM = "redeem"
    SPEND = "spend"
    CUSTOM = "custom"


KIND_NAMES: dict[str, str] = {
    "impression": "曝光",
    "click": "点击短链",
    "visit": "访问",
    "view": "浏览页面",
    "engage": "互动",
    "follow": "关注",
    "lead": "留资",
    "add_friend": "添加企微好友",
    "join_group": "进群",
    "invite": "邀请",
    "claim": "领取",
    "check_in": "打卡",
    "order": "下单",
    "refund": "退款",
    "redeem": "用码",
    "spend": "花费",
    "custom": "自定义事件",
}

CORRECTION = "correction"
"""The action of a refund that corrects the amount of its order, and of whatever else is told of one once more."""
RECOUNT = "recount"
"""The action of a refund that corrects an earlier refund."""

TOUCH_KINDS: tuple[str, ...] = (
    "click", "visit", "lead", "add_friend", "check_in", "claim", "redeem",
)  # fmt: skip
"""Kinds that may stand in a path (ARCHITECTURE: attribution, defined once)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One row of the log.

    Text that is unknown is ``""``, a number that does not apply is ``0``: no NULL, so that every
    engine groups alike. ``ts`` is UTC microseconds since 1970. ``amount`` is in minor units (分).
    ``day`` (yyyymmdd) and ``week`` (Monday of the week, yyyymmdd) are of Asia/Shanghai and filled
    by :func:`stamp`, as are ``event_id`` (UUIDv7) and ``visitor_key`` (stable 63-bit hash).

    ``content``, ``creator``, ``campaign``, ``activity``, ``link`` and ``platform_account`` hold the
    unguessable ``key`` of the row in its room; ``channel`` a channel's key (see ``channels``).
    ``action`` is the finer word within a kind: engage → like, comment, share, collect, finish
    (played to the end); custom → the event's own name; otherwise ``""``. ``phone`` is a keyed hash,
    never a number. ``batch`` names the import, or the
    tagged site, it came with.
    A visit by a page that somebody passed on knows ``shared_by``, the mark of the browser that did
    (no visitor id, and joined to none), and ``share_depth``, through how many hands it came: 1 is
    from somebody who had not got it by sharing himself.
    ``props`` is a JSON object as text.
    """

    kind: str
    workspace: str
    ts: int
    action: str = ""
    event_id: str = ""
    day: int = 0
    week: int = 0
    visitor: str = ""
    visitor_key: int = 0
    customer: str = ""
    phone: str = ""
    platform: str = ""
    platform_account: str = ""
    channel: str = ""
    campaign: str = ""
    content: str = ""
    creator: str = ""
    activity: str = ""
    link: str = ""
    promo_code: str = ""
    utm_source: str = ""
    utm_medium: str = ""
    utm_campaign: str = ""
    utm_content: str = ""
    utm_term: str = ""
    source: str = ""
    device: str = ""
    in_app: str = ""
    region: str = ""
    referrer_host: str = ""
    page: str = ""
    suspect: str = ""
    amount: int = 0
    currency: str = "CNY"
    quantity: int = 1
    order_id: str = ""
    click_id: str = ""
    batch: str = ""
    props: str = field(default="{}")
    shared_by: str = ""
    share_depth: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return the row as a plain dict, keys in schema order."""
        return asdict(self)


_INT64 = {"ts", "visitor_key", "amount"}
_INT32 = {"day", "week", "quantity", "share_depth"}


def _arrow_type(name: str) -> pa.DataType:
    if name == "ts":
        return pa.timestamp("us", tz="UTC")
    if name in _INT64:
        return pa.int64()
    return pa.int32() if name in _INT32 else pa.string()


COLUMNS: tuple[str, ...] = tuple(item.name for item in fields(Event))
REQUIRED = ("kind", "workspace", "ts", "event_id", "day", "week", "visitor_key")
"""Columns that every line of a segment names."""

DEFAULTS: dict[str, str | int] = {
    item.name: item.default
    for item in fields(Event)
    if isinstance(item.default, str | int) and item.name not in REQUIRED
}
"""What a column holds that a line of a segment leaves out."""

SCHEMA: pa.Schema = pa.schema([pa.field(name, _arrow_type(name)) for name in COLUMNS])
"""The Arrow schema of the lake's ``events`` table, in the order of :class:`Event`."""


def spoken(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a row that a line must name: those that differ from their default.

    Examples
    --------
    >>> spoken({"kind": "view", "day": 0, "device": "", "quantity": 1, "page": "/a"})
    {'kind': 'view', 'day': 0, 'page': '/a'}
    """
    return {name: value for name, value in row.items() if DEFAULTS.get(name) != value}


def line_of(event: Event) -> bytes:
    r"""Return a stamped event as its line of a segment.

    Examples
    --------
    >>> line_of(Event(kind="click", workspace="w", ts=1, event_id="e", day=20261101, week=20261026))
    b'{"kind":"click","workspace":"w","ts":1,"event_id":"e","day":20261101,"week":20261026,"visitor_key":0}\n'
    """
    row = {name: getattr(event, name) for name in COLUMNS}
    return orjson.dumps(spoken(row), option=orjson.OPT_APPEND_NEWLINE)


def day_of(ts: int) -> int:
    """Return the Shanghai calendar day of ``ts`` (UTC microseconds) as yyyymmdd.

    Examples
    --------
    >>> day_of(1_700_000_000_000_000)
    20231115
    """
    local = datetime.fromtimestamp(ts / 1_000_000, SHANGHAI)
    return local.year * 10000 + local.month * 100 + local.day


def week_of(day: int) -> int:
    """Return the Monday of ``day``'s week, both yyyymmdd.

    Examples
    --------
    >>> week_of(20231115)
    20231113
    """
    whole = date_of(day)
    monday = whole - timedelta(days=whole.weekday())
    return int_day(monday)


def int_day(day: date) -> int:
    """Return a date as the integer yyyymmdd.

    Examples
    --------
    >>> int_day(date(2026, 11, 3))
    20261103
    """
    return day.year * 10000 + day.month * 100 + day.day


def date_of(day: int) -> date:
    """Return the date of the integer yyyymmdd; ValueError where there is no such day.

    Examples
    --------
    >>> date_of(20261103)
    datetime.date(2026, 11, 3)
    """
    return date(day // 10000, day // 100 % 100, day % 100)


def to_ts(moment: datetime) -> int:
    """Return an aware datetime as UTC microseconds; a naive one is refused (ValueError).

    Examples
    --------
    >>> to_ts(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    if moment.tzinfo is None:
        raise ValueError("a moment in the log needs a time zone; got a naive datetime")
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def from_ts(ts: int) -> datetime:
    """Return UTC microseconds as an aware datetime in UTC.

    Examples
    --------
    >>> from_ts(1000000).isoformat()
    '1970-01-01T00:00:01+00:00'
    """
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=ts)


def visitor_key(visitor: str) -> int:
    """Return a stable non-negative 63-bit hash of a visitor id; ``""`` is 0.

    Examples
    --------
    >>> visitor_key(""), visitor_key("v1") == visitor_key("v1")
    (0, True)
    """
    if not visitor:
        return 0
    digest = hashlib.blake2b(visitor.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def uuid7(ts: int | None = None) -> str:
    """Return a new UUIDv7 (RFC 9562) for ``ts`` UTC microseconds, by default now.

    Examples
    --------
    >>> len(uuid7()), uuid7()[14]
    (36, '7')
    """
    millis = (ts if ts is not None else time.time_ns() // 1000) // 1000
    tail = bytearray(os.urandom(10))
    tail[0] = 0x70 | tail[0] & 0x0F
    tail[2] = 0x80 | tail[2] & 0x3F
    text = f"{millis:012x}{tail.hex()}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def stamp(event: Event) -> Event:
    """Return ``event`` with id, day, week and visitor key filled where they are missing."""
    day = event.day or day_of(event.ts)
    return replace(
        event,
        event_id=event.event_id or uuid7(event.ts),
        day=day,
        week=event.week or week_of(day),
        visitor_key=event.visitor_key or visitor_key(event.visitor),
    )
