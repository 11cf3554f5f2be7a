"""Who may do what to one row: the permission, a rule about the row, and the sentence why not.

Where a permission alone decides there is no policy: ``@allow`` and ``require`` say it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from django.core.exceptions import ValidationError

from shemei.kernel.permissions import Forbidden, Permission, require

if TYPE_CHECKING:
    from collections.abc import Callable

    from shemei.kernel.actor import Actor

Row = TypeVar("Row")


class Refused(ValidationError):
    """A rule about the row refuses: forms show it where they can, else a 403 page says the sentence."""


@dataclass(frozen=True, slots=True)
class Policy(Generic[Row]):
    """Asked by the action (``demand``), by the page and by its buttons (``why_not``): all three say the same.

    ``rule`` returns the Chinese sentence that refuses, or nothing.
    """

    rule: Callable[[Actor, Row], str]
    permission: Permission | None = None

    def why_not(self, actor: Actor, row: Row) -> str:
        """The sentence that refuses; ``""`` when ``actor`` may."""
        if self.permission is not None and not actor.can(self.permission):
            return str(Forbidden(actor, self.permission))
        return self.rule(actor, row)

    def allows(self, actor: Actor, row: Row) -> bool:
        return not self.why_not(actor, row)

    def demand(self, actor: Actor, row: Row, *, field: str = "") -> None:
        """Raise ``Forbidden`` without the permission, ``Refused`` (on ``field``) where the row forbids it."""
        if self.permission is not None:
            require(actor, self.permission)
        if refused := self.rule(actor, row):
            raise Refused({field: refused} if field else refused)
