"""A request inside a brand as this room sees it: with its own rows, which it may change."""

from __future__ import annotations

from shemei.apps.accounts.models import Member, Workspace
from shemei.kernel.http import BrandRequest


class RoomRequest(BrandRequest):
    workspace: Workspace
    member: Member
