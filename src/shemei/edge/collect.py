"""Turns what the tag sends to ``/e`` into events: checked, stamped, with its channel decided."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl
from uuid import UUID

import orjson

from shemei.edge.address import SHARE, clean, passed_on, read_page
from shemei.edge.private import mask
from shemei.edge.redirect import CLICK_ID
from shemei.edge.visit import host_of
from shemei.engines.phones import IN_TEXT
from shemei.warehouse.vocabulary import REQUIRED, Event, visitor_key

if TYPE_CHECKING:
    import asyncio

    from shemei.edge.sites import Site, Sites
    from shemei.edge.stamps import Clock, Ids
    from shemei.edge.visit import Came

TAG_KINDS = frozenset(
    {"view", "visit", "engage", "follow", "lead", "claim", "check_in", "order", "custom"}
)
"""What a page may report. Clicks, refunds, spend and the like come from the system alone."""
PLATFORMS = frozenset(
    {"wechat", "channels", "wecom", "weibo", "douyin", "kuaishou", "xhs", "bilibili"}
)
MOST_EVENTS = 50
MOST_PROPS = 4096
OLDEST_MS = 7 * 86_400_000
MOST_AMOUNT = 10**12
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_VISITOR = re.compile(r"[A-Za-z0-9_-]{8,64}")
_READ = ("source", "action", "order_id", "promo_code", "utm_source", "utm_medium")
_NEW = Event(kind="view", workspace="", ts=0, source="tag")
_BASE = {name: getattr(_NEW, name) for name in (*REQUIRED, *_READ)}
"""An event before anything is told of it: what every line names, and what is looked at here."""
_YES = (True, "1", "true")
PRIVATE_PROPS = frozenset(
    {"phone", "mobile", "tel", "email", "id_card", "idcard", "realname", "real_name", "openid"}
)
"""Names under which pages tend to send what identifies a person; left out of the log."""


class TagError(ValueError):
    """An event cannot be taken; ``code`` is for programs, the message (Chinese) for people."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Recent:
    """Remembers the ids pages gave their events, so that one sent again is not stored again.

    A page that is left before it hears the answer sends its event once more from the next page,
    perhaps while the first still waits for the disk: ``storing`` holds what became of those.
    The last ``most`` to ``2 * most`` ids are known.

    Examples
    --------
    >>> recent = Recent(most=2)
    >>> recent.add(["a", "b", "c"])
    >>> [recent.holds(known) for known in ("a", "c", "z")]
    [True, True, False]
    """

    def __init__(self, most: int = 50_000) -> None:
        self.storing: dict[str, asyncio.Future[bool]] = {}
        self._most = most
        self._new: set[str] = set()
        self._old: set[str] = set()

    def holds(self, event_id: str) -> bool:
        """Say whether the id was stored lately."""
        return event_id in self._new or event_id in self._old

    def add(self, event_ids: list[str]) -> None:
        """Remember ids of events that are on disk."""
        self._new.update(event_ids)
        if len(self._new) > self._most:
            self._old, self._new = self._new, set()

    async def follow(self, event_ids: list[str], stored: asyncio.Future[bool]) -> bool:
        """Wait for the disk; meanwhile the ids are ``storing``, afterwards known or forgotten."""
        self.storing.update(dict.fromkeys(event_ids, stored))
        try:
            if await stored:
                self.add(event_ids)
        finally:
            for event_id in event_ids:
                del self.storing[event_id]
        return stored.result()


@dataclass(frozen=True, slots=True)
class Batch:
    """What one request brings: its events, the lines to store, the ids given.

    ``twins`` are the fates of events that another request has brought and that are not stored yet.
    """

    events: int
    lines: list[bytes]
    given: list[str]
    twins: list[asyncio.Future[bool]]


class Collector:
    """Makes lines of the spool out of what pages send.

    Parameters
    ----------
    sites : Sites
        Which workspace a site key belongs to.
    clock : Clock
        Server time.
    ids : Ids
        Makes event ids.
    """

    def __init__(self, sites: Sites, clock: Clock, ids: Ids) -> None:
        self._sites = sites
        self._clock = clock
        self._ids = ids
        self.recent = Recent()
        self.masked = 0

    def batch(self, data: bytes, came: Came, cookie: str) -> Batch:
        """Return what a request's body brings, all or nothing.

        Raises
        ------
        TagError
            Where the body is not JSON or any event in it cannot be taken.
        """
        try:
            body = orjson.loads(data)
        except orjson.JSONDecodeError:
            raise TagError("malformed", "请求内容不是有效的 JSON") from None
        return self.gather(body if isinstance(body, list) else [body], came, cookie)

    def gather(self, events: list[Any], came: Came, cookie: str) -> Batch:
        """Return what these events bring; those sent again bring no line.

        Raises
        ------
        TagError
            Where any of them cannot be taken.
        """
        if not 0 < len(events) <= MOST_EVENTS:
            raise TagError("too_many", f"一次可以发 1 到 {MOST_EVENTS} 个事件")
        batch = Batch(len(events), [], [], [])
        for event in events:
            line, event_id = self.line(event, came, cookie)
            twin = self.recent.storing.get(event_id) if event_id else None
            if twin is not None:
                batch.twins.append(twin)
            elif not event_id or not (event_id in batch.given or self.recent.holds(event_id)):
                batch.lines.append(line)
                if event_id:
                    batch.given.append(event_id)
        return batch

    def line(self, body: Any, came: Came, cookie: str) -> tuple[bytes, str]:
        """Return one event as a line, and the id the page gave it or ``""``.

        Raises
        ------
        TagError
            Where it cannot be taken.
        """
        if not isinstance(body, dict):
            raise TagError("malformed", "每个事件应是一个 JSON 对象")
        site = self._site(body)
        row = _BASE.copy()
        row["workspace"], row["batch"] = site.workspace, _text(body, "site", 64)
        row["campaign"], row["content"] = site.campaign, site.content
        given = row["event_id"] = _valid_uuid(body.get("event_id"))
        _fill_what(row, body)
        _fill_who(row, body, cookie)
        self._fill_when(row, body)
        self._fill_whence(row, body, site, came)
        self.masked += mask(row)
        return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE), given

    def _site(self, body: dict[str, Any]) -> Site:
        site = self._sites.get(_text(body, "site", 64))
        if site is None:
            raise TagError("unknown_site", "没有这个站点代码（site），请到「网站代码」页复制")
        if site.consent and body.get("consent") not in _YES:
            raise TagError("consent_required", "此站点要求访客先同意，事件没有带上同意标记")
        return site

    def _fill_when(self, row: dict[str, Any], body: dict[str, Any]) -> None:
        ts = self._clock.now() - _number(body, "age_ms", OLDEST_MS) * 1000
        day = self._clock.day(ts)
        row["ts"], row["day"], row["week"] = ts, day.day, day.week
        row["event_id"] = row["event_id"] or self._ids.uuid7(ts)

    def _fill_whence(
        self, row: dict[str, Any], body: dict[str, Any], site: Site, came: Came
    ) -> None:
        page = read_page(_text(body, "url", 8192))
        row["page"] = page.path
        row.update(page.query)
        hands = ""
        if (mark := row.pop(SHARE, "")) and row["kind"] == "visit":
            row.update(passed := passed_on(mark))
            hands = str(passed.get("share_depth", ""))
        row["click_id"] = _valid_uuid(row.pop(CLICK_ID, "") or body.get("click_id"))
        referrer = host_of(_text(body, "referrer", 8192).encode()[:1024])
        if referrer and (referrer == page.host or (site.hosts and site.owns(referrer))):
            referrer = ""
        in_app = came.agent.in_app
        platform = platform_told(row["utm_source"], in_app)
        host = page.host or came.referrer
        row["suspect"] = came.suspect or ("" if not host or site.owns(host) else "foreign_host")
        row["referrer_host"], row["platform"] = referrer, platform or "site"
        row["device"], row["in_app"] = came.agent.device, in_app
        row["channel"] = self._sites.rules(site.workspace).decide(
            utm_source=row["utm_source"],
            utm_medium=row["utm_medium"],
            share_depth=hands,
            platform=platform,
            in_app=in_app,
            referrer_host=referrer,
        )
        if row["kind"] == "engage":
            row["platform"] = "site"  # on the brand's own page, whatever app shows it
        if row["kind"] == "order" and row["promo_code"]:
            row["platform"] = (
                "site"  # but where the code's owner stands on one: that makes it a touch
            )
            row.update(self._sites.owner(site.workspace, row["promo_code"]))


def from_query(query: bytes) -> dict[str, Any]:
    """Return the event that ``/e.gif`` was asked with; ``props`` is JSON there.

    Raises
    ------
    TagError
        Where ``props`` is not JSON.

    Examples
    --------
    >>> from_query(b"site=k&kind=order&amount=100&props=%7B%22a%22%3A1%7D")
    {'site': 'k', 'kind': 'order', 'amount': 100, 'props': {'a': 1}}
    """
    try:
        body: dict[str, Any] = dict(parse_qsl(query.decode("latin-1"), max_num_fields=64))
    except ValueError:
        raise TagError("malformed", "参数太多") from None
    for name in ("amount", "age_ms", "quantity"):
        if body.get(name, "").isdecimal():
            body[name] = int(body[name][:18])
    if "props" in body:
        try:
            body["props"] = orjson.loads(body["props"])
        except orjson.JSONDecodeError:
            raise TagError("malformed", "props 不是有效的 JSON") from None
    return body


def _fill_what(row: dict[str, Any], body: dict[str, Any]) -> None:
    kind = body.get("kind")
    if not isinstance(kind, str) or kind not in TAG_KINDS:
        raise TagError("unknown_kind", f"kind 应是其中之一：{'、'.join(sorted(TAG_KINDS))}")
    row["kind"] = kind
    for name in ("action", "order_id", "promo_code"):
        if name in body:
            row[name] = _text(body, name, 64)
    row["amount"] = _number(body, "amount", MOST_AMOUNT)
    row["quantity"] = _number(body, "quantity", 10**6, default=1)
    row["props"] = _props(body)
    if kind == "order" and not row["order_id"]:
        raise TagError("missing", "下单事件要有订单号（order_id）")
    if kind == "custom" and not row["action"]:
        raise TagError("missing", "自定义事件要有名字（action）")


def _fill_who(row: dict[str, Any], body: dict[str, Any], cookie: str) -> None:
    named = _text(body, "visitor", 64)
    is_one = _VISITOR.fullmatch(named) and not IN_TEXT.fullmatch(named)
    visitor = named if is_one else cookie
    row["visitor"], row["visitor_key"] = visitor, visitor_key(visitor)


def platform_told(utm_source: str, in_app: str) -> str:
    """Return the platform a visit can be told to come from, or ``""``.

    Examples
    --------
    >>> platform_told("xhs", "wechat"), platform_told("", "wechat_miniprogram")
    ('xhs', 'wechat')
    """
    if utm_source in PLATFORMS:
        return utm_source
    seen = "wechat" if in_app == "wechat_miniprogram" else in_app
    return seen if seen in PLATFORMS else ""


def _text(body: dict[str, Any], name: str, most: int) -> str:
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TagError("wrong_type", f"{name} 应是文字")
    if len(value) > most:
        raise TagError("too_long", f"{name} 最长 {most} 个字符")
    return value.strip() if "\x00" not in value else clean(value)


def _number(body: dict[str, Any], name: str, most: int, *, default: int = 0) -> int:
    value = body.get(name)
    if value is None:
        return default
    if type(value) is not int or not 0 <= value <= most:
        raise TagError("wrong_number", f"{name} 应是 0 到 {most} 的整数（金额以分为单位）")
    return value


def _props(body: dict[str, Any]) -> str:
    props, title = body.get("props"), _text(body, "title", 512)
    if props is None and not title:
        return "{}"
    if not isinstance(props, dict | None):
        raise TagError("wrong_type", "props 应是一个 JSON 对象")
    try:
        kept = _public(props or {})
        text = orjson.dumps({"title": title, **kept} if title else kept)
    except (orjson.JSONEncodeError, RecursionError):
        raise TagError("malformed", "props 嵌套太深") from None
    if len(text) > MOST_PROPS:
        raise TagError("too_long", f"props 最大 {MOST_PROPS} 字节")
    return text.decode()


def _public(told: Any) -> Any:
    """Return a value of ``props`` without what stands under a private name, however deep."""
    if isinstance(told, dict):
        return {k: _public(v) for k, v in told.items() if k.lower() not in PRIVATE_PROPS}
    return [_public(v) for v in told] if isinstance(told, list) else told


def _valid_uuid(value: Any) -> str:
    """Return a UUID in its usual form, or ``""`` for anything else."""
    if not value or not isinstance(value, str) or len(value) > 64:
        return ""
    if _UUID.fullmatch(value):
        return value
    try:
        return str(UUID(value))
    except ValueError:
        return ""
