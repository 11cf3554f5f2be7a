"""Requests as the middleware leaves them: whose brand a request is about, and who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.http import HttpRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_htmx.middleware import HtmxDetails

    from shemei.kernel.actor import Actor
    from shemei.kernel.registry import Todo
    from shemei.kernel.workspace import Member, Workspace


class BrandRequest(HttpRequest):
    """A page below ``/w/<key>/``: a member asks, inside the scope of the brand."""

    workspace: Workspace
    member: Member
    actor: Actor
    brands: Sequence[Workspace]
    htmx: HtmxDetails
    todos: list[Todo]
    """Asked once per request (``registry.todos_of``)."""


class ApiRequest(HttpRequest):
    """A call below ``/api/`` with a key that holds: a program asks, and there is no member."""

    workspace: Workspace
    member: None
    actor: Actor


def place(
    request: HttpRequest,
    *,
    workspace: Workspace | None = None,
    actor: Actor | None = None,
    member: Member | None = None,
) -> BrandRequest:
    """Write on a request whose brand it is about and who asks; all three are ``None`` outside a brand."""
    vars(request).update(workspace=workspace, actor=actor, member=member)
    return cast("BrandRequest", request)
