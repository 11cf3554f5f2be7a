"""Brings links and sites to the edge: the database is the truth, the link book its copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django_scopes import scopes_disabled

from shemei.apps.tracking import channeling
from shemei.apps.tracking.models import Link, Site
from shemei.edge import linkbook, sites
from shemei.edge.linkbook import LinkBook, LinkRecord

if TYPE_CHECKING:
    from collections.abc import Iterator


def link_base(workspace: Any) -> str:
    """Where a brand's short links live: its own domain, or the edge of this machine."""
    host = (workspace.link_host or "").strip().rstrip("/")
    if not host:
        return f"http://localhost:{settings.SHEMEI_EDGE_PORT}"
    return host if "://" in host else f"https://{host}"


def short_url(link: Link) -> str:
    return f"{link_base(link.workspace)}/r/{link.code}"


def record_of(link: Link) -> LinkRecord:
    """What the edge needs to know of a link."""
    return LinkRecord(
        code=link.code,
        url=link.url,
        workspace=link.workspace.key,
        link=link.key,
        v=link.version,
        platform=link.platform,
        platform_account=link.account.key if link.account else "",
        campaign=link.campaign.key if link.campaign else "",
        content=link.content_key,
        creator=link.creator_key,
        activity=link.activity_key,
        utm=link.utm,
        rules=link.routing and {**link.routing, "used": link.clicks_seen},
        active=link.is_active and link.workspace.is_active,
    )


def publish(ids: list[int]) -> int:
    """Append links as they are in the database now to the book."""
    with scopes_disabled():
        rows = Link.objects.filter(pk__in=ids).with_brand()
        return linkbook.publish(settings.SHEMEI_HOME, [record_of(link) for link in rows])


def publish_sites() -> int:
    """Write the file that tells the edge which brand a tag belongs to, and the channel rules."""
    with scopes_disabled():
        rows = list(Site.objects.filter(is_active=True).select_related("workspace"))
        channel_rules = channeling.latest_of_all()
    content = {
        site.key: {
            "workspace": site.workspace.key,
            "hosts": site.hosts,
            "consent": site.consent_required,
        }
        for site in rows
        if site.workspace.is_active
    }
    whole = {"sites": content, "channel_rules": channel_rules}
    sites.publish_sites(settings.SHEMEI_HOME, whole)
    return len(content)


@dataclass(frozen=True, slots=True)
class BookState:
    """How the book stands against the database."""

    links: int
    live: int
    stale: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        return not self.stale


def check() -> BookState:
    """Compare the book with the database; ``stale`` are codes the edge would answer wrongly."""
    book = LinkBook(settings.SHEMEI_HOME)
    links, live, stale = 0, 0, []
    with scopes_disabled():
        for record in _records():
            links += 1
            live += record.active
            if book.get(record.code) != (record if record.active else None):
                stale.append(record.code)
    return BookState(links, live, tuple(stale))


def republish() -> int:
    """Write the whole book and the site file from the database; returns how many links."""
    with scopes_disabled():
        count = linkbook.rewrite(settings.SHEMEI_HOME, _records())
    publish_sites()
    return count


def _records() -> Iterator[LinkRecord]:
    rows = Link.objects.with_brand().order_by("pk")
    return (record_of(link) for link in rows.iterator(chunk_size=2_000))
