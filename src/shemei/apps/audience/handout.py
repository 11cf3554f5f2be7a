"""What is held of a person as a file for that person: one JSON, and tables that any program opens."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from shemei.kernel.lists.export import harmless

if TYPE_CHECKING:
    from shemei.apps.audience.personal import Dossier
    from shemei.kernel.workspace import Workspace

README = """这个压缩包里是「{brand}」的系统里关于这一个人的全部记录，导出于 {moment}（UTC）。
person.json   全部内容，给程序读
events.csv    来访、点击、下单等行为，一行一件
其余 .csv     各部分业务数据里的记录
手机号在系统里只存散列和尾号，没有完整号码可以导出。
"""


def as_zip(workspace: Workspace, found: Dossier) -> bytes:
    out, person = io.BytesIO(), found.person
    whole = {
        "导出时间": datetime.now(UTC).isoformat(timespec="seconds"),
        "品牌": workspace.name,
        "身份": {name: len(values) for name, values in person.named().items()},
        "行为": found.events,
        "业务数据": {one.name: one.rows for one in found.held},
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr("说明.txt", README.format(brand=workspace.name, moment=whole["导出时间"]))
        box.writestr("person.json", orjson.dumps(whole, option=orjson.OPT_INDENT_2))
        box.writestr("events.csv", _csv(found.events))
        for one in found.held:
            if one.count:
                box.writestr(f"{one.name}.csv", _csv(one.rows))
    return out.getvalue()


def _csv(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A table with every column that any row has; what a spreadsheet would compute is quoted."""
    rows = list(rows)
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    writer.writerows([[harmless(str(row.get(name, ""))) for name in names] for row in rows])
    return out.getvalue().encode("utf-8-sig")
