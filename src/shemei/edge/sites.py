"""Which workspace a tag's site key belongs to, and the channel rules: one small file."""

from __future__ import annotations

import contextlib
import os
import secrets
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from shemei.warehouse.channels import DEFAULT_RULES, ChannelRules, RuleError, rules_from
from shemei.warehouse.log.segments import sync_folder, write_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from shemei.warehouse.home import Home

_FILE = "sites.json"
_NOBODY: dict[str, str] = {}
OWNER = ("creator", "campaign", "content", "platform", "channel")
"""What an order takes from the owner of the code it was paid with."""


def fold_code(code: str) -> str:
    """Return a promo code as it is compared: half-width, upper case, without anything invisible.

    Examples
    --------
    >>> fold_code(" azhi\u200b３０ ")
    'AZHI30'
    """
    plain = unicodedata.normalize("NFKC", code)
    seen = (c for c in plain if not c.isspace() and unicodedata.category(c) != "Cf")
    return "".join(seen).upper()


@dataclass(frozen=True, slots=True)
class Site:
    """A site that carries the tag.

    ``hosts`` are the names its pages may have (none: any); an event of another host is kept and
    marked suspect. With ``consent`` an event must say that the visitor agreed, or it is refused.
    Events of a landing page carry the ``campaign`` and the ``content`` it was made for.
    """

    workspace: str
    hosts: frozenset[str] = field(default_factory=frozenset)
    consent: bool = False
    campaign: str = ""
    content: str = ""

    def owns(self, host: str) -> bool:
        """Say whether pages of ``host`` belong to the site; ``shop.a.cn`` belongs to ``a.cn``.

        Examples
        --------
        >>> site = Site("w", frozenset({"a.cn"}))
        >>> site.owns("a.cn"), site.owns("shop.a.cn"), site.owns("aa.cn"), Site("w").owns("any.cn")
        (True, True, False, True)
        """
        if not self.hosts:
            return True
        while host and host not in self.hosts:
            host = host.partition(".")[2]
        return bool(host)


def publish_sites(home: Home, content: Mapping[str, Any]) -> None:
    """Put the file in place: ``{"sites": {key: {workspace, hosts, consent}}, "channel_rules": …}``.

    ``codes`` names the owners of promo codes: workspace → code → the fields of ``OWNER``.

    Raises
    ------
    ValueError, TypeError, KeyError
        Where a site does not have the shape described; nothing is written then.
    """
    data = orjson.dumps(content)
    _sites(content)
    home.links.mkdir(parents=True, exist_ok=True)
    draft = home.links / f"{_FILE}.{secrets.token_hex(4)}.tmp"
    write_file(draft, data)
    draft.replace(home.links / _FILE)
    sync_folder(home.links)


class Sites:
    """Reads the file and polls it; without a file there is no site.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from shemei.warehouse.home import Home
    >>> home = Home(pathlib.Path(tempfile.mkdtemp()))
    >>> sites = Sites(home)
    >>> publish_sites(home, {"sites": {"k1": {"workspace": "w"}}})
    >>> sites.refresh(), sites.get("k1").workspace, sites.get("k2")
    (True, 'w', None)
    """

    def __init__(self, home: Home) -> None:
        self._path: Path = home.links / _FILE
        self._seen: tuple[int, int] = (0, 0)
        self._sites: dict[str, Site] = {}
        self._rules: dict[str, ChannelRules] = {}
        self._codes: dict[str, dict[str, dict[str, str]]] = {}
        self.refresh()

    def __len__(self) -> int:
        return len(self._sites)

    def refresh(self) -> bool:
        """Read the file again if it is another one than before; a broken one is left aside."""
        try:
            found = os.stat(self._path)
            seen = (found.st_ino, found.st_mtime_ns)
            if seen == self._seen:
                return False
            content = orjson.loads(self._path.read_bytes())
            found_sites, rules, codes = _sites(content), _rules(content), _codes(content)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return False
        self._sites, self._rules, self._codes = found_sites, rules, codes
        self._seen = seen
        return True

    def get(self, key: str) -> Site | None:
        """Return the site of a key."""
        return self._sites.get(key)

    def rules(self, workspace: str) -> ChannelRules:
        """Return the channel rules a workspace has published, or else the usual ones."""
        return self._rules.get(workspace, DEFAULT_RULES)

    def owner(self, workspace: str, code: str) -> Mapping[str, str]:
        """Return what an order takes from the owner of a code, and the code as it was registered.

        Nothing where nobody owns it.
        """
        known = self._codes.get(workspace)
        return known.get(fold_code(code), _NOBODY) if known and code else _NOBODY


def _sites(content: Mapping[str, Any]) -> dict[str, Site]:
    return {
        key: Site(
            workspace=str(row["workspace"]),
            hosts=frozenset(str(host).lower() for host in row.get("hosts") or ()),
            consent=bool(row.get("consent")),
            campaign=str(row.get("campaign") or ""),
            content=str(row.get("content") or ""),
        )
        for key, row in content["sites"].items()
    }


def _rules(content: Mapping[str, Any]) -> dict[str, ChannelRules]:
    """Compile the rules; a workspace whose rules cannot be used gets the usual ones."""
    compiled = {}
    for workspace, rows in (content.get("channel_rules") or {}).items():
        with contextlib.suppress(RuleError, KeyError, TypeError, AttributeError):
            compiled[workspace] = rules_from(rows)
    return compiled


def _codes(content: Mapping[str, Any]) -> dict[str, dict[str, dict[str, str]]]:
    return {
        workspace: {
            fold_code(code): {"promo_code": str(code)}
            | {name: str(row[name]) for name in OWNER if row.get(name)}
            for code, row in codes.items()
        }
        for workspace, codes in (content.get("codes") or {}).items()
    }
