"""The naming rules of a brand against its links: what is agreed, which links break it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from shemei.apps.tracking.models import Link, LinkNaming
from shemei.apps.tracking.naming import Facts, NamingRules, Remark, remarks
from shemei.kernel.addresses import UTM_KEYS
from shemei.kernel.registry import names_of
from shemei.platforms import BY_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shemei.kernel.workspace import Workspace

MOST_CHECKED = 5_000


@dataclass(frozen=True, slots=True)
class Broken:
    """A link with what it breaks."""

    link: Link
    remarks: list[Remark]

    @property
    def fixes(self) -> dict[str, str]:
        return {one.field: one.better for one in self.remarks if one.better}


def naming_of(workspace: Workspace) -> NamingRules:
    row = LinkNaming.objects.filter(workspace=workspace).first()
    if row is None:
        return NamingRules()
    return NamingRules(
        pattern=row.pattern,
        plain=row.plain,
        lower=row.lower,
        required=tuple(row.required),
        sources=tuple(row.sources),
        mediums=tuple(row.mediums),
    )


def facts_of(link: Link, creator: str = "") -> Facts:
    platform = BY_KEY.get(link.platform)
    named = platform.name if platform and link.platform != "other" else ""
    return Facts(
        platform=named,
        campaign=link.campaign.name if link.campaign else "",
        creator=creator,
        spot=link.spot,
        date=timezone.localtime(link.created_at).strftime("%Y%m%d"),
    )


def remarks_of(rules: NamingRules, link: Link, creator: str = "") -> list[Remark]:
    values = {"name": link.name, "platform": link.platform}
    values |= {key: getattr(link, key) for key in UTM_KEYS}
    return remarks(rules, values, facts_of(link, creator))


def broken(workspace: Workspace, links: Iterable[Link]) -> list[Broken]:
    """Which of these links say otherwise than agreed."""
    rules = naming_of(workspace)
    if not rules.asks:
        return []
    rows = list(links)
    creators = names_of("creator", workspace, {row.creator_key for row in rows if row.creator_key})
    told = (
        Broken(row, remarks_of(rules, row, creators[row.creator_key].name))
        if row.creator_key in creators
        else Broken(row, remarks_of(rules, row))
        for row in rows
    )
    return [one for one in told if one.remarks]


def checked_links(batch: str = "") -> Iterable[Link]:
    rows = Link.objects.live().with_brand()
    return (rows.filter(batch=batch) if batch else rows)[:MOST_CHECKED]
