"""Four waves of the demo's brand tracker: what a survey of the field would have told, the same every time."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from shemei.apps.brand.models import BrandReading

if TYPE_CHECKING:
    from datetime import date

    from shemei.kernel.workspace import Workspace

SOURCE = "示例调研"
WAVES = (-97, -6, 84, 168)
"""The last day of each wave, counted from the demo's first day: two before the log begins, two within it."""
FIELDWORK = timedelta(11)
ASKED = (600, 620, 610, 640)
SHARES: dict[str, tuple[float, ...]] = {
    "unaided_awareness": (0.042, 0.048, 0.055, 0.079),
    "aided_awareness": (0.315, 0.331, 0.348, 0.412),
    "consideration": (0.142, 0.150, 0.161, 0.184),
    "favourability": (0.682, 0.694, 0.689, 0.712),
}
NET = ((0.41, 0.17), (0.43, 0.16), (0.42, 0.16), (0.46, 0.14))
"""Promoters and detractors among those who have used the brand."""
USERS = (118, 131, 140, 172)
WECHAT_INDEX = (8_600, 9_400, 12_100, 21_800)
VOICE = (0.061, 0.064, 0.072, 0.088)
NOTES = {
    "favourability": "只问知道本品牌的人",
    "nps": "只问近一年用过的人",
    "share_of_voice": "与三个同价位的敏感肌品牌比",
}


def put_up(workspace: Workspace, first: date) -> None:
    """Write the waves of a demo that begins on ``first``. Call inside the brand's scope."""
    BrandReading.objects.bulk_create(
        row for number, day in enumerate(WAVES) for row in _wave(workspace, first + timedelta(day), number)
    )  # fmt: skip


def _wave(workspace: Workspace, day: date, number: int) -> list[BrandReading]:
    survey = {"first": day - FIELDWORK, "asked": ASKED[number]}
    knew = round(ASKED[number] * SHARES["aided_awareness"][number])
    rows = [
        _row(workspace, key, day, values[number], **survey | ({"asked": knew} if key in NOTES else {}))
        for key, values in SHARES.items()
    ]  # fmt: skip
    promoters, detractors = NET[number]
    parts = {"promoters": Decimal(str(promoters)), "detractors": Decimal(str(detractors))}
    net = round(100 * (promoters - detractors), 2)
    rows.append(_row(workspace, "nps", day, net, **survey | parts | {"asked": USERS[number]}))
    rows.append(_row(workspace, "brand_search", day, WECHAT_INDEX[number], platform="wechat"))
    rows.append(_row(workspace, "share_of_voice", day, VOICE[number], first=survey["first"]))
    return rows


def _row(workspace: Workspace, metric: str, day: date, value: float, **more: Any) -> BrandReading:
    told = {"source": SOURCE, "note": NOTES.get(metric, ""), **more}
    return BrandReading(
        workspace=workspace, metric=metric, day=day, value=Decimal(str(value)), **told
    )
