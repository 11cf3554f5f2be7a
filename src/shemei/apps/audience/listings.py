"""The list of people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shemei.apps.audience.queries import PersonRow
from shemei.kernel.lists import Column, Empty, Filter, Listing
from shemei.kernel.permissions import Permission
from shemei.kernel.urls import wurl
from shemei.warehouse.channels import channel_name

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace

ORDERS = (("last", "最近到访"), ("orders", "订单最多"), ("value", "成交最高"))


def listing(workspace: Workspace) -> Listing:
    """Rows are plain values, so the address of a person's page needs the workspace told."""

    def url(row: PersonRow) -> str:
        return wurl(workspace, "audience:person", row.key)

    return Listing(
        name="audience.people",
        columns=(
            Column("name", "人", value=lambda p: (p.name, f"尾号 {p.tail}" if p.tail else ""), kind="who", href=url),
            Column("last", "最近来过", value=lambda p: p.last_at, kind="datetime"),
            Column("path", "从哪来，最近在哪", value=_ends, kind="path", phone=True),
            Column("channel", "首次渠道", value=lambda p: channel_name(p.first_channel) if p.first_channel else ""),
            Column("touches", "触达", value=lambda p: p.touches, kind="num", hint="点击、访问、留资、加好友、打卡、领取、用码"),
            Column("orders", "订单", value=lambda p: p.orders or None, kind="num"),
            Column("value", "成交额", value=lambda p: p.value if p.orders else None, kind="money", strong=True, hint="已减去退款"),
            Column("first", "首次来", value=lambda p: p.first_at, kind="datetime", hidden=True),
            Column("browsers", "浏览器", value=lambda p: p.browsers, kind="num", hidden=True, hint="认出是同一个人的浏览器个数"),
        ),
        filters=(
            Filter("period", "来过的时间", kind="period", apply=lambda rows, v: rows.having(period=v)),
            Filter("bought", "下单", choices=(("yes", "下过单"), ("no", "没下过单")), apply=lambda rows, v: rows.having(bought=v)),
            Filter("order", "排在前面", choices=ORDERS, apply=lambda rows, v: rows.having(order=v)),
        ),
        noun="人",
        unit="人",
        row_label=lambda p: p.name,
        empty=Empty(
            icon="users",
            title="还没有认出任何人",
            text="装上网站代码、用短链引流后，每个访客在这里有一行；下了单或留了手机号，系统把他的几台设备认成一个人。",
            action=("新建短链", "tracking:new"),
            second=("装网站代码", "tracking:sites"),
            permission=Permission.TRACK,
        ),
    )  # fmt: skip


def _ends(row: PersonRow) -> list[str]:
    """First and last platform; who came by search or directly was first seen on the brand's own site."""
    ends = [row.first_platform or "site", row.last_platform or "site"]
    return ends[:1] if ends[0] == ends[1] else ends
