"""The board of spots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from shemei.apps.tracking.posters import figures
from shemei.apps.tracking.posters.models import Spot
from shemei.kernel.lists import CREATED, Column, Empty, Listing, State, in_use
from shemei.kernel.periods import period_from
from shemei.kernel.permissions import Permission as P
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest


def state_of(spot: Spot) -> State:
    return State("使用中", "good") if spot.link.is_active else State("已停用", "quiet")


def fill(rows: list[Spot], request: BrandRequest) -> Sequence[Spot]:
    period = period_from(request.GET)
    known = figures.of_spots(request.workspace, period, {row.link.key for row in rows})
    for row in rows:
        row.figure = known.get(row.link.key, figures.NOTHING)  # type: ignore[attr-defined]
    return rows


def _fig(name: str) -> Any:
    return lambda spot: getattr(spot.figure, name)


SPOTS = Listing(
    name="posters.spots",
    noun="点位",
    unit="个",
    search=("name", "address"),
    search_hint="名称、地点",
    default_sort="-created_at",
    annotate=fill,
    columns=(
        Column("name", "点位", value=lambda s: s.name, href=lambda s: wurl(s.workspace, "posters:spot", s.key), sort="name"),
        Column("address", "地点", value=lambda s: s.address, phone=False),
        Column("scans", "扫码", kind="num", value=_fig("scans"), strong=True),
        Column("people", "人数", kind="num", value=_fig("people"), hint="按浏览器去重"),
        Column("orders", "可追踪订单", kind="times", value=_fig("orders")),
        Column("revenue", "可追踪成交额", kind="money", value=_fig("revenue")),
        Column("state", "状态", kind="state", value=state_of, phone=False),
        CREATED,
    ),
    filters=(
        in_use("link__is_active", "已停用"),
    ),
    empty=Empty(
        icon="map-pin",
        title="还没有线下点位",
        text="给每家门店、每张桌牌一个码，扫一次就是一次打卡，带来的人和成交记在这个点位名下。",
        action=("新建点位", "posters:new"),
        permission=P.TRACK,
    ),
)  # fmt: skip
