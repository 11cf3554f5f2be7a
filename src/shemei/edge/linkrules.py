"""The rules of a link: who is sent where, until when, how often, behind which password. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from shemei.edge.useragent import DEVICE_NAMES, IN_APP_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_CASES = 20
MOST_WAYS = 8
MOST_WEIGHT = 1000
WAY_KINDS: dict[str, str] = {
    "url": "打开另一个网址",
    "guide": "提示「请在浏览器打开」",
    "app": "给一个打开应用或小程序的按钮",
}
APP_SCHEMES: dict[str, str] = {
    "weixin": "微信",
    "snssdk1128": "抖音",
    "xhsdiscover": "小红书",
    "kwai": "快手",
    "bilibili": "B站",
    "sinaweibo": "微博",
    "alipays": "支付宝",
    "taobao": "淘宝",
    "openapp.jdmobile": "京东",
}
"""Only these may stand behind a button: a scheme can start any program of the phone."""
_SCHEME = re.compile(r"^([a-z][a-z0-9.+-]{1,30})://[\x21-\x7e]{1,1900}$")


class RuleError(ValueError):
    """A rule cannot be used; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Way:
    """One place a visitor may be sent; ``app`` is the scheme of its button, ``weight`` its share.

    A way without ``url`` leads where the link leads.
    """

    kind: str = "url"
    url: str = ""
    app: str = ""
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Case:
    """When it holds, the visitor goes one of its ways. No condition: it always holds.

    ``starts`` and ``ends`` are UTC microseconds, zero is open; ``ends`` itself is outside.
    """

    ways: tuple[Way, ...]
    in_app: frozenset[str] = frozenset()
    device: frozenset[str] = frozenset()
    starts: int = 0
    ends: int = 0

    def holds(self, in_app: str, device: str, ts: int) -> bool:
        """Say whether it holds for a visitor at a moment.

        Examples
        --------
        >>> case = Case((Way(),), in_app=frozenset({"wechat"}), ends=100)
        >>> case.holds("wechat", "ios", 99), case.holds("wechat", "ios", 100)
        (True, False)
        """
        return (
            (not self.in_app or in_app in self.in_app)
            and (not self.device or device in self.device)
            and self.starts <= ts
            and (not self.ends or ts < self.ends)
        )


@dataclass(frozen=True, slots=True)
class LinkRules:
    """Every rule of one link, in the order they are asked: expiry, limit, password, cases.

    ``limit`` clicks are let through, about: ``used`` is what the log had counted when it was
    written. ``after`` is where those go who come too late (none: a page says so).
    """

    cases: tuple[Case, ...] = ()
    expires: int = 0
    after: str = ""
    limit: int = 0
    used: int = 0
    password: str = ""


def read_rules(row: Mapping[str, Any]) -> LinkRules:
    """Return the rules that stand in a link's line of the book.

    Raises
    ------
    RuleError
        Where anything in it is not as it must be.

    Examples
    --------
    >>> rules = read_rules({"cases": [{"in_app": ["wechat"], "ways": [{"kind": "guide"}]}]})
    >>> rules.cases[0].ways[0].kind, rules.limit
    ('guide', 0)
    >>> read_rules({"cases": [{"ways": []}]})
    Traceback (most recent call last):
    shemei.edge.linkrules.RuleError: a case needs 1 to 8 ways
    """
    cases = row.get("cases") or []
    if not isinstance(cases, list) or len(cases) > MOST_CASES:
        raise RuleError(f"a link has at most {MOST_CASES} cases")
    return LinkRules(
        cases=tuple(_case(one) for one in cases),
        expires=_number(row, "expires"),
        after=_text(row, "after"),
        limit=_number(row, "limit"),
        used=_number(row, "used"),
        password=_text(row, "password"),
    )


def pick(ways: tuple[Way, ...], link: str, visitor: str) -> int:
    """Return which of the ways a visitor goes: by weight, and always the same for this link.

    Parameters
    ----------
    ways : tuple of Way
        At least one.
    link, visitor : str
        Keys; two links divide the same visitors independently of each other.

    Examples
    --------
    >>> two = (Way(weight=1), Way(weight=3))
    >>> sum(pick(two, "k", str(n)) for n in range(4000)) // 100
    30
    >>> {pick(two, "k", "one and the same") for _ in range(9)}
    {1}
    """
    if len(ways) == 1:
        return 0
    digest = blake2b(visitor.encode(), digest_size=8, key=link.encode()[:64]).digest()
    at = int.from_bytes(digest, "big") % sum(way.weight for way in ways)
    for index, way in enumerate(ways):
        at -= way.weight
        if at < 0:
            return index
    raise AssertionError("weights are positive")


def check_scheme(address: str) -> str:
    """Return the name of the app an address opens.

    Raises
    ------
    RuleError
        Where it is no address of one of the known apps.

    Examples
    --------
    >>> check_scheme("weixin://dl/business/?t=AbC")
    '微信'
    >>> check_scheme("javascript:alert(1)")
    Traceback (most recent call last):
    shemei.edge.linkrules.RuleError: not an address of a known app
    """
    found = _SCHEME.match(address)
    if not found or found[1] not in APP_SCHEMES:
        raise RuleError("not an address of a known app")
    return APP_SCHEMES[found[1]]


def _case(row: Any) -> Case:
    if not isinstance(row, dict):
        raise RuleError("a case is an object")
    ways = row.get("ways")
    if not isinstance(ways, list) or not 1 <= len(ways) <= MOST_WAYS:
        raise RuleError(f"a case needs 1 to {MOST_WAYS} ways")
    starts, ends = _number(row, "starts"), _number(row, "ends")
    if ends and ends <= starts:
        raise RuleError("a case ends before it starts")
    return Case(
        ways=tuple(_way(one) for one in ways),
        in_app=_known(row, "in_app", IN_APP_NAMES),
        device=_known(row, "device", DEVICE_NAMES),
        starts=starts,
        ends=ends,
    )


def _way(row: Any) -> Way:
    if not isinstance(row, dict) or row.get("kind", "url") not in WAY_KINDS:
        raise RuleError("a way has one of the known kinds")
    way = Way(
        kind=row.get("kind", "url"),
        url=_text(row, "url"),
        app=_text(row, "app"),
        weight=_number(row, "weight", 1),
    )
    if not 1 <= way.weight <= MOST_WEIGHT:
        raise RuleError(f"a weight is 1 to {MOST_WEIGHT}")
    if way.kind == "app":
        check_scheme(way.app)
    return way


def _number(row: Mapping[str, Any], name: str, default: int = 0) -> int:
    value = row.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise RuleError(f"{name} is a number, zero or more")
    return value


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name, "")
    if not isinstance(value, str):
        raise RuleError(f"{name} is text")
    return value


def _known(row: Mapping[str, Any], name: str, names: Iterable[str]) -> frozenset[str]:
    values = row.get(name) or []
    if not isinstance(values, list) or not set(values) <= set(names):
        raise RuleError(f"{name} names one that is not known")
    return frozenset(values)
