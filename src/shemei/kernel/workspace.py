"""A brand and somebody's place in it, as every floor may know them; the rows behind are in ``accounts.models``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from shemei.kernel.actor import Actor
    from shemei.kernel.permissions import Permission


class Workspace(Protocol):
    """One brand: what is read of it outside its own room. Changes go through ``accounts.actions``."""

    pk: int
    key: str
    name: str
    currency: str
    attribution_model: str
    lookback_days: int
    confirmed_only: bool
    link_host: str
    created_at: datetime
    is_active: bool


def one_at_a_time(workspace: Workspace) -> None:
    """Until this transaction ends, whoever asks the same of this brand waits: for what is checked, then done.

    Nobody else does: rows that point to the brand may come in meanwhile.
    """
    brands = type(workspace)._default_manager  # type: ignore[attr-defined]
    brands.select_for_update(no_key=True).get(pk=workspace.pk)


class Member(Protocol):
    """A user's place in one brand; who acts is ``actor``."""

    pk: int
    key: str
    role: str
    is_active: bool
    last_seen_at: datetime | None
    user: Any
    workspace: Workspace

    @property
    def role_name(self) -> str: ...

    @property
    def permissions(self) -> frozenset[Permission]: ...

    @property
    def actor(self) -> Actor: ...
