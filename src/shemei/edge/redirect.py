"""What happens at ``/r/<code>``: where the visitor is sent, and the click that is stored before."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlsplit

import orjson

from shemei.edge.linkrules import pick, read_rules
from shemei.warehouse.vocabulary import Event, spoken, visitor_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shemei.edge.linkbook import LinkBook
    from shemei.edge.linkrules import Way
    from shemei.edge.sites import Sites
    from shemei.edge.stamps import Day
    from shemei.edge.visit import Came
    from shemei.warehouse.channels import ChannelRules

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
CLICK_ID = "_c"
REMEMBERED_LINKS = 131_072
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
_SAFE = re.compile(r"[A-Za-z0-9_.\-!#$%&'()*+,/:;=?@\[\]~]*")
_PLAIN = re.compile(r"https?://[A-Za-z0-9.\-]+(?::\d{1,4})?(?:/[A-Za-z0-9_.\-!$%&'()*+,/:;=@~]*)?")
_BASE = {
    name: value
    for name, value in asdict(Event(kind="click", workspace="", ts=0, source="edge")).items()
    if name not in _PER_CLICK
}


def _props(said: Mapping[str, str]) -> str:
    """Return what goes into a line after its fixed part: nothing where nothing is said."""
    return f',"props":{_json(orjson.dumps(said).decode())}' if said else ""


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
    url = url.strip()
    if _UNSAFE.search(url):
        raise BadTarget("the target holds a blank or a control character")
    address, mark, fragment = url.partition("#")
    base, _, query = address.partition("?")
    if not _PLAIN.fullmatch(base):
        base = _ascii_base(base)
    own = dict(parse_qsl(query, keep_blank_values=True)) if "utm_" in query else {}
    held = {name: own.get(name) or utm.get(name, "") for name in UTM}
    pairs = [_safe(pair) for pair in query.split("&") if pair and not pair.startswith("_c=")]
    pairs += [f"{name}={_quoted(held[name])}" for name in UTM if held[name] and not own.get(name)]
    pairs.append(f"{CLICK_ID}=")
    return f"{base}?{'&'.join(pairs)}", mark + _safe(fragment), held


@lru_cache(4096)
def _quoted(value: str) -> str:
    return quote(value)


@lru_cache(4096)
def _json(value: str) -> str:
    return orjson.dumps(value).decode()


def _safe(text: str) -> str:
    return text if _SAFE.fullmatch(text) else quote(text, safe=_KEEP)


def _ascii_base(base: str) -> str:
    try:
        parts = urlsplit(base)
        host, _ = parts.hostname or "", parts.port
        if parts.scheme not in ("http", "https") or not host:
            raise BadTarget("the target is not an http or https address")
        ascii_host = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError as error:
        raise BadTarget("the target's host cannot be written in a header") from error
    except ValueError as error:
        raise BadTarget(f"the target is no address: {error}") from error
    base = re.sub(re.escape(host), lambda _: ascii_host, base, count=1, flags=re.IGNORECASE)
    return quote(base, safe=_KEEP)


class Target:
    """One link made ready: the parts of its answer and of its event that never change.

    Parameters
    ----------
    link : Mapping[str, Any]
        The fields of its ``LinkRecord``; the channel it names holds, without one the rules decide
        per click.
    rules : ChannelRules
        The channel rules of its workspace.
    said : Mapping[str, str], optional
        What each click carries in its ``props``: which of the link's rules sent it here.

    Raises
    ------
    BadTarget
        Where nobody can be sent to its address.
    """

    __slots__ = (
        "_channel",
        "_fixed",
        "_platform",
        "_props",
        "_rules",
        "_said",
        "_utm",
        "after",
        "before",
    )

    def __init__(
        self, link: Mapping[str, Any], rules: ChannelRules, said: Mapping[str, str] | None = None
    ) -> None:
        before, after, utm = split_target(link["url"], link["utm"])
        self.before, self.after = before.encode("ascii"), after.encode("ascii")
        self._rules = rules
        self._utm = (utm["utm_source"], utm["utm_medium"])
        self._platform, self._channel = link["platform"], link["channel"]
        row = _BASE | utm | {"kind": link.get("kind") or "click"}
        for name in _FROM_LINK:
            row[name] = link[name]
        self._fixed = orjson.dumps(spoken(row))[:-1].decode()
        self._said = dict(said or {})
        self._props = _props(self._said)

    def channel(self, in_app: str, referrer: str) -> str:
        """Return the channel of a click as a JSON string."""
        return _json(self._channel or self._decide(in_app, referrer))

    def _decide(self, in_app: str, referrer: str) -> str:
        return self._rules.decide(
            utm_source=self._utm[0],
            utm_medium=self._utm[1],
            platform=self._platform,
            in_app=in_app,
            referrer_host=referrer,
        )

    def event(self, click_id: str, ts: int, day: Day, visitor: str, came: Came) -> bytes:
        """Return the click as one line of the spool; what is put in needs no escape or has it."""
        agent = came.agent
        props = _props({**self._said, "via": came.via}) if came.via else self._props
        return (
            f'{self._fixed}{props},"ts":{ts},"event_id":"{click_id}","click_id":"{click_id}"'
            f',"day":{day.day},"week":{day.week}'
            f',"visitor":"{visitor}","visitor_key":{visitor_key(visitor)}'
            f',"channel":{self.channel(agent.in_app, came.referrer)}'
            f',"device":"{agent.device}","in_app":"{agent.in_app}"'
            f',"referrer_host":"{came.referrer}","suspect":"{came.suspect}"}}\n'
        ).encode()

    def location(self, click_id: str) -> bytes:
        """Return where the browser is sent."""
        return self.before + click_id.encode() + self.after


@dataclass(frozen=True, slots=True)
class Step:
    """Where one of a link's ways ends: a target, and of what kind the way is."""

    target: Target
    kind: str = "url"
    app: str = ""


class Router:
    """One link with rules made ready: its rules, and a target for every way they name.

    Parameters
    ----------
    link : Mapping[str, Any]
        The fields of its ``LinkRecord``.
    rules : ChannelRules
        The channel rules of its workspace.

    Raises
    ------
    BadTarget, RuleError
        Where one of its addresses or rules cannot be used: better no way than a wrong one.
    """

    __slots__ = ("_cases", "_key", "_usual", "late", "rules")

    def __init__(self, link: Mapping[str, Any], rules: ChannelRules) -> None:
        self.rules = read_rules(link["rules"])
        self._key: str = link["link"]
        self._usual = Step(Target(link, rules))
        self._cases = tuple(
            (case, tuple(_step(link, rules, way, n, m) for m, way in enumerate(case.ways)))
            for n, case in enumerate(self.rules.cases, start=1)
        )
        after = self.rules.after
        self.late = Target({**link, "url": after}, rules, {"rule": "late"}) if after else None

    def step(self, in_app: str, device: str, visitor: str, ts: int) -> Step:
        """Return where a visitor goes at a moment: by the first case that holds."""
        for case, steps in self._cases:
            if case.holds(in_app, device, ts):
                return steps[pick(case.ways, self._key, visitor)]
        return self._usual


def _step(link: Mapping[str, Any], rules: ChannelRules, way: Way, n: int, m: int) -> Step:
    """Each click says by which rule it went, and on which side of a division: A, B …"""
    said = {"rule": str(n), "way": "ABCDEFGH"[m]}
    target = Target({**link, "url": way.url or link["url"]}, rules, said)
    return Step(target, way.kind, way.app)


class Targets:
    """Links made ready, the last asked for, kept while the link book stays the same.

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
        self._ready: dict[str, Target | Router] = {}
        self._before: dict[str, Target | Router] = {}

    def get(self, code: str) -> Target | Router | None:
        """Return the target of a code; None where nobody can be sent anywhere by it."""
        found = self._ready.get(code)
        return found if found is not None else self._prepare(code)

    def forget(self) -> None:
        """Look everything up again: the book or the rules have changed."""
        self._ready, self._before = {}, {}

    def _prepare(self, code: str) -> Target | Router | None:
        target = self._before.get(code) or self._read(code)
        if target is not None:
            if len(self._ready) >= REMEMBERED_LINKS // 2:
                self._ready, self._before = {}, self._ready
            self._ready[code] = target
        return target

    def _read(self, code: str) -> Target | Router | None:
        link = self._book.row(code)
        if link is None:
            return None
        try:
            ready = Router if link["rules"] else Target
            return ready(link, self._sites.rules(link["workspace"]))
        except ValueError:  # BadTarget, RuleError, or text that has no bytes
            return None
