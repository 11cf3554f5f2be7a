"""Who does something: a member, an API key, an external reviewer or the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shemei.kernel.permissions import Permission

ActorKind = Literal["member", "api_key", "reviewer", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Passed as ``by=`` to every action; ``id`` is the key of the member or API key."""

    kind: ActorKind
    id: str
    name: str
    permissions: frozenset[Permission]

    def can(self, permission: Permission) -> bool:
        return permission in self.permissions

    @property
    def label(self) -> str:
        return {"api_key": f"接口密钥「{self.name}」", "system": "系统"}.get(self.kind, self.name)


SYSTEM = Actor("system", "", "系统", frozenset(Permission))
