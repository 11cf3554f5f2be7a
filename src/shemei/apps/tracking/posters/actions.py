"""Writes of offline spots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from shemei.apps.tracking import actions as tracking
from shemei.apps.tracking import jobs
from shemei.apps.tracking.models import Link, PromoCode
from shemei.apps.tracking.posters.models import Spot
from shemei.apps.tracking.rules import fold_promo_code
from shemei.kernel import audit
from shemei.kernel.edits import assign, save
from shemei.kernel.permissions import Permission, require

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.workspace import Workspace

OFFLINE = {"utm_source": "offline", "utm_medium": "qr"}


@transaction.atomic
def create_spot(
    workspace: Workspace, *, by: Actor, name: str, url: str, address: str = "", campaign: str = "",
    headline: str = "", words: str = "", promo_code: str = "",
) -> Spot:  # fmt: skip
    """Enter a place; its code works at once, and each scan of it is a check-in."""
    require(by, Permission.TRACK)
    spot = Spot(workspace=workspace, name=name, address=address, words=words)
    spot.headline = headline or "扫码打卡"
    spot.promo_code = _code(promo_code)
    spot.link = tracking.create_link(
        workspace, by=by, url=url, name=f"点位 · {name}"[:80], campaign=campaign, spot=name,
        folder="线下点位", utm=OFFLINE,
    )  # fmt: skip
    save(spot)
    _tell(spot.link)
    audit.record("spot.created", spot, by=by)
    return spot


@transaction.atomic
def change_spot(
    spot: Spot, *, by: Actor, name: str, address: str = "", headline: str = "", words: str = "",
    promo_code: str = "",
) -> Spot:  # fmt: skip
    """Change what stands on the poster; the code stays, it may be printed already."""
    require(by, Permission.TRACK)
    values = {
        "name": name,
        "address": address,
        "headline": headline or "扫码打卡",
        "words": words,
        "promo_code": _code(promo_code),
    }
    if fields := assign(spot, values):
        save(spot)
        audit.record("spot.changed", spot, by=by, fields="、".join(fields))
    return spot


@transaction.atomic
def close_spot(spot: Spot, *, by: Actor) -> None:
    """The code at the place stops working; what was scanned stays."""
    tracking.archive_links([spot.link], by=by)
    audit.record("spot.closed", spot, by=by)


@transaction.atomic
def reopen_spot(spot: Spot, *, by: Actor) -> None:
    tracking.restore_links([spot.link], by=by)
    audit.record("spot.reopened", spot, by=by)


def _code(text: str) -> str:
    folded = fold_promo_code(text)
    if folded and not PromoCode.objects.filter(code=folded).exists():
        raise ValidationError({"promo_code": "没有这个优惠码。请先建好，或留空。"})
    return folded


def _tell(link: Link) -> None:
    """The edge has to hear that this link is a place: a line of a newer version."""
    Link.objects.filter(pk=link.pk).update(version=F("version") + 1)
    jobs.links_on_commit([link])
