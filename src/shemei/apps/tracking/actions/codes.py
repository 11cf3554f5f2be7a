"""Writes of promo codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from shemei.apps.tracking import jobs, rules
from shemei.apps.tracking.actions.shared import brand_id, checked, owner_names, platform_for
from shemei.apps.tracking.models import PromoCode
from shemei.kernel import audit
from shemei.kernel.keys import new_code
from shemei.kernel.permissions import Permission, require

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from shemei.kernel.actor import Actor
    from shemei.kernel.workspace import Workspace

TRIES = 8
TAKEN = "已有优惠码「{code}」，不分大小写。请换一个，或去改那一个。"


@transaction.atomic
def create_code(
    workspace: Workspace,
    *,
    by: Actor,
    code: str,
    owner_kind: str = PromoCode.Owner.CREATOR,
    creator: str = "",
    campaign: str = "",
    content: str = "",
    spot: str = "",
    platform: str = "",
    discount_note: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> PromoCode:
    """Make a promo code; the database refuses one that exists, however it is written."""
    require(by, Permission.TRACK)
    row = PromoCode(
        workspace=workspace,
        code=checked("code", rules.tidy_promo_code, code),
        platform=platform,
        discount_note=discount_note,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    _own(row, owner_kind, creator=creator, campaign=campaign, content=content, spot=spot)
    _save(row)
    audit.record("code.created", row, by=by)
    return row


@transaction.atomic
def create_codes_for(
    workspace: Workspace, *, by: Actor, creators: Sequence[str], prefix: str, **shared: Any
) -> list[PromoCode]:
    """A code of its own for each creator: the prefix and three random characters, all or none."""
    require(by, Permission.TRACK)
    chosen = list(dict.fromkeys(creators))
    if not chosen:
        raise ValidationError({"creators": "还没有选达人。请至少选一位。"})
    return [
        _create_free(workspace, by=by, prefix=prefix, creator=creator, **shared)
        for creator in chosen
    ]


@transaction.atomic
def change_code(
    row: PromoCode,
    *,
    by: Actor,
    owner_kind: str,
    creator: str = "",
    campaign: str = "",
    content: str = "",
    spot: str = "",
    **values: Any,
) -> PromoCode:
    """Change whom a code belongs to and when it holds; orders that are booked keep their owner."""
    require(by, Permission.TRACK)
    before = {f.attname: getattr(row, f.attname) for f in PromoCode._meta.concrete_fields}
    for name, value in values.items():
        setattr(row, name, value)
    _own(row, owner_kind, creator=creator, campaign=campaign, content=content, spot=spot)
    fields = [
        str(f.verbose_name)
        for f in PromoCode._meta.concrete_fields
        if before[f.attname] != getattr(row, f.attname)
    ]
    if fields:
        _save(row)
        audit.record("code.changed", row, by=by, fields="、".join(fields))
    return row


@transaction.atomic
def archive_code(row: PromoCode, *, by: Actor) -> PromoCode:
    return _switch(row, False, "code.archived", by)


@transaction.atomic
def restore_code(row: PromoCode, *, by: Actor) -> PromoCode:
    return _switch(row, True, "code.restored", by)


def _create_free(workspace: Workspace, *, by: Actor, prefix: str, **shared: Any) -> PromoCode:
    for _ in range(TRIES):
        code = f"{prefix}{new_code(3)}"
        try:
            with transaction.atomic():
                return create_code(workspace, by=by, code=code, **shared)
        except ValidationError as error:
            if "code" not in error.message_dict or rules.fold_promo_code(code) not in str(error):
                raise
    raise ValidationError({"prefix": f"「{prefix}」开头的码快用完了。请换一个开头。"})


def _own(
    row: PromoCode, owner_kind: str, *, creator: str, campaign: str, content: str, spot: str
) -> None:
    """Set the owner; what does not belong to this kind of owner is cleared, except the campaign."""
    needs = {"creator": creator, "spot": spot.strip(), "campaign": campaign}
    if owner_kind not in needs:
        raise ValidationError({"owner_kind": "没有这种归属。请在达人、投放位置、营销计划里选。"})
    if not needs[owner_kind]:
        label = PromoCode.Owner(owner_kind).label
        raise ValidationError({owner_kind: f"还没有填{label}。订单要靠它知道算给谁。"})
    owners = owner_names(row.workspace, creator, content)
    row.owner_kind = owner_kind
    row.campaign_id = brand_id(row.workspace, "campaign", campaign, "campaign")
    row.creator_key = creator if owner_kind == PromoCode.Owner.CREATOR else ""
    row.content_key = content
    row.spot = spot.strip()
    row.platform = platform_for(row.platform, owners)


def _save(row: PromoCode) -> None:
    row.full_clean(validate_constraints=False)
    if row.starts_on and row.ends_on and row.starts_on > row.ends_on:
        raise ValidationError({"ends_on": "结束日期早于开始日期。请对调或改正。"})
    try:
        with transaction.atomic():
            row.save()
            jobs.sites_on_commit()
    except IntegrityError:
        raise ValidationError({"code": TAKEN.format(code=row.code)}) from None


def _switch(row: PromoCode, active: bool, verb: str, by: Actor) -> PromoCode:
    require(by, Permission.TRACK)
    if PromoCode.objects.filter(pk=row.pk, is_active=not active).update(is_active=active):
        row.is_active = active
        audit.record(verb, row, by=by)
    return row
