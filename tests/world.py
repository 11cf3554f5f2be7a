"""The cast: 陈总 owns the brand, 阿丽 edits, 博文 approves, 数据小秦 analyses; 外人 owns another brand.

Tell it with the ``world`` fixture. A test that queries does so ``with world.scope():`` or takes ``inside``.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import time
from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from django.test import Client
from django_scopes import scope, scopes_disabled

from shemei.apps.accounts.models import Member, User, Workspace
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

PASSWORD = "yu-he-skincare-26"
BRAND_KEY = "yuheYuheYuheYuheYuhe26"
"""One for all tests, so that a log told once serves many."""


@dataclass(frozen=True, slots=True)
class World:
    """One brand with its people, and the brand next door."""

    brand: Workspace
    owner: Member
    """陈总"""
    editor: Member
    """阿丽"""
    approver: Member
    """博文"""
    analyst: Member
    """数据小秦"""
    external: Member
    """合作方小周 sees and edits content alone."""
    other_brand: Workspace
    stranger: Member
    """外人: owner of the other brand, nobody here."""

    def scope(self) -> AbstractContextManager[Any]:
        return scope(workspace=self.brand)

    def client(self, member: Member | None = None, *, recently: bool = True) -> Client:
        """A browser in which ``member`` (the owner by default) is signed in, lately unless told otherwise."""
        return signed_in((member or self.owner).user, recently=recently)

    def url(self, name: str, *args: object) -> str:
        return wurl(self.brand, name, *args)


def signed_in(user: User, *, recently: bool = True) -> Client:
    client = Client()
    client.force_login(user)
    if recently:
        session = client.session
        session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [
            {"method": "password", "at": time(), "reauthenticated": True}
        ]
        session.save()
    return client


def brand(name: str, **fields: Any) -> Workspace:
    return Workspace.objects.create(name=name, **fields)


def member(of: Workspace, name: str, email: str, role: str) -> Member:
    user = User.objects.filter(email=email).first() or User.objects.create_user(
        email, PASSWORD, name=name
    )
    with scopes_disabled():
        return Member.objects.create(workspace=of, user=user, role=role)


def tell() -> World:
    yuhe, next_door = brand("屿禾护肤", key=BRAND_KEY), brand("隔壁家居")
    return World(
        brand=yuhe,
        owner=member(yuhe, "陈总", "chen@yuhe.example", "owner"),
        editor=member(yuhe, "阿丽", "ali@yuhe.example", "editor"),
        approver=member(yuhe, "博文", "bowen@yuhe.example", "approver"),
        analyst=member(yuhe, "数据小秦", "qin@yuhe.example", "analyst"),
        external=member(yuhe, "合作方小周", "zhou@agency.example", "external"),
        other_brand=next_door,
        stranger=member(next_door, "外人", "wai@gebi.example", "owner"),
    )
