"""Money is integer minor units (分) and a currency; floats never hold it."""

from __future__ import annotations

import re
from decimal import Decimal

_JUNK = re.compile(r"[\s,，¥￥元]|CNY|RMB")

_FACTORS = {"万": 10_000, "w": 10_000, "W": 10_000, "千": 1_000, "k": 1_000, "K": 1_000}


def parse_money(text: str) -> int:
    """Read an amount as people write it (``¥1,299.00``, ``１２元``, ``1.2万``) into minor units.

    Raises ``ValueError`` with a Chinese sentence where it is no amount.
    """
    plain = _JUNK.sub("", text.translate(_HALF_WIDTH))
    factor = _FACTORS.get(plain[-1:], 1)
    plain = plain[:-1] if plain[-1:] in _FACTORS else plain
    try:
        amount = Decimal(plain) * factor * 100
    except ArithmeticError:
        raise ValueError(f"「{text}」不是金额。请写成 1299.00 这样的数字。") from None
    if not amount.is_finite() or abs(amount) > 10**15:
        raise ValueError(f"「{text}」超出了金额的范围。")
    if amount != amount.to_integral_value():
        amount = amount.quantize(Decimal(1))
    return int(amount)


_HALF_WIDTH = dict(zip(range(0xFF01, 0xFF5F), range(0x21, 0x7F), strict=True)) | {0x2212: 0x2D}
