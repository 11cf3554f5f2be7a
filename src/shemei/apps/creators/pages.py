"""What the pages of the creators room show, put together for their templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count

from shemei.apps.content.queries import posts_of_creator
from shemei.apps.creators import rules
from shemei.apps.creators.dossier import dossier
from shemei.apps.creators.listings import collaboration_state, with_delivery
from shemei.apps.creators.models import Collaboration, Creator
from shemei.kernel.figures import CREDIT_DAYS, credited_by, figures_by, model_name, totals
from shemei.kernel.permissions import Permission
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest

FIGURES = ("impressions", "engagement_rate", "clicks", "visitors")


def standing() -> str:
    """「共 23 位：KOL 5，KOC 12，素人 6」; empty without creators."""
    rows = Creator.objects.order_by().values("tier").annotate(n=Count("id"))
    counts = {row["tier"]: row["n"] for row in rows}
    parts = "，".join(f"{tier} {counts[tier]}" for tier in rules.TIERS if tier in counts)
    return f"共 {sum(counts.values())} 位：{parts}" if counts else ""


def creator(row: Creator, request: BrandRequest) -> dict[str, Any]:
    """A creator: figures, collaborations with promised and delivered, posts."""
    deals = [*with_delivery(list(Collaboration.objects.with_labels().filter(creator=row)), request)]
    for deal in deals:
        deal.shown_state = collaboration_state(deal)
    return {
        "row": row,
        "deals": deals,
        "sum": summary(deals),
        "posts": _posts(row, request),
        "dossier": dossier(row) if request.actor.can(Permission.VIEW) else [],
        "may_change": request.actor.can(Permission.CREATORS),
        **(_earned(row) if request.actor.can(Permission.VIEW) else {}),
    }


def _earned(row: Creator) -> dict[str, Any]:
    credit = credited_by(row.workspace, "creator").get(row.key)
    told = totals(row.workspace, FIGURES, where=(("creator", row.key),))
    return {
        "figures": {name: value or None for name, value in told.items()},
        "credit": credit,
        "model": model_name(row.workspace),
        "credit_days": CREDIT_DAYS,
    }


def summary(deals: list[Any]) -> dict[str, Any]:
    """Fees, promised and delivered impressions of what was delivered."""
    done = [deal for deal in deals if deal.state == Collaboration.State.DELIVERED]
    promised = sum(deal.promised_impressions for deal in done)
    reported = [deal for deal in done if deal.delivered is not None]
    delivered = sum(deal.delivered for deal in reported) if reported else None
    due = [deal for deal in reported if deal.promised_impressions]
    fees = sum(deal.fee for deal in done)
    share = rules.delivery_share(
        sum(deal.delivered for deal in due) if due else None,
        sum(deal.promised_impressions for deal in due),
    )
    return {
        "fees": fees,
        "shown_fees": fees if done else None,
        "count": len(done),
        "promised": promised,
        "delivered": delivered,
        "share": share,
        "percent": round(share * 100) if share is not None else None,
        "cpm": fees * 1000 / delivered if fees and delivered else None,
    }


def _posts(row: Creator, request: BrandRequest) -> list[dict[str, Any]]:
    posts = posts_of_creator(row.workspace, row.key, by=request.actor)[:20]
    names = ("impressions", "engagement_rate", "clicks")
    figures = (
        figures_by(row.workspace, "content", names)
        if posts and request.actor.can(Permission.VIEW)
        else {}
    )
    return [
        {
            "post": post,
            "url": wurl(row.workspace, "content:post", post.key),
            "figures": figures.get(post.key, {}),
        }
        for post in posts
    ]
