"""The history of imports."""

from __future__ import annotations

from shemei.kernel.imports.kinds import all_kinds
from shemei.kernel.imports.models import ImportBatch
from shemei.kernel.lists import Column, Empty, Filter, Listing, State, states
from shemei.kernel.permissions import Permission
from shemei.kernel.urls import wurl

_state_of = states(
    {
        "draft": "quiet",
        "checking": "info",
        "ready": "info",
        "writing": "info",
        "done": "good",
        "cancelled": "quiet",
        "failed": "danger",
        "undone": "quiet",
    }
)


def state_of(batch: ImportBatch) -> State:
    if batch.is_empty:
        return State("无需入库" if batch.count("rows") else "没有行，无需入库", "quiet")
    return _state_of(batch)


def _url(batch: ImportBatch) -> str:
    return wurl(batch.workspace, "imports:batch", batch.key)


def _kind_choices() -> list[tuple[str, str]]:
    return [(kind.key, kind.name) for kind in all_kinds()]


HISTORY = Listing(
    name="imports.history",
    columns=(
        Column("file", "文件", lambda b: b.file_name, href=_url, sort="file_name"),
        Column("kind", "种类", lambda b: b.kind_of.name, sort="kind"),
        Column("rows", "行数", lambda b: b.counts.get("rows"), kind="num"),
        Column(
            "new",
            "新增",
            lambda b: b.counts.get("new"),
            kind="custom",
            template="imports/cells/count.html",
            numeric=True,
            strong=True,
            exported="num",
            export=lambda b: b.written("new"),
            hint="按这一种数据的单位：内容按篇、达人按位、订单按单，不是按行",
        ),
        Column(
            "changed",
            "有变化",
            lambda b: b.counts.get("changed"),
            kind="custom",
            template="imports/cells/count.html",
            numeric=True,
            exported="num",
            export=lambda b: b.written("changed"),
        ),
        Column("unit", "单位", lambda b: b.kind_of.noun, hidden=True),
        Column("errors", "错行", lambda b: b.error_rows or None, kind="num"),
        Column("state", "状态", state_of, kind="state", sort="state"),
        Column("by", "谁", lambda b: b.started_by),
        Column("created", "时间", lambda b: b.created_at, kind="datetime", sort="created_at"),
    ),
    filters=(
        Filter("kind", "种类", _kind_choices),
        Filter("state", "状态", ImportBatch.State.choices, multiple=True),
    ),
    search=("file_name",),
    search_hint="文件名",
    default_sort="-created_at",
    noun="导入",
    unit="次",
    empty=Empty(
        "file-import",
        "还没有导入过文件",
        "订单、内容数据、花费的表格拖进来就能认；错的行说清第几行、怎么改。",
        ("导入文件", "imports:upload"),
        permission=Permission.IMPORT,
    ),
)
