"""Writes of a brand's own channel rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from shemei.apps.tracking import channeling, jobs
from shemei.apps.tracking.models import ChannelRuleSet
from shemei.kernel import audit
from shemei.kernel.permissions import Permission, require
from shemei.warehouse.channels import RuleError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shemei.kernel.actor import Actor
    from shemei.kernel.workspace import Workspace

MOVED = "你打开这一页以后，别人保存过渠道规则。请刷新看看新的规则，再改一次。"


@transaction.atomic
def set_channel_rules(
    workspace: Workspace, *, by: Actor, rows: Sequence[Mapping[str, str]], seen: str | None = None
) -> ChannelRuleSet | None:
    """Put these rules before the usual ones, at the edge within a second, for what comes from now on.

    ``seen`` is the version they were written on top of. Returns the version that holds.
    """
    require(by, Permission.TRACK)
    try:
        tidied = channeling.tidy_rows(rows)
    except RuleError as error:
        raise ValidationError(str(error)) from None
    before = channeling.latest(workspace)
    if seen is not None and seen != (before.key if before else ""):
        raise ValidationError(MOVED)
    if tidied == (before.rows if before else []):
        return before
    made = _store(workspace, tidied, by)
    audit.record("channels.changed", made, by=by, rules=_in_words(tidied))
    return made


@transaction.atomic
def restore_channel_rules(
    workspace: Workspace, version: ChannelRuleSet | None, *, by: Actor
) -> None:
    """Go back to an earlier version, or to the usual rules alone; the history keeps both."""
    require(by, Permission.TRACK)
    rows = list(version.rows) if version else []
    if rows == channeling.rows_of(workspace):
        return
    made = _store(workspace, rows, by)
    moment = timezone.localtime(version.created_at) if version else None
    when = f"{moment:%Y-%m-%d %H:%M}" if moment else "没有自定规则"
    audit.record("channels.restored", made, by=by, when=when, rules=_in_words(rows))


def _store(workspace: Workspace, rows: list[dict[str, str]], by: Actor) -> ChannelRuleSet:
    made = ChannelRuleSet.objects.create(workspace=workspace, rows=rows, author=by.label)
    jobs.sites_on_commit()
    return made


def _in_words(rows: list[dict[str, str]]) -> str:
    told = channeling.sentences(rows)
    return "；".join(told)[:900] or "没有自定规则，都用内置的"
