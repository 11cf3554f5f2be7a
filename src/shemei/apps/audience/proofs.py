"""The erasures that were carried out: each leaves a file that proves it, and a page that shows it."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
from django.conf import settings

from shemei.warehouse.log.segments import replace_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from shemei.kernel.workspace import Workspace
    from shemei.warehouse.upkeep.proof import Proof

FILE_KINDS = {
    "events": "事件日志",
    "computed": "汇总",
    "spool": "分段",
    "log": "日志的清单",
    "checkpoint": "日志的清单（汇总）",
}
IDENTITIES = {
    "visitor_key": "浏览器",
    "customer": "顾客编号",
    "phone": "手机号散列",
    "order_id": "订单号",
}


def keep(workspace: Workspace, proof: Proof, more: Mapping[str, Any]) -> None:
    """Write a proof with what the rooms did, the version of the log, and older backups."""
    folder = _folder(workspace)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    told = orjson.dumps(asdict(proof) | dict(more), option=orjson.OPT_INDENT_2)
    replace_file(folder / f"{proof.person}.json", told)


def _folder(workspace: Workspace) -> Path:
    folder: Path = settings.SHEMEI_HOME.media / "erasures" / workspace.key
    return folder


def carried_out(workspace: Workspace) -> list[dict[str, Any]]:
    """The erasures of this brand that were carried out, the latest first: what, when, how much."""
    paths = _folder(workspace).glob("person-*.json")
    found = [_dated(orjson.loads(path.read_bytes())) for path in paths]
    return sorted(found, key=lambda one: one["made_at"], reverse=True)


def read(workspace: Workspace, key: str) -> bytes | None:
    """One proof as it was written; None where this brand has none of that name."""
    path = _folder(workspace) / f"{key}.json"
    is_own = key.startswith("person-") and key.replace("-", "").isalnum() and path.exists()
    return path.read_bytes() if is_own else None


def document(told: bytes) -> dict[str, Any]:
    """A proof as its page shows it: without the list of files, with the hash of the whole."""
    proof: dict[str, Any] = orjson.loads(told)
    files = proof.pop("files")
    totals = [(FILE_KINDS.get(kind, kind), count) for kind, count in proof["totals"].items()]
    identities = [(IDENTITIES.get(k, k), n) for k, n in proof["identities"].items()]
    return _dated(proof) | {
        "backups": [_dated(one) for one in proof["backups"]],
        "until_moment": datetime.fromisoformat(proof["until"]),
        "file_count": len(files),
        "row_count": sum(one["rows"] for one in files),
        "totals": totals,
        "identities": identities,
        "fingerprint": grouped(proof["fingerprint"]),
        "sha256": grouped(hashlib.sha256(told).hexdigest()),
    }


def grouped(digest: str) -> str:
    """A digest in groups of eight, as people compare it and lines break it.

    >>> grouped("0123456789abcdef")
    '01234567 89abcdef'
    """
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))


def _dated(told: dict[str, Any]) -> dict[str, Any]:
    """The same with ``made_at`` as a moment too, for the screen to write."""
    return told | {"made": datetime.fromisoformat(told["made_at"])}
