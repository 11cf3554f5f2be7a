"""Networks of data centres that the installation's owner lists: people do not browse from there.

The list is the owner's own file, ``links/datacentres.txt``: one network a line, ``#`` begins a comment. Addresses
are looked at and not kept.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from shemei.warehouse.home import Home

_FILE = "datacentres.txt"


def read_networks(lines: Iterable[str]) -> list[tuple[int, int, int]]:
    """Return (version, first, last) of every network, in order; what is none is left out.

    Examples
    --------
    >>> read_networks(["# ours", "10.0.0.0/30  # lab", "nonsense", ""])
    [(4, 167772160, 167772163)]
    """
    found = []
    for line in lines:
        text = line.partition("#")[0].strip()
        try:
            net = ip_network(text, strict=False)
        except ValueError:
            continue
        found.append((net.version, int(net.network_address), int(net.broadcast_address)))
    merged: list[tuple[int, int, int]] = []
    for version, first, last in sorted(found):
        if merged and merged[-1][0] == version and first <= merged[-1][2] + 1:
            version, first, last = version, merged[-1][1], max(last, merged.pop()[2])
        merged.append((version, first, last))
    return merged


class Networks:
    """Reads the file and polls it; without one nobody comes from a data centre.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from shemei.warehouse.home import Home
    >>> home = Home(pathlib.Path(tempfile.mkdtemp()))
    >>> networks = Networks(home)
    >>> home.links.mkdir(parents=True)
    >>> _ = (home.links / "datacentres.txt").write_text("192.0.2.0/24\\n2001:db8::/32")
    >>> networks.refresh(), networks.holds(("192.0.2.9", 1)), networks.holds(("192.0.3.9", 1))
    (True, True, False)
    >>> networks.holds(("::ffff:192.0.2.9", 1)), networks.holds(None)
    (True, False)
    """

    def __init__(self, home: Home) -> None:
        self._path: Path = home.links / _FILE
        self._seen = (0, 0)
        self._ranges: list[tuple[int, int, int]] = []
        self._remembered = lru_cache(20_000)(self._look)
        self.refresh()

    def refresh(self) -> bool:
        """Read the file again if it is another one than before."""
        try:
            found = os.stat(self._path)
            seen = (found.st_ino, found.st_mtime_ns)
            if seen == self._seen:
                return False
            text = self._path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            seen, text = (0, 0), ""
            if seen == self._seen:
                return False
        self._seen, self._ranges = seen, read_networks(text.splitlines())
        self._remembered.cache_clear()
        return True

    def holds(self, client: tuple[str, int] | None) -> bool:
        """Say whether an address lies in one of the networks."""
        return bool(self._ranges) and client is not None and self._remembered(client[0])

    def _look(self, host: str) -> bool:
        try:
            address = ip_address(host)
        except ValueError:
            return False
        plain = getattr(address, "ipv4_mapped", None) or address
        value = (plain.version, int(plain))
        at = bisect_right(self._ranges, (*value, 1 << 128)) - 1
        return at >= 0 and self._ranges[at][0] == value[0] and value[1] <= self._ranges[at][2]
