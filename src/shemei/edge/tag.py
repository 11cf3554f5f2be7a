"""Serves ``tag.js``, the script that sites carry: read once, with an ETag and an hour of cache."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from importlib.resources import files

from shemei.edge.answers import Answer, answer

_KIND = b"text/javascript; charset=utf-8"
_CACHE = (b"cache-control", b"public, max-age=3600, stale-while-revalidate=86400")
_REMARK = re.compile(r" /\* [^*]* \*/")
_CROSS = (b"cross-origin-resource-policy", b"cross-origin")


@lru_cache(1)
def tag_source() -> bytes:
    """Return the script without the blanks that begin its lines and without its comments."""
    text = files("shemei.edge").joinpath("static/tag.js").read_text(encoding="utf-8")
    lines = (_REMARK.sub("", line).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")).encode()


def tag_etag() -> bytes:
    """Return the entity tag of the script as served."""
    return b'"%s"' % hashlib.sha256(tag_source()).hexdigest()[:16].encode()


def tag_answer(if_none_match: bytes) -> Answer:
    """Return the script, or 304 to who has it.

    Examples
    --------
    >>> tag_answer(b"").start["status"], tag_answer(tag_etag()).start["status"]
    (200, 304)
    """
    shared = ((b"etag", tag_etag()), _CACHE, _CROSS)
    if tag_etag() in if_none_match:
        return answer(304, b"", *shared)
    return answer(200, tag_source(), *shared, kind=_KIND)
