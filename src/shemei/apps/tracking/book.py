"""Brings links and sites to the edge: the database is the truth, the link book its copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django_scopes import scopes_disabled

from shemei.apps.accounts.queries import brands_that_confirm
from shemei.apps.tracking import channeling
from shemei.apps.tracking.models import Link, PromoCode, PutBackClicks, Site
from shemei.edge import linkbook, sites
from shemei.edge.linkbook import LinkBook, LinkRecord
from shemei.kernel.addresses import address_warning
from shemei.warehouse.log import confirming, putback
from shemei.warehouse.log.putback import PutBack
from shemei.warehouse.vocabulary import to_ts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shemei.kernel.workspace import Workspace


def link_base(workspace: Workspace) -> str:
    """Where a brand's short links live: its own domain, or the edge of this machine."""
    host = (workspace.link_host or "").strip().rstrip("/")
    if not host:
        return f"http://localhost:{settings.SHEMEI_EDGE_PORT}"
    return host if "://" in host else f"https://{host}"


def short_url(link: Link) -> str:
    return f"{link_base(link.workspace)}/r/{link.code}"


def link_base_warning(workspace: Workspace) -> str:
    """A word where no customer's phone could open the brand's short links; ``""`` where it can."""
    base = link_base(workspace)
    if not address_warning(base):
        return ""
    return (
        f"短链现在是 {urlsplit(base).netloc} 开头，顾客的手机打不开。先填好短链域名，再复制、印刷。"
    )


def record_of(link: Link, scanned: set[int] | None = None) -> LinkRecord:
    """What the edge needs to know of a link; ``scanned`` are the links that stand at a place."""
    places = _scanned() if scanned is None else scanned
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
        kind="check_in" if link.pk in places else "click",
    )


def publish(ids: list[int]) -> int:
    """Append links as they are in the database now to the book."""
    with scopes_disabled():
        rows, scanned = Link.objects.filter(pk__in=ids).with_brand(), _scanned()
        records = [record_of(link, scanned) for link in rows]
        return linkbook.publish(settings.SHEMEI_HOME, records)


_more_sites: list[Callable[[], dict[str, dict[str, Any]]]] = []
_check_ins: list[Callable[[], set[int]]] = []


def add_sites(source: Callable[[], dict[str, dict[str, Any]]]) -> None:
    """Register what besides sites carries the tag: ``source()`` returns key → record, unscoped."""
    _more_sites.append(source)


def add_check_ins(source: Callable[[], set[int]]) -> None:
    """Register which links are scanned at a place: ``source()`` returns their ids, unscoped."""
    _check_ins.append(source)


def _scanned() -> set[int]:
    with scopes_disabled():
        return set().union(*(source() for source in _check_ins))


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
    with scopes_disabled():
        for source in _more_sites:
            content |= source()
        codes = _codes()
    whole = {"sites": content, "channel_rules": channel_rules, "codes": codes}
    sites.publish_sites(settings.SHEMEI_HOME, whole)
    return len(content)


def _codes() -> dict[str, dict[str, dict[str, str]]]:
    """Workspace → code → owner, as the shop's file would credit it; codes that ended still name theirs."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for row in PromoCode.objects.select_related("workspace", "campaign").order_by("id"):
        told = found.setdefault(row.workspace.key, {})
        told[row.code] = {key: value for key, value in row.owner.items() if value}
    return found


def publish_put_back() -> int:
    """Tell the warehouse which suspect clicks count again; the database is the truth, its file the copy."""
    with scopes_disabled():
        rows = PutBackClicks.objects.filter(is_active=True).order_by("id")
        found = [
            PutBack(
                key=row.key,
                workspace=row.workspace.key,
                reason=row.reason,
                first=to_ts(row.first_at),
                until=to_ts(row.until_at),
                link=row.link_key,
            )
            for row in rows.select_related("workspace")
        ]
    putback.publish(settings.SHEMEI_HOME, found)
    return len(found)


def publish_confirming() -> int:
    """Tell the warehouse which brands count an order once the shop has told it; the file is a copy."""
    found = brands_that_confirm()
    confirming.publish(settings.SHEMEI_HOME, found)
    return len(found)


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
    publish_put_back()
    publish_confirming()
    return count


def _records() -> Iterator[LinkRecord]:
    rows, scanned = Link.objects.with_brand().order_by("pk"), _scanned()
    return (record_of(link, scanned) for link in rows.iterator(chunk_size=2_000))
