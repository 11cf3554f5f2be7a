"""What the search box finds of this room: the tabs of the settings, and members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shemei.apps.accounts.listings import member_rows
from shemei.apps.accounts.tabs import tabs_for
from shemei.kernel.permissions import Permission
from shemei.kernel.registry import Hit, SearchProvider
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shemei.kernel.http import BrandRequest


def _settings(request: BrandRequest, text: str, limit: int) -> Iterator[Hit]:
    for tab in tabs_for(request.actor):
        if text.lower() in f"{tab.label}{tab.words}".lower():
            url = wurl(request.workspace, tab.url_name)
            yield Hit("设置", tab.label, url, "settings", tab.words)


def _members(request: BrandRequest, text: str, limit: int) -> Iterator[Hit]:
    found = member_rows().filter(user__name__icontains=text) | member_rows().filter(
        user__email__icontains=text
    )
    for member in found[:limit]:
        url = wurl(request.workspace, "accounts:member", member.key)
        yield Hit("成员", str(member), url, "user", member.role_name)


SEARCH = (
    SearchProvider("设置", Permission.CONTENT_VIEW, _settings),
    SearchProvider("成员", Permission.VIEW, _members),
)
