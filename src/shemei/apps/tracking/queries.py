"""What other rooms may know of links and promo codes. Call inside the workspace's scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shemei.apps.commerce.facts import CodeOwner
from shemei.apps.tracking.book import short_url
from shemei.apps.tracking.models import Link, PromoCode, Site
from shemei.apps.tracking.rules import fold_promo_code
from shemei.kernel.registry import Named
from shemei.kernel.urls import wurl
from shemei.warehouse.channels import UNSPECIFIC_PLATFORMS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shemei.kernel.workspace import Workspace


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One short link as another room shows it."""

    key: str
    name: str
    code: str
    short_url: str
    url: str
    platform: str
    content_key: str
    creator_key: str
    is_active: bool


def links(
    workspace: Workspace, *, content: str = "", creator: str = "", campaign: str = ""
) -> list[LinkRow]:
    """The links of one content, creator or campaign, the latest first."""
    wanted = {"content_key": content, "creator_key": creator, "campaign__key": campaign}
    rows = Link.objects.filter(workspace=workspace, **{k: v for k, v in wanted.items() if v})
    return [_row(link) for link in rows.select_related("workspace")]


def linked_contents(workspace: Workspace) -> set[str]:
    """The contents that some link was made for."""
    rows = Link.objects.filter(workspace=workspace).exclude(content_key="").order_by()
    return set(rows.values_list("content_key", flat=True).distinct())


def begun(workspace: Workspace) -> tuple[bool, bool]:
    """Whether the brand has a link, and whether it has a website with our code."""
    made = (model.objects.filter(workspace=workspace) for model in (Link, Site))
    links_made, sites_made = (rows.exists() for rows in made)
    return links_made, sites_made


def code_owners(workspace: Workspace, codes: Iterable[str]) -> dict[str, CodeOwner]:
    """Typed codes → their owners; a code nobody has made is left out.

    A code that has run out still names its owner: the shop took it, so somebody's word sold.
    """
    folded = {code: fold_promo_code(code) for code in codes if code}
    rows = PromoCode.objects.filter(workspace=workspace, code__in=set(folded.values()))
    known = {row.code: _owner(row) for row in rows.select_related("campaign")}
    return {typed: known[code] for typed, code in folded.items() if code in known}


def every_code(workspace: Workspace) -> list[str]:
    """All codes of the brand, also those that have run out."""
    return list(PromoCode.objects.filter(workspace=workspace).values_list("code", flat=True))


def link_names(workspace: Workspace, keys: Iterable[str]) -> dict[str, Named]:
    rows = Link.objects.filter(workspace=workspace, key__in=list(keys))
    return {row.key: _named(workspace, row) for row in rows}


def choose_links(workspace: Workspace, text: str, limit: int) -> list[Named]:
    rows = Link.objects.live().filter(workspace=workspace, name__icontains=text)
    return [_named(workspace, row) for row in rows[:limit]]


def code_names(workspace: Workspace, codes: Iterable[str]) -> dict[str, Named]:
    """Promo codes stand in the log by themselves, so a code is its own key."""
    rows = PromoCode.objects.filter(workspace=workspace, code__in=list(codes))
    return {row.code: _named_code(workspace, row) for row in rows}


def choose_codes(workspace: Workspace, text: str, limit: int) -> list[Named]:
    rows = PromoCode.objects.filter(workspace=workspace, is_active=True)
    return [_named_code(workspace, row) for row in rows.filter(code__icontains=text)[:limit]]


def _row(link: Link) -> LinkRow:
    return LinkRow(
        key=link.key,
        name=link.name,
        code=link.code,
        short_url=short_url(link),
        url=link.url,
        platform=link.platform,
        content_key=link.content_key,
        creator_key=link.creator_key,
        is_active=link.is_active,
    )


def _owner(row: PromoCode) -> CodeOwner:
    return CodeOwner(
        creator=row.creator_key,
        campaign=row.campaign.key if row.campaign else "",
        content=row.content_key,
        platform=row.platform,
        channel=_code_channel(row),
    )


def _code_channel(row: PromoCode) -> str:
    """A code printed at a place that is on no platform was read there: offline."""
    at_a_place = row.owner_kind == PromoCode.Owner.SPOT
    return "offline" if at_a_place and row.platform in UNSPECIFIC_PLATFORMS else ""


def _named(workspace: Workspace, row: Link) -> Named:
    url = wurl(workspace, "tracking:link", row.key)
    return Named(row.key, row.name, row.code, row.platform, url)


def _named_code(workspace: Workspace, row: PromoCode) -> Named:
    url = wurl(workspace, "tracking:code", row.key)
    return Named(row.code, row.code, row.discount_note, row.platform, url)
