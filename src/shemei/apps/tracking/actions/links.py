"""Writes of short links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F

from shemei.apps.tracking import jobs, naming, naming_checks, rules
from shemei.apps.tracking.actions.shared import brand_id, checked, owner_names, platform_for
from shemei.apps.tracking.book import link_base
from shemei.apps.tracking.models import Link
from shemei.kernel import addresses, audit
from shemei.kernel.edits import assign
from shemei.kernel.keys import new_code
from shemei.kernel.permissions import Permission, require
from shemei.kernel.registry import names_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shemei.kernel.actor import Actor
    from shemei.kernel.registry import Named
    from shemei.kernel.workspace import Workspace

TRIES = 8


@transaction.atomic
def create_link(
    workspace: Workspace,
    *,
    by: Actor,
    url: str,
    platform: str = "",
    name: str = "",
    alias: str = "",
    campaign: str = "",
    account: str = "",
    content: str = "",
    creator: str = "",
    activity: str = "",
    spot: str = "",
    folder: str = "",
    batch: str = "",
    origin: str = "",
    utm: Mapping[str, str] | None = None,
) -> Link:
    """Make a short link; owners are keys, missing UTM follows platform, campaign and owner."""
    require(by, Permission.TRACK)
    link = draft_link(
        workspace,
        url=url,
        platform=platform,
        name=name,
        campaign=campaign,
        account=account,
        content=content,
        creator=creator,
        spot=spot,
        utm=utm,
    )
    link.activity_key, link.batch, link.origin = activity, batch, origin
    link.folder = folder.strip()
    _insert(link, checked("alias", rules.tidy_alias, alias) if alias.strip() else "")
    jobs.links_on_commit([link])
    audit.record("link.created", link, by=by, code=link.code)
    return link


@transaction.atomic
def create_links_for(
    workspace: Workspace,
    *,
    by: Actor,
    targets: Sequence[Mapping[str, str]],
    url: str,
    **shared: Any,
) -> list[Link]:
    """One address for several creators or platforms: a link of its own for each, all or none."""
    require(by, Permission.TRACK)
    if not targets:
        raise ValidationError("还没有选达人或平台。请至少选一个。")
    return [create_link(workspace, by=by, url=url, **{**shared, **target}) for target in targets]


@transaction.atomic
def change_link(
    link: Link,
    *,
    by: Actor,
    url: str,
    campaign: str = "",
    account: str = "",
    content: str = "",
    creator: str = "",
    utm: Mapping[str, str] | None = None,
    **values: Any,
) -> Link:
    """Change a link; its short code stays, it may be printed; a name the system made follows."""
    require(by, Permission.TRACK)
    made = made_name(link)
    before = {field.attname: getattr(link, field.attname) for field in Link._meta.concrete_fields}
    tidied = _aim(link, url)
    assign(link, values)
    owners = _own(link, campaign=campaign, account=account, content=content, creator=creator)
    for key, value in {**tidied.utm, **(utm or {})}.items():
        setattr(link, key, addresses.tidy_utm(value))
    name = link.name.strip()
    link.name = _suggest_name(link, owners) if name in ("", made) else name
    fields = [
        str(field.verbose_name)
        for field in Link._meta.concrete_fields
        if before[field.attname] != getattr(link, field.attname)
    ]
    if fields:
        save_link(link)
        audit.record("link.changed", link, by=by, fields="、".join(fields))
    return link


@transaction.atomic
def archive_links(links: Iterable[Link], *, by: Actor) -> int:
    """Take links out of service; their figures stay, whoever opens one sees that it has ended."""
    return _switch(links, False, "link.archived", by)


@transaction.atomic
def restore_links(links: Iterable[Link], *, by: Actor) -> int:
    return _switch(links, True, "link.restored", by)


def draft_link(workspace: Workspace, **values: Any) -> Link:
    """A link as it would be made, not saved: what the form's preview shows."""
    link = Link(workspace=workspace, platform=values.get("platform", ""))
    link.spot = values.get("spot", "").strip()
    tidied = _aim(link, values["url"])
    owned = {name: values.get(name, "") for name in ("campaign", "account", "content", "creator")}
    owners, given = _own(link, **owned), {**tidied.utm, **_given(values.get("utm"))}
    if not values.get("platform") and link.platform == "other":
        link.platform = rules.platform_of_source(given.get("utm_source", "")) or "other"
    _mark(link, given)
    link.name = values.get("name", "").strip() or _suggest_name(link, owners)
    return link


def made_name(link: Link) -> str:
    """The name the system gives a link as it stands now."""
    workspace = link.workspace
    owners = [
        *names_of("creator", workspace, [link.creator_key]).values(),
        *names_of("content", workspace, [link.content_key]).values(),
    ]
    return _suggest_name(link, owners)


def _suggest_name(link: Link, owners: list[Named]) -> str:
    """As the brand's naming rules say, else what tells where it stands and for what."""
    if pattern := naming_checks.naming_of(link.workspace).pattern:
        creator = next((row.name for row in owners if row.key == link.creator_key), "")
        if name := naming.expected_name(pattern, naming_checks.facts_of(link, creator)):
            return name
    return rules.suggest_name(
        platform=link.platform,
        url=link.url,
        owner=owners[0].name if owners else "",
        campaign=link.campaign.name if link.campaign else "",
        spot=link.spot,
    )


def _aim(link: Link, url: str) -> addresses.Tidied:
    tidied: addresses.Tidied = checked("url", addresses.tidy_url, url)
    if rules.is_own_link(tidied.url, link_base(link.workspace)):
        raise ValidationError({"url": "这本身就是一条短链，会绕圈子。请填最终要打开的页面。"})
    link.url = tidied.url
    return tidied


def _own(link: Link, *, campaign: str, account: str, content: str, creator: str) -> list[Named]:
    workspace = link.workspace
    link.campaign_id = brand_id(workspace, "campaign", campaign, "campaign")
    link.account_id = brand_id(workspace, "platform_account", account, "account")
    owners = owner_names(workspace, creator, content)
    link.creator_key, link.content_key = creator, content
    link.platform = platform_for(link.platform, owners, link.url)
    return owners


def _mark(link: Link, given: Mapping[str, str]) -> None:
    campaign = link.campaign.utm_campaign if link.campaign else ""
    usual = rules.utm_defaults(
        link.platform,
        campaign=campaign,
        has_creator=bool(link.creator_key),
        at_a_place=bool(link.spot),
    )
    for key, value in {**usual, **given}.items():
        setattr(link, key, addresses.tidy_utm(value))


def _given(utm: Mapping[str, str] | None) -> dict[str, str]:
    return {key: value for key, value in (utm or {}).items() if key in addresses.UTM_KEYS and value}


def _insert(link: Link, alias: str) -> None:
    """Save under the chosen code, or under a random one that is free; the database decides."""
    for _ in range(1 if alias else TRIES):
        link.code = alias or new_code()
        link.full_clean(validate_unique=False)
        try:
            with transaction.atomic():
                link.save(force_insert=True)
            return
        except IntegrityError:
            link.pk = None
    raise ValidationError({"alias": f"短码「{link.code}」已被用。请换一个，或留空由系统起。"})


def save_link(link: Link) -> None:
    """Store a changed link under a new version and bring it to the edge."""
    link.full_clean(validate_unique=False)
    link.save()
    Link.objects.filter(pk=link.pk).update(version=F("version") + 1)
    link.refresh_from_db(fields=["version"])
    jobs.links_on_commit([link])


def _switch(links: Iterable[Link], active: bool, verb: str, by: Actor) -> int:
    require(by, Permission.TRACK)
    rows = [link for link in links if link.is_active != active]
    for link in rows:
        Link.objects.filter(pk=link.pk).update(is_active=active, version=F("version") + 1)
        link.is_active = active
        audit.record(verb, link, by=by, code=link.code)
    jobs.links_on_commit(rows)
    return len(rows)
