"""What the writes share: checking typed text and the keys of other rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from shemei.apps.brand import queries as brand
from shemei.apps.tracking.rules import platform_of_url
from shemei.kernel.addresses import BadInput
from shemei.kernel.registry import names_of
from shemei.platforms import BY_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from shemei.kernel.registry import Named
    from shemei.kernel.workspace import Workspace

ABSENT = {
    "creator": "这位达人不在名单里了。请重新选择。",
    "content": "这篇内容不在了。请重新选择。",
    "campaign": "这个营销计划不在了。请重新选择。",
    "platform_account": "这个平台账号不在了。请重新选择。",
}


def checked(field: str, rule: Callable[..., Any], *values: Any) -> Any:
    """Run a rule; what it refuses becomes an error of the form's ``field``."""
    try:
        return rule(*values)
    except BadInput as error:
        raise ValidationError({field: str(error)}) from None


def brand_id(workspace: Workspace, kind: str, key: str, field: str) -> int | None:
    """The row behind a campaign's or an account's key."""
    try:
        return brand.id_of(kind, workspace, key)
    except LookupError:
        raise ValidationError({field: ABSENT[kind]}) from None


def known(workspace: Workspace, kind: str, keys: Iterable[str], field: str) -> dict[str, Named]:
    """What keys of another room mean; an unknown one is refused: no foreign key leaks in."""
    wanted = {key for key in keys if key}
    found = names_of(kind, workspace, wanted)
    if wanted - found.keys():
        raise ValidationError({field: ABSENT[kind]})
    return found


def owner_names(workspace: Workspace, creator: str, content: str) -> list[Named]:
    """The creator and the content that were chosen, the creator first."""
    people = known(workspace, "creator", [creator], "creator").values()
    return [*people, *known(workspace, "content", [content], "content").values()]


def platform_for(platform: str, owners: Iterable[Named], url: str = "") -> str:
    """The platform that was chosen, else that of the owner, else that of the address."""
    told = next((owner.platform for owner in owners if owner.platform in BY_KEY), "")
    return platform or told or platform_of_url(url) or "other"
