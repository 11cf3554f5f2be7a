"""Writes of sites that carry the tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from shemei.apps.tracking import jobs, rules
from shemei.apps.tracking.actions.shared import checked
from shemei.apps.tracking.models import Site
from shemei.kernel import audit
from shemei.kernel.edits import assign, save
from shemei.kernel.permissions import Permission, require

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.workspace import Workspace


@transaction.atomic
def create_site(
    workspace: Workspace, *, by: Actor, name: str, hosts: str, consent_required: bool = False
) -> Site:
    """Enter a website whose visits are recorded once its pages carry the snippet."""
    require(by, Permission.TRACK)
    site = Site(workspace=workspace, name=name.strip(), consent_required=consent_required)
    site.hosts = checked("hosts", rules.tidy_hosts, hosts)
    _save(site)
    audit.record("site.created", site, by=by)
    return site


@transaction.atomic
def change_site(
    site: Site, *, by: Actor, name: str, hosts: str, consent_required: bool = False
) -> Site:
    require(by, Permission.TRACK)
    tidied = checked("hosts", rules.tidy_hosts, hosts)
    values = {"name": name.strip(), "hosts": tidied, "consent_required": consent_required}
    if fields := assign(site, values):
        _save(site)
        audit.record("site.changed", site, by=by, fields="、".join(fields))
    return site


@transaction.atomic
def close_site(site: Site, *, by: Actor) -> Site:
    """Stop taking events of a site; what it has sent stays."""
    return _switch(site, False, "site.closed", by)


@transaction.atomic
def reopen_site(site: Site, *, by: Actor) -> Site:
    return _switch(site, True, "site.reopened", by)


def _save(site: Site) -> None:
    site.changed_at = timezone.now()
    save(site)
    jobs.sites_on_commit()


def _switch(site: Site, active: bool, verb: str, by: Actor) -> Site:
    require(by, Permission.TRACK)
    if site.is_active != active:
        site.is_active = active
        _save(site)
        audit.record(verb, site, by=by)
    return site
