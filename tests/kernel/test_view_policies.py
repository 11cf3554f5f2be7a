"""Saved views: who may change one, what is said where not, and the record that each change leaves."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from shemei.kernel.lists import actions
from shemei.kernel.lists.policies import CHANGE_VIEW
from shemei.kernel.models import AuditEntry, SavedView
from tests.world import World

pytestmark = pytest.mark.django_db


def saved(by: object, *, is_team: bool) -> SavedView:
    return actions.save_view("accounts.members", "本周", "sort=-clicks", is_team=is_team, by=by)


def test_who_made_a_view_changes_and_deletes_it(inside: World) -> None:
    view = saved(inside.editor, is_team=True)
    actions.update_view(view, "sort=name", by=inside.editor)
    actions.delete_view(view, by=inside.editor)
    assert not SavedView.objects.exists()
    told = [entry.sentence for entry in AuditEntry.objects.filter(verb__startswith="view.")]
    assert told == ["删除视图「本周」", "更新视图「本周」", "存为视图「本周」"]


def test_a_team_view_is_changed_by_an_owner_and_by_no_other_member(inside: World) -> None:
    view = saved(inside.editor, is_team=True)
    with pytest.raises(ValidationError, match="阿丽"):
        actions.delete_view(view, by=inside.approver)
    assert SavedView.objects.filter(pk=view.pk).exists()
    actions.delete_view(view, by=inside.owner)
    assert not SavedView.objects.exists()


def test_nobody_touches_a_private_view_of_another(inside: World) -> None:
    view = saved(inside.editor, is_team=False)
    assert CHANGE_VIEW.why_not(inside.owner.actor, view).startswith("这个视图不是你建的")
    with pytest.raises(ValidationError):
        actions.update_view(view, "", by=inside.owner)


def test_the_button_is_there_for_whom_the_action_lets(inside: World) -> None:
    view = saved(inside.editor, is_team=True)
    path = inside.url("accounts:members") + f"?view={view.key}"
    shown = {
        m.role: 'value="delete"' in inside.client(m).get(path).text
        for m in (inside.owner, inside.editor, inside.approver)
    }
    assert shown == {"owner": True, "editor": True, "approver": False}


def test_where_the_buttons_are_missing_the_menu_says_why(inside: World) -> None:
    view = saved(inside.editor, is_team=True)
    path = inside.url("accounts:members") + f"?view={view.key}"
    why = CHANGE_VIEW.why_not(inside.approver.actor, view)
    assert "阿丽" in why and why in inside.client(inside.approver).get(path).text
    assert "s-menu__why" not in inside.client(inside.editor).get(path).text
