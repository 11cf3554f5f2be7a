"""How somebody is looked for, and what they are called."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

KNOWN_BY = "手机号、微信号、订单号、顾客编号或访客号"
"""What a person is looked for by; a name is not among them: several people have the same."""

_NUMBER = re.compile(r"(?=.*[0-9])[A-Za-z0-9_.:@-]+")
_SPACED_PHONE = re.compile(r"[0-9\s()+-]{7,}")
_WECHAT_LETTERS = re.compile(r"[A-Za-z][A-Za-z_-]{5,19}")


def typed_as(text: str) -> Literal["number", "wechat", "name"]:
    """What somebody who looks for a person typed: a number of some kind, letters that may be a WeChat number, or a name.

    >>> [
    ...     typed_as(t)
    ...     for t in ("138 0013 8000", "１３８００１３８０００", "JD-20261111-7", "TB-77", "v1")
    ... ]
    ['number', 'number', 'number', 'number', 'number']
    >>> [typed_as(t) for t in ("xiaoman_w", "林小满", "Lin Xiaoman", "小美88", "Amy")]
    ['wechat', 'name', 'name', 'name', 'name']
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if _NUMBER.fullmatch(plain) or _SPACED_PHONE.fullmatch(plain):
        return "number"
    return "wechat" if _WECHAT_LETTERS.fullmatch(plain) else "name"


def short_name(person: str) -> str:
    """What a person is called on screen before anything is known of them.

    >>> short_name("81230457112233")
    '访客 2233'
    """
    return f"访客 {person[-4:]}"
