"""``{% settings_tabs as tabs %}``: the tabs a member may see; ``{% api_uses as uses %}``: what the API asks of a key."""

from __future__ import annotations

from dataclasses import dataclass

from django import template

from shemei.apps.accounts.rules import API_USES
from shemei.apps.accounts.tabs import tabs_for
from shemei.kernel.permissions import PERMISSION_NAMES
from shemei.kernel.urls import wurl

register = template.Library()


@dataclass(frozen=True, slots=True)
class TabView:
    label: str
    href: str
    is_current: bool


@register.simple_tag(takes_context=True)
def settings_tabs(context: template.Context) -> list[TabView]:
    request = context["request"]
    here = request.resolver_match.url_name
    return [
        TabView(tab.label, wurl(request.workspace, tab.url_name), here in tab.match)
        for tab in tabs_for(request.actor)
    ]


@dataclass(frozen=True, slots=True)
class ApiUse:
    what: str
    permission: str
    address: str


@register.simple_tag
def api_uses() -> list[ApiUse]:
    return [ApiUse(what, PERMISSION_NAMES[needed], at) for needed, what, at in API_USES]
