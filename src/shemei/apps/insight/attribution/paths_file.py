"""Paths as a file for spreadsheets: one line per touch, keys for programs and names for people beside each other."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from shemei.apps.insight.attribution.paths import OrderPath
from shemei.apps.insight.queries import DIMENSIONS, Board
from shemei.kernel.lists.export import harmless
from shemei.warehouse.vocabulary import SHANGHAI, from_ts

HEAD = (
    "订单号", "付款时间（北京）", "付款时间（UTC）", "成交额（元，已减退款）", "第几次触达", "共几次", "距付款小时",
    "渠道编号", "渠道", "内容编号", "内容", "达人编号", "达人", "活动编号", "活动",
)  # fmt: skip
FORM = "%Y-%m-%d %H:%M:%S"
Names = Mapping[str, Mapping[str, str]]
"""Dimension → key → what people call it."""


def names_in(board: Board, found: Sequence[OrderPath]) -> Names:
    """The names of everything that was touched; what bears no key has no name either."""
    told = {}
    for by in DIMENSIONS:
        keys = {key for path in found for key in path.keys(by) if key}
        told[by] = {key: one.name for key, one in board.named(by, keys).items()}
    return told


def csv_of(found: Iterable[OrderPath], names: Names) -> str:
    """Paths as CSV, one line per touch."""
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(HEAD)
    for path in found:
        paid = from_ts(path.paid_ts)
        times = (paid.astimezone(SHANGHAI).strftime(FORM), paid.strftime(FORM))
        order = (harmless(path.order_id), *times, f"{path.value / 100:.2f}")
        touches = zip(*(path.keys(by) for by in DIMENSIONS), strict=True)
        for n, (hours, keys) in enumerate(zip(path.hours, touches, strict=True), start=1):
            pairs = zip(DIMENSIONS, keys, strict=True)
            named = [word for by, key in pairs for word in (key, names.get(by, {}).get(key, ""))]
            out.writerow([*order, n, len(path.channels), f"{hours:.3f}", *map(harmless, named)])
    return f"\ufeff{text.getvalue()}"
