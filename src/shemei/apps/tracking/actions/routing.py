"""Writes of the rules of a link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from shemei.apps.tracking import jobs, routing, rules
from shemei.apps.tracking.book import link_base
from shemei.apps.tracking.models import Link
from shemei.edge.linkrules import RuleError, read_rules
from shemei.edge.redirect import BadTarget, split_target
from shemei.kernel import audit
from shemei.kernel.permissions import Permission, require

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shemei.kernel.actor import Actor


@transaction.atomic
def change_rules(link: Link, *, by: Actor, given: Mapping[str, Any]) -> Link:
    """Set the rules a link is opened by; rules the edge could not use are never stored."""
    require(by, Permission.TRACK)
    wanted = {name: value for name, value in given.items() if value and name != "used"}
    told = _check(link, wanted)
    if link.routing != wanted:
        link.routing = wanted
        link.save(update_fields=["routing"])
        Link.objects.filter(pk=link.pk).update(version=F("version") + 1)
        link.refresh_from_db(fields=["version"])
        jobs.links_on_commit([link])
        audit.record("link.ruled", link, by=by, rules=told)
    return link


def _check(link: Link, wanted: Mapping[str, Any]) -> str:
    """Refuse what the edge would refuse, and a rule that leads back to a short link."""
    try:
        read = read_rules(wanted)
        urls = [way.url for case in read.cases for way in case.ways if way.url]
        for url in [*urls, read.after]:
            if url:
                split_target(url, {})
                _not_round(url, link)
    except (RuleError, BadTarget):
        raise ValidationError("有一条规则用不了。请检查网址和时间后再保存。") from None
    return "".join(routing.sentences(read)) or "没有规则，都去目标网址"


def _not_round(url: str, link: Link) -> None:
    if rules.is_own_link(url, link_base(link.workspace)):
        raise ValidationError("规则里的网址本身是一条短链，会绕圈子。请填最终要打开的页面。")
