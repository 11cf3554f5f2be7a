"""What the search box finds in this room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from shemei.apps.tracking.models import Link, PromoCode
from shemei.apps.tracking.rules import fold_promo_code
from shemei.kernel.registry import Hit
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shemei.kernel.http import BrandRequest


def find_links(request: BrandRequest, text: str, limit: int) -> Iterator[Hit]:
    """Links by name, by code, or by the whole short address pasted."""
    code = text.strip().rstrip("/").rsplit("/", 1)[-1].lower()
    rows = Link.objects.filter(Q(name__icontains=text) | Q(code__startswith=code))
    for link in rows[:limit]:
        url = wurl(request.workspace, "tracking:link", link.key)
        yield Hit("短链", link.name, url, "link", f"/r/{link.code}")


def find_codes(request: BrandRequest, text: str, limit: int) -> Iterator[Hit]:
    folded = fold_promo_code(text)
    rows = PromoCode.objects.filter(Q(code__contains=folded) | Q(discount_note__icontains=text))
    for row in rows[:limit] if folded else []:
        url = wurl(request.workspace, "tracking:code", row.key)
        yield Hit("优惠码", row.code, url, "ticket", row.discount_note)
