"""A brand with one row of every model, and every address that these rows open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.test import Client
from django_scopes import scope

from shemei.apps.accounts.models import Member
from shemei.apps.content.models import Post
from shemei.kernel.models import LongTask
from tests.architecture.addresses import Address, addresses
from tests.architecture.rows import one_of_each

if TYPE_CHECKING:
    from tests.world import World

KNOWN = {
    "imports:template": "orders",
    "insight:metric": "orders",
    "insight:figure_note": "orders",
}
"""Addresses whose last part is a word of the code, not a row."""
INSIDE = [a for a in addresses() if a.is_inside]
OUTSIDE = [a for a in addresses() if not a.is_inside]


@dataclass(frozen=True, slots=True)
class House:
    world: World
    keys: dict[str, list[str]]
    """By app label, the keys of one row of each of its models, all of 屿禾."""

    def paths(self, address: Address, brand: str = "") -> list[str]:
        """The address with this brand's key and, one after another, keys of its room's rows."""
        brand = brand or self.world.brand.key
        rest = [name for name in address.takes if name != "workspace_key"]
        if not rest:
            return [address.at(workspace_key=brand)]
        word = KNOWN.get(f"{address.app}:{address.name}")
        keys = [word] if word else self.keys.get(address.app, []) or ["nothing"]
        return [address.at(workspace_key=brand, **dict.fromkeys(rest, key)) for key in keys]


def furnished(world: World) -> House:
    """The house of 屿禾 with its rows made."""
    with scope(workspace=world.brand):
        known = {
            type(world.brand): world.brand,
            Member: world.editor,
            type(world.editor.user): world.editor.user,
        }
        rows = one_of_each(world.brand, known)
        Post.objects.update(keeper_key=world.external.key)  # of whom everybody else sees all
    keys: dict[str, list[str]] = {}
    for model, row in rows.items():
        if hasattr(row, "workspace_id"):
            keys.setdefault(model._meta.app_label, []).append(row.key)
    keys["portal"] = [rows[LongTask].key]
    return House(world, keys)


def visited(client: Client, path: str, method: str = "get") -> Any:
    """What a path answers; one that stands beside a page is asked for as that page asks."""
    client.raise_request_exception = True
    response = getattr(client, method)(path)
    if response.status_code == 302 and "drawer=" in response.url:
        response = getattr(client, method)(path, headers={"HX-Request": "true"})
    return response
