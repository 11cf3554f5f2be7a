"""Whether links still lead somewhere: what the database knows, and, when switched on, what the target answers."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from shemei.apps.tracking import routing
from shemei.apps.tracking.models import Link

if TYPE_CHECKING:
    from collections.abc import Callable

Health = Link.Health
SECONDS = 8.0
TRIES = 2
NOT_TELLING = frozenset({401, 403, 405, 406, 429, 501})
"""Answers to HEAD that say nothing about whether a person would get the page."""


def judge(link: Link, ts: int, lost: str, ask: Callable[[str], str] | None) -> tuple[str, str]:
    """A link's health and the words for it.

    ``lost`` names an owner that is gone; ``ask`` says what is wrong with an address, or ``""``.
    """
    rules = routing.rules_of(link.routing)
    if rules.expires and ts >= rules.expires and not rules.after:
        return Health.EXPIRED, "过了结束时间，来的人只看到一页说明"
    if rules.limit and link.clicks_seen >= rules.limit and not rules.after:
        return Health.FULL, f"已打开 {link.clicks_seen:,} 次，来的人只看到「名额已满」"
    if lost:
        return Health.ORPHAN, lost
    for url in addresses_of(link) if ask else ():
        if ask and (wrong := ask(url)):
            return Health.BROKEN, f"{routing.short(url)}：{wrong}"[:120]
    return Health.FINE, ""


def addresses_of(link: Link) -> list[str]:
    """Every address a visitor of the link may be sent to."""
    rules = routing.rules_of(link.routing)
    urls = [way.url for case in rules.cases for way in case.ways if way.url]
    return list(dict.fromkeys([link.url, *urls, *([rules.after] if rules.after else [])]))


def ask_target(url: str) -> str:
    """What is wrong with an address, asked with HEAD, twice before it counts; ``""`` where nothing is."""
    wrong = ""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(1)
        wrong = _ask(url)
        if not wrong:
            return ""
    return wrong


def _ask(url: str) -> str:
    parts = urlsplit(url)
    try:
        address = _address(parts.hostname or "", parts.port or _usual(parts.scheme))
        status = _head(parts.scheme, parts.netloc, address, url)
    except ValueError as error:
        return str(error)
    except ssl.SSLError:
        return "证书有问题，浏览器会拦下"
    except TimeoutError:
        return f"{SECONDS:.0f} 秒没有回应"
    except (OSError, http.client.HTTPException):
        return "连不上"
    if status in NOT_TELLING or status < 400:
        return ""
    return {404: "页面不存在（404）", 410: "页面已删除（410）"}.get(
        status, f"服务器出错（{status}）"
    )


def _usual(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _address(host: str, port: int) -> tuple[str, int]:
    """Look the host up once and connect to what was looked up: never to a machine inside."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise ValueError("域名解析不到") from None
    address = str(found[0][4][0])
    if not may_ask(address):
        raise ValueError("地址在内网，顾客打不开")
    return address, port


def may_ask(address: str) -> bool:
    """Only machines of the open internet are asked."""
    return ipaddress.ip_address(address.partition("%")[0]).is_global


def _head(scheme: str, netloc: str, address: tuple[str, int], url: str) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(*address, timeout=SECONDS)
    try:
        connection.connect()
        if scheme == "https" and connection.sock:
            context = ssl.create_default_context()
            connection.sock = context.wrap_socket(
                connection.sock, server_hostname=parts.hostname or ""
            )
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        target = f"{path}?{parts.query}" if parts.query else path
        headers = {"Host": netloc, "User-Agent": "Mozilla/5.0 (compatible; ShemeiLinkCheck)"}
        connection.request("HEAD", target, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()
