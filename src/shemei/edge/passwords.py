"""The password of a link: how it is kept, compared, remembered by a browser and how often tried."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PASS_SECONDS = 12 * 3600
TRIES_BY_ADDRESS, TRIES_BY_LINK = 5, 60
TRY_SECONDS = 600
MOST_REMEMBERED = 50_000
_COST = 2**13
_PASS = re.compile(rb"(?:^|;)\s*_sp=([0-9]{10}\.[0-9a-f]{64})\s*(?:;|$)")


def hash_password(password: str) -> str:
    """Return what is kept of a password: salted, slow to guess.

    Examples
    --------
    >>> kept = hash_password("9527")
    >>> is_password("9527", kept), is_password("9528", kept), is_password("", "broken")
    (True, False, False)
    """
    salt = secrets.token_hex(16)
    return f"{salt}${_digest(password, salt)}"


def is_password(given: str, kept: str) -> bool:
    """Compare in constant time; takes some ten milliseconds, so not in the loop."""
    salt, _, digest = kept.partition("$")
    return hmac.compare_digest(_digest(given, salt), digest)


def _digest(password: str, salt: str) -> str:
    data = password.strip().encode()[:256]
    return hashlib.scrypt(data, salt=salt.encode(), n=_COST, r=8, p=1, dklen=32).hex()


def pass_cookie(code: str, kept: str, now: float, *, secure: bool) -> bytes:
    """Return the cookie of one who gave the right password: for this link, for half a day.

    It is signed with what is kept, so a new password ends every old pass.
    """
    until = int(now) + PASS_SECONDS
    end = "; Secure" if secure else ""
    return (
        f"_sp={until}.{_sign(code, kept, until)}; Path=/r/{code}; Max-Age={PASS_SECONDS}"
        f"; HttpOnly; SameSite=Lax{end}"
    ).encode()


def has_pass(headers: Mapping[bytes, bytes], code: str, kept: str, now: float) -> bool:
    """Say whether a request carries a pass that still holds.

    Examples
    --------
    >>> cookie = pass_cookie("a1", "kept", 1_700_000_000, secure=False).split(b";")[0]
    >>> has_pass({b"cookie": cookie}, "a1", "kept", 1_700_000_001)
    True
    >>> has_pass({b"cookie": cookie}, "b2", "kept", 1_700_000_001)
    False
    """
    found = _PASS.search(headers.get(b"cookie", b""))
    if not found:
        return False
    until, _, signature = found[1].decode().partition(".")
    return int(until) > now and hmac.compare_digest(signature, _sign(code, kept, int(until)))


def _sign(code: str, kept: str, until: int) -> str:
    return hmac.new(kept.encode(), f"{code}:{until}".encode(), hashlib.sha256).hexdigest()


class Tries:
    """Counts wrong passwords: few from one address, and not many on one link from anywhere.

    Examples
    --------
    >>> tries = Tries(lambda: 0.0)
    >>> for _ in range(5):
    ...     tries.count("a1", "10.0.0.1")
    >>> tries.allowed("a1", "10.0.0.1"), tries.allowed("a1", "10.0.0.2")
    (False, True)
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since = clock()
        self._counts: dict[tuple[str, str], int] = {}

    def allowed(self, code: str, address: str) -> bool:
        """Say whether one more password may be tried."""
        if self._clock() - self._since > TRY_SECONDS or len(self._counts) > MOST_REMEMBERED:
            self._counts, self._since = {}, self._clock()
        get = self._counts.get
        return get((code, address), 0) < TRIES_BY_ADDRESS and get((code, ""), 0) < TRIES_BY_LINK

    def count(self, code: str, address: str) -> None:
        """Count a try before it is compared, so that many at once count too."""
        for key in ((code, address), (code, "")):
            self._counts[key] = self._counts.get(key, 0) + 1

    def forgive(self, code: str, address: str) -> None:
        """Take back the count of a try that was right: an office shares one address."""
        for key in ((code, address), (code, "")):
            self._counts[key] = max(self._counts.get(key, 0) - 1, 0)
