"""What a page's address tells: where it is, the click and the campaign that led there, who passed it on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

from shemei.edge.redirect import CLICK_ID, UTM

SHARE = "_sh"
MOST_DEPTH = 50
_PASSED = re.compile(r"([0-9a-f]{12})-([1-9][0-9]?)")
_URL = re.compile(r"(?i)https?://(?:[^/?#@]*@)?([^/?#:\\]*)(?::\d*)?([^?#]*)(?:\?([^#]*))?")


@dataclass(frozen=True, slots=True)
class Page:
    """Where on the site it happened, read from the page's address."""

    host: str = ""
    path: str = ""
    query: dict[str, str] = field(default_factory=dict)


_NO_PAGE = Page()
_FROM_QUERY = frozenset((*UTM, CLICK_ID, SHARE))


def read_page(url: str) -> Page:
    """Return the parts of a page's address that the log wants; the rest may be private.

    Examples
    --------
    >>> read_page("https://Shop.cn/p/1?utm_source=xhs&phone=138#a")
    Page(host='shop.cn', path='/p/1', query={'utm_source': 'xhs'})

    Of marks of passing on the first counts, as it is written:

    >>> read_page("https://shop.cn/?_sh=3f9a1c0b22d4-1&_sh=%64a9a1c0b22d4-2").query
    {'_sh': '3f9a1c0b22d4-1'}
    """
    found = _URL.match(url)
    if found is None:
        return _NO_PAGE
    host, path, query = found.groups("")
    wanted: dict[str, str] = {}
    if "utm_" in query or "_c=" in query or "_sh=" in query:
        for pair in query.split("&"):
            name, _, value = pair.partition("=")
            if name == SHARE:
                wanted.setdefault(SHARE, value)
            elif name in _FROM_QUERY:
                plain = unquote_plus(value) if "%" in value or "+" in value else value
                wanted[name] = clean(plain)[:256]
    return Page(host.lower(), path[:512], wanted)


def clean(value: str) -> str:
    """Leave out what stores of text do not all hold."""
    return value.replace("\x00", "").strip()


def passed_on(mark: str) -> dict[str, Any]:
    """Return by whom a page was passed on, and through how many hands; nothing for another mark.

    Examples
    --------
    >>> passed_on("3f9a1c0b22d4-2")
    {'shared_by': '3f9a1c0b22d4', 'share_depth': 2}
    >>> passed_on("3f9a1c0b22d4-0"), passed_on("3f9a1c0b22d4-51"), passed_on("me-1")
    ({}, {}, {})
    """
    found = _PASSED.fullmatch(mark)
    if found is None or int(found[2]) > MOST_DEPTH:
        return {}
    return {"shared_by": found[1], "share_depth": int(found[2])}
