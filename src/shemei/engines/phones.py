"""Phone numbers as people and back-ends write them: read in one way wherever one comes in."""

from __future__ import annotations

import re
import unicodedata

IN_TEXT = re.compile(
    r"(?:(?<!\d)|(?<=%[0-9A-Fa-f]\d))(?:(?:\+|00)?86[- ]?)?[1１][3-9３-９]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"
)
"""A mobile number of the mainland that stands anywhere in a text, or in an address behind an encoded sign (``%20``)."""
_OTHER = re.compile(r"[^0-9]")
_TYPED = re.compile(r"[0-9\s()+-]+")
_COUNTRY = re.compile(r"(?:00)?86(?=[0-9]{11}\Z)")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")


def half_width(text: str) -> str:
    """Return a text in half width, without the signs that nobody sees.

    Parameters
    ----------
    text : str
        What was written; numbers copied from a phone carry marks of direction, for example.

    Returns
    -------
    str
        The same in the compatibility form of Unicode (NFKC).

    Examples
    --------
    >>> half_width("\u202d１３８\u202c")
    '138'
    """
    seen = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return unicodedata.normalize("NFKC", seen)


def digits_of(text: str) -> str:
    """Return the digits of a phone number, without the country's code before eleven others.

    Parameters
    ----------
    text : str
        A number with whatever stands around it.

    Returns
    -------
    str
        Digits only, of any number; ``""`` where there are none.

    Examples
    --------
    >>> digits_of("+86 138-0000-3391"), digits_of("电话：0571-8800 1234"), digits_of("无")
    ('13800003391', '057188001234', '')
    """
    return _COUNTRY.sub("", _OTHER.sub("", half_width(text)), count=1)


def number_typed(text: str) -> str:
    """Return the digits of a text that holds a number and nothing else.

    Parameters
    ----------
    text : str
        What somebody typed; blanks, brackets, hyphens and a plus may stand between the digits.

    Returns
    -------
    str
        Digits as of :func:`digits_of`; ``""`` where anything else is written, digits of other scripts too.

    Examples
    --------
    >>> (
    ...     number_typed("(0086) 138 0000 3391"),
    ...     number_typed("JD-20261111"),
    ...     number_typed("1380000339०"),
    ... )
    ('13800003391', '', '')
    """
    plain = half_width(text)
    return digits_of(plain) if _TYPED.fullmatch(plain) else ""


def mobile(text: str) -> str:
    """Return a mobile number of the mainland, and nothing for any other.

    Parameters
    ----------
    text : str
        What somebody typed.

    Returns
    -------
    str
        Its eleven digits, or ``""``.

    Examples
    --------
    >>> mobile("+86 138-1234 5678"), mobile("0571-88001234"), mobile("1381234567")
    ('13812345678', '', '')
    """
    digits = number_typed(text)
    return digits if _MOBILE.fullmatch(digits) else ""
