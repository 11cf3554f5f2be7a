"""Writes of naming rules and templates of links, and the repair of links that break the rules."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from shemei.apps.tracking import naming, naming_checks
from shemei.apps.tracking.actions.links import create_link, save_link
from shemei.apps.tracking.actions.routing import change_rules
from shemei.apps.tracking.models import BulkChange, Link, LinkNaming, LinkTemplate
from shemei.apps.tracking.rules import UTM_NAMES
from shemei.kernel import audit
from shemei.kernel.edits import assign, save
from shemei.kernel.permissions import Permission, require
from shemei.warehouse.vocabulary import to_ts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shemei.apps.tracking.naming_checks import Broken
    from shemei.kernel.actor import Actor
    from shemei.kernel.workspace import Workspace

KEPT = (
    "url", "platform", "spot", "folder", "account", "campaign", "creator", "content", *UTM_NAMES,
)  # fmt: skip
"""What a template may hold of a link."""


@transaction.atomic
def set_naming(
    workspace: Workspace,
    *,
    by: Actor,
    pattern: str = "",
    plain: bool = False,
    lower: bool = False,
    required: Sequence[str] = (),
    sources: Sequence[str] = (),
    mediums: Sequence[str] = (),
) -> LinkNaming:
    """Agree on names and UTM; links that exist are not changed, the report names them."""
    require(by, Permission.TRACK)
    try:
        tidied = naming.check_pattern(pattern)
    except naming.PatternError as error:
        raise ValidationError({"pattern": str(error)}) from None
    row = LinkNaming.objects.filter(workspace=workspace).first() or LinkNaming(workspace=workspace)
    values = {
        "pattern": tidied,
        "plain": plain,
        "lower": lower,
        "required": [key for key in UTM_NAMES if key in required],
        "sources": _words(sources, plain=plain, lower=lower, field="sources"),
        "mediums": _words(mediums, plain=plain, lower=lower, field="mediums"),
    }
    if fields := assign(row, values):
        save(row)
        audit.record("naming.changed", row, by=by, fields="、".join(fields))
    return row


def _words(words: Sequence[str], *, plain: bool, lower: bool, field: str) -> list[str]:
    """Values that are allowed; one that breaks the other rules could never be used."""
    rules = naming.NamingRules(plain=plain, lower=lower)
    told = list(dict.fromkeys(word.strip() for word in words if word.strip()))
    for word in told:
        odd = naming.remarks(rules, {"utm_source": word}, naming.Facts())
        if odd:
            raise ValidationError({field: f"「{word}」{odd[0].text}，和上面的规定不符。请改正。"})
    return told


@transaction.atomic
def save_template(
    workspace: Workspace,
    *,
    by: Actor,
    name: str,
    values: Mapping[str, str],
    routing: Mapping[str, Any] | None = None,
    holds_days: int | None = None,
) -> LinkTemplate:
    """Keep what a link is made of for the next ones; a name that is used is replaced."""
    require(by, Permission.TRACK)
    if not name.strip():
        raise ValidationError({"name": "还没有给模板起名。"})
    row = LinkTemplate.objects.filter(workspace=workspace, name=name.strip()).first()
    row = row or LinkTemplate(workspace=workspace, name=name.strip())
    row.values = {key: values[key] for key in KEPT if values.get(key)}
    kept = {key: value for key, value in (routing or {}).items() if key in ("cases", "after")}
    row.routing, row.holds_days, row.is_active = kept, holds_days, True
    save(row)
    audit.record("link_template.saved", row, by=by)
    return row


@transaction.atomic
def remove_template(row: LinkTemplate, *, by: Actor) -> LinkTemplate:
    return _switch(row, False, by)


@transaction.atomic
def restore_template(row: LinkTemplate, *, by: Actor) -> LinkTemplate:
    return _switch(row, True, by)


def _switch(row: LinkTemplate, active: bool, by: Actor) -> LinkTemplate:
    require(by, Permission.TRACK)
    if row.is_active != active:
        row.is_active = active
        row.save()
        verb = "link_template.restored" if active else "link_template.removed"
        audit.record(verb, row, by=by)
    return row


@transaction.atomic
def create_from_template(template: LinkTemplate | None, *, by: Actor, **data: Any) -> Link:
    """Make a link of what the form says, with the rules and the end the template gives it."""
    link = create_link(data.pop("workspace"), by=by, **data)
    if template is None:
        return link
    given = dict(template.routing)
    if template.holds_days:
        given["expires"] = to_ts(timezone.now() + timedelta(days=template.holds_days))
    return change_rules(link, by=by, given=given) if given else link


@transaction.atomic
def repair_links(workspace: Workspace, rows: Iterable[Broken], *, by: Actor) -> BulkChange:
    """Give links what the rules offer; short codes and addresses stay, no two get the same name."""
    require(by, Permission.TRACK)
    changes: dict[str, dict[str, list[str]]] = {}
    for one in naming_checks.apart(list(rows)):
        if one.fixes:
            changes[one.link.key] = {
                name: [getattr(one.link, name), value] for name, value in one.fixes.items()
            }
            _set(one.link, one.fixes)
    if not changes:
        raise ValidationError("没有能自动改好的短链。剩下的要人来填。")
    made = BulkChange.objects.create(workspace=workspace, changes=changes)
    audit.record("links.repaired", made, by=by, count=len(changes))
    return made


def _set(link: Link, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        setattr(link, name, value)
    save_link(link)
