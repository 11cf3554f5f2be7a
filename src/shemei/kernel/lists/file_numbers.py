"""Numbers for files: money to the fen, ratios with six digits that count, nothing of a number's binary form."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeGuard

FRACTION_DIGITS = 6
"""Significant digits of what is no whole number; never fewer than two behind the dot."""


def is_number(value: Any) -> TypeGuard[int | float | Decimal]:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def _exact(value: float | Decimal) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(repr(value))


def fen(amount: float | Decimal) -> Decimal:
    """An amount in 分 as yuan, to the fen.

    >>> fen(9031233.333333334), fen(50)
    (Decimal('90312.33'), Decimal('0.50'))
    """
    return _exact(amount).quantize(Decimal(1), ROUND_HALF_UP).scaleb(-2)


def tidy(value: float | Decimal) -> Decimal:
    """A number for a file without the noise of its binary form: six digits that count.

    >>> tidy(0.1 + 0.2), tidy(677.3190476190476), tidy(12345.678), tidy(350.0), tidy(1234567)
    (Decimal('0.3'), Decimal('677.319'), Decimal('12345.68'), Decimal('350'), Decimal('1234567'))
    """
    exact = _exact(value)
    if exact == exact.to_integral_value():
        return exact.quantize(Decimal(1))
    digits = max(2, FRACTION_DIGITS - 1 - exact.adjusted())
    return _bare(exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def percent(ratio: float | Decimal) -> Decimal:
    """A ratio as the number before the sign %.

    >>> percent(0.054571801), percent(0.3), percent(-0.012345678)
    (Decimal('5.45718'), Decimal('30'), Decimal('-1.23457'))
    """
    return tidy(_exact(ratio) * 100)


def _bare(number: Decimal) -> Decimal:
    """Without zeros behind the dot, and never with an exponent."""
    whole = number == number.to_integral_value()
    return number.quantize(Decimal(1)) if whole else number.normalize()


def padded(number: Decimal) -> str:
    """With two digits behind the dot at least, which is how pages write it.

    >>> padded(Decimal("3.500")), padded(Decimal("5.45718")), padded(Decimal(2))
    ('3.50', '5.45718', '2.00')
    """
    bare = _bare(number)
    exponent = bare.as_tuple().exponent
    return f"{bare:f}" if isinstance(exponent, int) and exponent < -2 else f"{bare:.2f}"
