"""Unguessable ids for URLs and events."""

from __future__ import annotations

import secrets

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
KEY_LENGTH = 22


def new_key() -> str:
    """22 characters of an alphabet without look-alikes: 128 bits, safe in URLs and speech."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(KEY_LENGTH))


def new_code(length: int = 7) -> str:
    """A short code for links and promo codes: lower case, no 0/o, 1/l/i."""
    return "".join(secrets.choice("23456789abcdefghjkmnpqrstuvwxyz") for _ in range(length))
