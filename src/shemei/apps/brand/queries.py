"""What other rooms may know of campaigns, pillars and accounts. Call inside the workspace's scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from shemei.apps.brand.models import Campaign, Pillar, PlatformAccount
from shemei.kernel.registry import Named
from shemei.kernel.urls import wurl
from shemei.platforms import platform_of

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace


@dataclass(frozen=True, slots=True)
class CampaignRef:
    id: int
    key: str
    name: str
    starts_on: date
    ends_on: date
    state: str
    utm_campaign: str


@dataclass(frozen=True, slots=True)
class PillarRef:
    id: int
    key: str
    name: str
    color: int


@dataclass(frozen=True, slots=True)
class AccountRef:
    id: int
    key: str
    platform: str
    name: str
    followers: int


def campaigns(workspace: Workspace, *, with_ended: bool = True) -> list[CampaignRef]:
    """Campaigns, the latest first."""
    rows = Campaign.objects.filter(workspace=workspace)
    rows = rows if with_ended else rows.exclude(state=Campaign.State.ENDED)
    return [
        CampaignRef(c.id, c.key, c.name, c.starts_on, c.ends_on, c.state, c.utm_campaign)
        for c in rows
    ]


def campaign_choices(workspace: Workspace, chosen: str | None = "") -> list[tuple[str, str]]:
    """Campaigns for a select: those not ended, and the one that is chosen already."""
    rows = campaigns(workspace)
    return [(c.key, c.name) for c in rows if c.state != "ended" or c.key == chosen]


def pillars(workspace: Workspace) -> list[PillarRef]:
    rows = Pillar.objects.filter(workspace=workspace)
    return [PillarRef(p.id, p.key, p.name, p.color) for p in rows]


def accounts(workspace: Workspace, *, with_inactive: bool = False) -> list[AccountRef]:
    rows = PlatformAccount.objects.filter(workspace=workspace)
    rows = rows if with_inactive else rows.filter(is_active=True)
    return [AccountRef(a.id, a.key, a.platform, a.name, a.followers) for a in rows]


def account_choices(workspace: Workspace) -> list[tuple[str, str]]:
    """Active accounts for a select: 「微信公众号 屿禾护肤」."""
    return [(a.key, f"{platform_of(a.platform).name} {a.name}") for a in accounts(workspace)]


def id_of(kind: str, workspace: Workspace, key: str) -> int | None:
    """The row id behind a key of ``campaign``, ``pillar`` or ``platform_account``; None for no key.

    Raises ``LookupError`` where the workspace has no such row, so that a foreign key never leaks in.
    """
    if not key:
        return None
    model = {"campaign": Campaign, "pillar": Pillar, "platform_account": PlatformAccount}[kind]
    found = model.objects.filter(workspace=workspace, key=key).values_list("id", flat=True).first()
    if found is None:
        raise LookupError(f"no {kind} with key {key!r} in this workspace")
    return int(found)


def with_campaign(workspace: Workspace, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a form with the row id of the campaign that they name by its key."""
    rest = dict(values)
    if "campaign_key" in rest:
        rest["campaign_id"] = id_of("campaign", workspace, rest.pop("campaign_key"))
    return rest


def campaign_names(workspace: Workspace, keys: Iterable[str]) -> dict[str, Named]:
    rows = Campaign.objects.filter(workspace=workspace, key__in=list(keys))
    return {row.key: _campaign(workspace, row) for row in rows}


def choose_campaigns(workspace: Workspace, text: str, limit: int) -> list[Named]:
    rows = Campaign.objects.filter(workspace=workspace, name__icontains=text)[:limit]
    return [_campaign(workspace, row) for row in rows]


def pillar_names(workspace: Workspace, keys: Iterable[str]) -> dict[str, Named]:
    rows = Pillar.objects.filter(workspace=workspace, key__in=list(keys))
    return {row.key: Named(row.key, row.name, row.note) for row in rows}


def choose_pillars(workspace: Workspace, text: str, limit: int) -> list[Named]:
    rows = Pillar.objects.filter(workspace=workspace, name__icontains=text)[:limit]
    return [Named(row.key, row.name, row.note) for row in rows]


def account_names(workspace: Workspace, keys: Iterable[str]) -> dict[str, Named]:
    rows = PlatformAccount.objects.filter(workspace=workspace, key__in=list(keys))
    return {row.key: _account(workspace, row) for row in rows}


def choose_accounts(workspace: Workspace, text: str, limit: int) -> list[Named]:
    rows = PlatformAccount.objects.filter(workspace=workspace, is_active=True, name__icontains=text)
    return [_account(workspace, row) for row in rows[:limit]]


def _campaign(workspace: Workspace, row: Campaign) -> Named:
    return Named(
        row.key, row.name, row.get_state_display(), url=wurl(workspace, "brand:campaign", row.key)
    )


def _account(workspace: Workspace, row: PlatformAccount) -> Named:
    return Named(row.key, row.name, row.handle, row.platform, wurl(workspace, "brand:accounts"))
