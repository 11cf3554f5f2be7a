"""Answers of the edge, most of them made once: status, headers, body."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

Header = tuple[bytes, bytes]
JSON = b"application/json; charset=utf-8"
HTML = b"text/html; charset=utf-8"
TEXT = b"text/plain; charset=utf-8"
CORS: tuple[Header, ...] = ((b"access-control-allow-origin", b"*"),)
NO_STORE: Header = (b"cache-control", b"no-store")
CLOSE: Header = (b"connection", b"close")
PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, ready to be sent any number of times."""

    start: dict[str, Any]
    end: dict[str, Any]

    async def __call__(self, send: Send) -> None:
        """Send it."""
        await send(self.start)
        await send(self.end)


def answer(status: int, body: bytes = b"", *headers: Header, kind: bytes = b"") -> Answer:
    """Return an answer of a known length.

    Examples
    --------
    >>> answer(202, b"ok", kind=TEXT).start["headers"][0]
    (b'content-length', b'2')
    """
    head: list[Header] = [(b"content-length", b"%d" % len(body))]
    if kind:
        head.append((b"content-type", kind))
    return Answer(
        {"type": "http.response.start", "status": status, "headers": [*head, *headers]},
        {"type": "http.response.body", "body": body},
    )


def refusal(status: int, code: str, reason: str, *headers: Header) -> Answer:
    """Return a refusal whose reason is JSON: ``error`` for programs, ``reason`` for people."""
    body = orjson.dumps({"error": code, "reason": reason})
    return answer(status, body, NO_STORE, *CORS, *headers, kind=JSON)


_SHELL = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title><style>body{{margin:0;min-height:100vh;display:grid;place-items:center;
background:#f6f7f9;color:#1f2430;
font:16px/1.7 system-ui,"PingFang SC","Microsoft YaHei",sans-serif}}
main{{max-width:24em;padding:2em;text-align:center}}h1{{font-size:1.4em;margin:0 0 .5em}}
p{{margin:0;color:#5b6270}}@media(prefers-color-scheme:dark){{body{{background:#16181d;color:#eceef2}}
p{{color:#a3a9b6}}}}</style><main><h1>{title}</h1><p>{text}</p></main></html>
"""


def page(status: int, title: str, text: str, *headers: Header) -> Answer:
    """Return a small page for a person who followed a link."""
    body = _SHELL.format(title=title, text=text).encode()
    policy = (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'")
    return answer(status, body, NO_STORE, policy, *headers, kind=HTML)


NOT_FOUND = page(
    404,
    "这个链接打不开",
    "链接可能已经停用，或者地址没有复制完整。请向分享的人要一个新的链接。",
)
BUSY_PAGE = page(429, "现在人有点多", "请过几秒再打开一次这个链接。", (b"retry-after", b"1"))
FAILED_PAGE = page(
    503,
    "暂时打不开",
    "系统现在存不了访问记录，请过一会儿再打开这个链接。",
    (b"retry-after", b"2"),
)
BUSY = refusal(429, "busy", "等待写入的事件太多，请稍后重试", (b"retry-after", b"1"))
FAILED = refusal(503, "not_stored", "事件没有存下，请稍后重试", (b"retry-after", b"2"))
TOO_LARGE = refusal(413, "too_large", "请求内容最大 64 KB", CLOSE)
TOO_SLOW = refusal(408, "too_slow", "请求内容没有在时限内发完", CLOSE)
WRONG_METHOD = refusal(405, "wrong_method", "这个地址不支持这种请求方法")
PREFLIGHT = answer(
    204,
    b"",
    *CORS,
    (b"access-control-allow-methods", b"POST, GET, OPTIONS"),
    (b"access-control-allow-headers", b"content-type"),
    (b"access-control-max-age", b"86400"),
)
PIXEL_ANSWER = answer(200, PIXEL, NO_STORE, *CORS, kind=b"image/gif")
ROBOTS = answer(200, b"User-agent: *\nDisallow: /\n", kind=TEXT)


def accepted(n: int) -> Answer:
    """Return the answer to ``n`` events that are on disk."""
    return answer(202, b'{"accepted":%d}' % n, NO_STORE, *CORS, kind=JSON)
