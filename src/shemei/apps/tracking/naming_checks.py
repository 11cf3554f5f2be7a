"""The naming rules of a brand against its links: what is agreed, which links break it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils import timezone

from shemei.apps.tracking.models import Link, LinkNaming
from shemei.apps.tracking.naming import (
    LABELS,
    NAME,
    STEM,
    Facts,
    NamingRules,
    Remark,
    numbered,
    remarks,
)
from shemei.kernel.addresses import UTM_KEYS
from shemei.kernel.registry import names_of
from shemei.platforms import BY_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shemei.kernel.workspace import Workspace

MOST_CHECKED = 5_000
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Broken:
    """A link with what it breaks."""

    link: Link
    remarks: list[Remark]
    is_numbered: bool = False

    @property
    def fixes(self) -> dict[str, str]:
        return {one.field: one.better for one in self.remarks if one.better}

    @property
    def needs_a_person(self) -> bool:
        """Whether something is left that the rules alone cannot settle."""
        return any(not one.better for one in self.remarks)


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


def apart(rows: Sequence[Broken]) -> list[Broken]:
    """The same links, each offered a name that no other link of the brand has or is offered."""
    taken = _taken(Counter(one.fixes[NAME] for one in rows if NAME in one.fixes))
    return [_numbered(one, taken) for one in rows]


def _taken(wanted: Counter[str]) -> set[str]:
    """Names that links have by now, archived ones too: those wanted, and the numbered ones of those that clash."""
    held = Link.objects.order_by().values_list("name", flat=True)
    taken = set(held.filter(name__in=list(wanted)))
    for stem in {name[:STEM] for name, links in wanted.items() if links > 1 or name in taken}:
        taken |= set(held.filter(name__startswith=f"{stem}-"))
    return taken


def _numbered(one: Broken, taken: set[str]) -> Broken:
    """The link with a name of its own, which is taken from then on."""
    wanted = one.fixes.get(NAME, "")
    if not wanted:
        return one
    name = numbered(wanted, taken)
    taken.add(name)
    if name == wanted:
        return one
    text = f"；和别的短链同名，加上 {name[name.rindex('-') :]}"
    told = [
        replace(remark, better=name, text=remark.text + text) if remark.field == NAME else remark
        for remark in one.remarks
    ]
    return replace(one, remarks=told, is_numbered=True)


def consequence(rows: Sequence[Broken]) -> str:
    """What mending all of these changes, said before it is done: how many, three examples, who is numbered."""
    fixes = [
        ("" if field == NAME else f"{LABELS[field]} ", getattr(one.link, field), value)
        for one in rows
        for field, value in one.fixes.items()
    ]
    names = sum(NAME in one.fixes for one in rows)
    links = sum(bool(one.fixes) for one in rows)
    clash = sum(one.is_numbered for one in rows)
    shown = "；".join(f"{label}「{was}」→「{new}」" for label, was, new in fixes[:EXAMPLES])
    said = f"改 {links:,} 条短链，其中 {names:,} 条换名称。例如：{shown}。"
    if clash:
        said += f"有 {clash:,} 条会和别的短链同名，加上 -2、-3 分开。"
    if by_hand := sum(one.needs_a_person for one in rows):
        said += f"改好后还有 {by_hand:,} 条要人填，仍列在这一页。"
    return f"{said}短码和目标网址不动，30 天内能在这一页撤回。"
