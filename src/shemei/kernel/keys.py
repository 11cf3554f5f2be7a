"""Unguessable ids for URLs and events."""

from __future__ import annotations

import secrets

_ALPHABET = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_EVEN = 256 - 256 % len(_ALPHABET)
_LETTERS = bytes(_ALPHABET[byte % len(_ALPHABET)] for byte in range(256))
_UNEVEN = bytes(range(_EVEN, 256))
"""Bytes that would make some letters likelier than others."""
KEY_LENGTH = 22


def new_key() -> str:
    """22 characters of an alphabet without look-alikes: 128 bits, safe in URLs and speech.

    Imports make keys by the hundred thousand, so the letters are drawn together, not one by one.
    """
    letters = b""
    while len(letters) < KEY_LENGTH:
        letters += secrets.token_bytes(2 * KEY_LENGTH).translate(_LETTERS, _UNEVEN)
    return letters[:KEY_LENGTH].decode()


def new_code(length: int = 7) -> str:
    """A short code for links and promo codes: lower case, no 0/o, 1/l/i."""
    return "".join(secrets.choice("23456789abcdefghjkmnpqrstuvwxyz") for _ in range(length))
