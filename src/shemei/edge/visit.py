"""What the headers of a request say about who came, by what browser, and from where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from shemei.edge.bots import suspect_request
from shemei.edge.private import masked
from shemei.edge.useragent import Agent, read_agent

if TYPE_CHECKING:
    from collections.abc import Mapping

VISITOR_COOKIE = "_sv"
MOST_QUERY, MOST_VIA = 2048, 40
"""Of the short link's own query so many bytes are looked at, of ``via`` so many characters kept."""
_VIA = re.compile(rb"(?:^|&)via=([^&]+)")
YEAR = 365 * 86_400
_COOKIE = re.compile(rb"(?:^|;)\s*_sv=([A-Za-z0-9_-]{8,64})\s*(?:;|$)")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?")
_AUTHORITY = re.compile(rb"(?i)^\s*(?:https?|android-app)://(?:[^/?#@]*@)?([^/?#:\\]{1,253})")


@dataclass(frozen=True, slots=True)
class Came:
    """How a request came. Every text in it but ``via`` may stand in JSON without an escape."""

    agent: Agent
    referrer: str
    suspect: str
    via: str = ""


def read_request(
    method: str, headers: Mapping[bytes, bytes], *, from_centre: bool = False, query: bytes = b""
) -> Came:
    """Return how a request came; ``from_centre`` says that its address is one of a data centre.

    Examples
    --------
    >>> came = read_request("GET", {b"user-agent": b"curl/8", b"referer": b"https://Weibo.com/a?b"})
    >>> came.referrer, came.suspect
    ('weibo.com', 'script')
    """
    agent = read_agent(headers.get(b"user-agent", b"")[:1024])
    referrer = headers.get(b"referer")
    return Came(
        agent=agent,
        referrer=host_of(referrer[:1024]) if referrer else "",
        suspect=suspect_request(method, headers, agent.suspect)
        or ("datacentre" if from_centre else ""),
        via=via_of(query) if query else "",
    )


def via_of(query: bytes) -> str:
    """Return where somebody says he put the link: ``via``, which stays here and is not passed on.

    Examples
    --------
    >>> via_of(b"utm_source=x&via=%E9%97%A8%E5%BA%97+3"), via_of(b"envia=1"), via_of(b"via=")
    ('门店 3', '', '')
    >>> via_of("via=门店".encode())
    '门店'
    """
    found = _VIA.search(query[:MOST_QUERY])
    if found is None:
        return ""
    text = unquote_to_bytes(found[1].replace(b"+", b" ")).decode("utf-8", "ignore")
    return masked("".join(filter(str.isprintable, text)).strip()[:MOST_VIA])


@lru_cache(20_000)
def host_of(address: bytes) -> str:
    """Return the host of an address in lower case, or ``""`` where it has none worth the name.

    Examples
    --------
    >>> host_of(b"https://www.XiaoHongShu.com/explore/1"), host_of(b"about:blank")
    ('www.xiaohongshu.com', '')
    """
    found = _AUTHORITY.match(address)
    host = found[1].decode("latin-1").lower() if found else ""
    return host if _HOST.fullmatch(host) else ""


def visitor_of(headers: Mapping[bytes, bytes]) -> str:
    """Return the visitor named by the cookie, or ``""``.

    Examples
    --------
    >>> (
    ...     visitor_of({b"cookie": b"a=1; _sv=0123456789abcdef; b=2"}),
    ...     visitor_of({b"cookie": b"_sv=<"}),
    ... )
    ('0123456789abcdef', '')
    """
    cookie = headers.get(b"cookie")
    found = _COOKIE.search(cookie) if cookie else None
    return found[1].decode() if found else ""


def cookie(visitor: str, *, secure: bool) -> bytes:
    """Return the value of ``set-cookie`` that keeps the visitor for a year."""
    end = "; Secure" if secure else ""
    return (
        f"{VISITOR_COOKIE}={visitor}; Path=/; Max-Age={YEAR}; HttpOnly; SameSite=Lax{end}"
    ).encode()
