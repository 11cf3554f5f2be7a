"""What happens at ``/r/<code>``: where the visitor is sent, and the click that is stored before."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, quote, urlsplit

import orjson

from shemei.warehouse.vocabulary import COLUMNS, Event, visitor_key

if TYPE_CHECKING:
    from shemei.edge.linkbook import LinkBook, LinkRecord
    from shemei.edge.sites import Sites
    from shemei.edge.stamps import Day
    from shemei.edge.visit import Came
    from shemei.warehouse.channels import ChannelRules

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
CLICK_ID = "_c"
REMEMBERED_LINKS = 65_536
REMEMBERED_CHANNELS = 512
_PER_CLICK = (
    "ts", "event_id", "click_id", "day", "week", "visitor", "visitor_key",
    "channel", "device", "in_app", "referrer_host", "suspect",
)  # fmt: skip
_FROM_LINK = (
    "workspace", "platform", "platform_account", "campaign", "content", "creator", "activity",
    "link", "promo_code",
)  # fmt: skip
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
_KEEP = "!#$%&'()*+,/:;=?@[]~"


class BadTarget(ValueError):
    """A link's target cannot be sent to a browser; the message says why."""


def split_target(url: str, utm: dict[str, str]) -> tuple[str, str, dict[str, str]]:
    """Return the target before and after the click id, and the utm fields that hold.

    Parameters
    ----------
    url : str
        The link's target; its own query keeps its order and goes before the link's utm.
    utm : dict[str, str]
        The link's utm fields, added where the target has none of that name.

    Raises
    ------
    BadTarget
        Where it is not an http(s) address, or has characters that could end a header.

    Examples
    --------
    >>> split_target("https://a.cn/p?b=2#top", {"utm_source": "xhs"})[:2]
    ('https://a.cn/p?b=2&utm_source=xhs&_c=', '#top')
    """
    if _UNSAFE.search(url.strip()):
        raise BadTarget("the target holds a blank or a control character")
    address, mark, fragment = url.strip().partition("#")
    parts = _checked(address)
    pairs = [pair for pair in parts.query.split("&") if pair and not pair.startswith("_c=")]
    own = dict(parse_qsl(parts.query, keep_blank_values=True))
    held = {name: own.get(name) or utm.get(name, "") for name in UTM}
    pairs += [f"{name}={quote(held[name])}" for name in UTM if held[name] and not own.get(name)]
    base = _ascii_base(address.partition("?")[0], parts.hostname or "")
    query = "&".join([*(quote(pair, safe=_KEEP) for pair in pairs), f"{CLICK_ID}="])
    return f"{base}?{query}", mark + quote(fragment, safe=_KEEP), held


def _checked(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError as error:
        raise BadTarget(f"the target is no address: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadTarget("the target is not an http or https address")
    return parts


def _ascii_base(base: str, host: str) -> str:
    if not host.isascii():
        try:
            base = re.sub(re.escape(host), host.encode("idna").decode(), base, count=1, flags=re.I)
        except UnicodeError as error:
            raise BadTarget("the target's host cannot be written in a header") from error
    return quote(base, safe=_KEEP)


class Target:
    """One link made ready: the parts of its answer and of its event that never change.

    Parameters
    ----------
    record : LinkRecord
        The link; the channel it names holds, without one the rules decide per click.
    rules : ChannelRules
        The channel rules of its workspace.

    Raises
    ------
    BadTarget
        Where nobody can be sent to its address.
    """

    __slots__ = ("_channels", "_fixed", "_link", "_rules", "_utm", "after", "before")

    def __init__(self, record: LinkRecord, rules: ChannelRules) -> None:
        before, after, utm = split_target(record.url, record.utm)
        self.before, self.after = before.encode("ascii"), after.encode("ascii")
        self._link, self._rules, self._utm = record, rules, utm
        self._channels: dict[tuple[str, str], str] = {}
        row = asdict(Event(kind="click", workspace=record.workspace, ts=0, source="edge"))
        row |= {name: getattr(record, name) for name in _FROM_LINK} | utm
        kept = {name: row[name] for name in COLUMNS if name not in _PER_CLICK}
        self._fixed = orjson.dumps(kept).decode()[:-1]

    def channel(self, in_app: str, referrer: str) -> str:
        """Return the channel of a click as a JSON string."""
        key = (in_app, referrer)
        found = self._channels.get(key)
        if found is None:
            if len(self._channels) >= REMEMBERED_CHANNELS:
                self._channels.clear()
            name = self._link.channel or self._decide(in_app, referrer)
            found = self._channels[key] = orjson.dumps(name).decode()
        return found

    def _decide(self, in_app: str, referrer: str) -> str:
        return self._rules.decide(
            utm_source=self._utm["utm_source"],
            utm_medium=self._utm["utm_medium"],
            platform=self._link.platform,
            in_app=in_app,
            referrer_host=referrer,
        )

    def event(self, click_id: str, ts: int, day: Day, visitor: str, came: Came) -> bytes:
        """Return the click as one line of the spool; no text put in here needs an escape."""
        agent = came.agent
        return (
            f'{self._fixed},"ts":{ts},"event_id":"{click_id}","click_id":"{click_id}"'
            f',"day":{day.day},"week":{day.week}'
            f',"visitor":"{visitor}","visitor_key":{visitor_key(visitor)}'
            f',"channel":{self.channel(agent.in_app, came.referrer)}'
            f',"device":"{agent.device}","in_app":"{agent.in_app}"'
            f',"referrer_host":"{came.referrer}","suspect":"{came.suspect}"}}\n'
        ).encode()

    def location(self, click_id: str) -> bytes:
        """Return where the browser is sent."""
        return self.before + click_id.encode() + self.after


class Targets:
    """Links made ready, kept while the link book stays the same.

    Parameters
    ----------
    book : LinkBook
        Where codes are looked up.
    sites : Sites
        Where a workspace's channel rules are.
    """

    def __init__(self, book: LinkBook, sites: Sites) -> None:
        self._book = book
        self._sites = sites
        self._ready: dict[str, Target] = {}

    def get(self, code: str) -> Target | None:
        """Return the target of a code; None where nobody can be sent anywhere by it."""
        found = self._ready.get(code)
        return found if found is not None else self._prepare(code)

    def forget(self) -> None:
        """Look everything up again: the book or the rules have changed."""
        self._ready.clear()

    def _prepare(self, code: str) -> Target | None:
        record = self._book.get(code)
        if record is None:
            return None
        try:
            target = Target(record, self._sites.rules(record.workspace))
        except ValueError:  # BadTarget, or text that has no bytes
            return None
        if len(self._ready) >= REMEMBERED_LINKS:
            self._ready.clear()
        self._ready[code] = target
        return target
