"""Who may take back an import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shemei.kernel.permissions import Permission
from shemei.kernel.policies import Policy

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.imports.models import ImportBatch


def _undo(actor: Actor, batch: ImportBatch) -> str:
    """What a program brought in is nobody's in particular; a member's import is theirs, or their manager's."""
    told = batch.actor
    if told.get("kind") != "member" or told.get("id") == actor.id or actor.can(Permission.MEMBERS):
        return ""
    return f"这批数据由「{batch.started_by}」导入，由本人、管理员或所有者撤销。"


UNDO_IMPORT: Policy[ImportBatch] = Policy(_undo, Permission.IMPORT)
