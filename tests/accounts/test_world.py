"""The cast stands where the other tests expect it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django_scopes.exceptions import ScopeError

from shemei.apps.accounts.models import Member

if TYPE_CHECKING:
    from tests.world import World


def test_a_query_outside_a_scope_is_an_error(world: World) -> None:
    with pytest.raises(ScopeError):
        list(Member.objects.all())


def test_a_scope_shows_only_its_own_brand(world: World) -> None:
    with world.scope():
        assert {str(m) for m in Member.objects.all()} == {
            "陈总",
            "阿丽",
            "博文",
            "数据小秦",
            "合作方小周",
        }
