"""Who may change or delete a saved view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shemei.kernel.permissions import Permission
from shemei.kernel.policies import Policy

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.models import SavedView


def _view(actor: Actor, view: SavedView) -> str:
    if view.member.key == actor.id:
        return ""
    if not view.is_team:
        return "这个视图不是你建的，动不了。可以另存一个。"
    managed = actor.can(Permission.WORKSPACE)
    return "" if managed else f"团队视图由新建它的「{view.member}」或所有者改动。可以另存一个。"


CHANGE_VIEW: Policy[SavedView] = Policy(_view)
