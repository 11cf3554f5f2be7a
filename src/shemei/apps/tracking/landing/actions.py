"""Writes of landing pages: drafts are kept as typed, what is published has been checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from shemei.apps.tracking import jobs
from shemei.apps.tracking.actions.shared import brand_id, checked, known
from shemei.apps.tracking.landing import content, pictures, public, rules
from shemei.apps.tracking.landing.blocks import KINDS, MOST_BLOCKS, MOST_PAGE_BYTES
from shemei.apps.tracking.landing.models import (
    LandingPage,
    LandingPicture,
    LandingVariant,
    LandingVersion,
)
from shemei.kernel import audit
from shemei.kernel.edits import assign
from shemei.kernel.keys import new_code
from shemei.kernel.permissions import Permission, require

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.workspace import Workspace

LETTERS = "ABCD"
MOST_REMOVED = 20
START = (("hero", {}), ("text", {}), ("form", {}))


@transaction.atomic
def create_page(
    workspace: Workspace,
    *,
    by: Actor,
    name: str,
    slug: str = "",
    campaign: str = "",
    content: str = "",
) -> LandingPage:
    """Make a page with one variant and the blocks most pages begin with; nobody sees it yet."""
    require(by, Permission.TRACK)
    page = LandingPage(workspace=workspace, name=name, slug=slug or new_code(8))
    page.campaign_id = brand_id(workspace, "campaign", campaign, "campaign")
    known(workspace, "content", [content], "content")
    page.content_key, page.owner = content, by.id if by.kind == "member" else ""
    _save(page)
    variant = LandingVariant.objects.create(workspace=workspace, page=page, letter="A")
    for kind, values in START:
        add_block(variant, by=by, kind=kind, values=values)
    audit.record("landing.created", page, by=by)
    return page


@transaction.atomic
def change_page(
    page: LandingPage, *, by: Actor, name: str, slug: str, campaign: str = "", content: str = "",
    says_ad: bool = True,
) -> LandingPage:  # fmt: skip
    require(by, Permission.TRACK)
    known(page.workspace, "content", [content], "content")
    values = {
        "name": name,
        "slug": slug or page.slug,
        "campaign_id": brand_id(page.workspace, "campaign", campaign, "campaign"),
        "content_key": content,
        "says_ad": says_ad,
    }
    if fields := assign(page, values):
        _save(page)
        jobs.sites_on_commit()
        audit.record("landing.changed", page, by=by, fields="、".join(fields))
    return page


def _save(page: LandingPage) -> None:
    page.full_clean(validate_unique=False)
    try:
        with transaction.atomic():
            page.save()
    except IntegrityError:
        raise ValidationError({"slug": "这个地址已被用。请换一个。"}) from None


@transaction.atomic
def switch_page(page: LandingPage, *, by: Actor, active: bool) -> LandingPage:
    """Take a page off the web, or bring it back as it was."""
    require(by, Permission.TRACK)
    if page.is_active != active:
        page.is_active = active
        page.save(update_fields=["is_active"])
        jobs.sites_on_commit()
        audit.record("landing.restored" if active else "landing.closed", page, by=by)
    return page


@transaction.atomic
def add_block(variant: LandingVariant, *, by: Actor, kind: str, values: Any = None) -> rules.Block:
    require(by, Permission.TRACK)
    _hold(variant)
    if kind not in KINDS or len(variant.draft) >= MOST_BLOCKS:
        raise ValidationError("加不了这一块。一页最多 30 块。")
    defaults = {field.name: field.default for field in KINDS[kind].fields}
    block = {"id": new_code(8), **rules.typed(kind, defaults | dict(values or {}))}
    _keep(variant, [*variant.draft, block])
    return block


@transaction.atomic
def write_block(
    variant: LandingVariant, block_id: str, *, by: Actor, values: Any, turn: str = ""
) -> rules.Block:
    """Keep what was typed, right or wrong: whether it can be published is said beside it.

    ``turn`` orders the writes of one open builder: one that was overtaken on its way changes nothing.
    """
    require(by, Permission.TRACK)
    _hold(variant)
    old: rules.Block | None = next((b for b in variant.draft if b["id"] == block_id), None)
    if old is None:
        raise ValidationError("这一块已被删掉。请刷新页面。")
    if rules.is_overtaken(old, turn):
        return old
    new = {"id": block_id, **rules.typed(old["kind"], values)}
    if turn := turn or old.get("turn", ""):
        new["turn"] = turn
    _keep(variant, [new if b["id"] == block_id else b for b in variant.draft])
    return new


@transaction.atomic
def order_blocks(variant: LandingVariant, ids: list[str], *, by: Actor) -> None:
    """Put the blocks into this order; those not named keep their places at the end."""
    require(by, Permission.TRACK)
    _hold(variant)
    place = {block_id: at for at, block_id in enumerate(ids)}
    _keep(variant, sorted(variant.draft, key=lambda b: place.get(b["id"], len(place))))


@transaction.atomic
def move_block(variant: LandingVariant, block_id: str, *, by: Actor, up: bool) -> None:
    require(by, Permission.TRACK)
    _hold(variant)
    ids = [block["id"] for block in variant.draft]
    if block_id in ids:
        at = ids.index(block_id)
        to = max(0, min(len(ids) - 1, at + (-1 if up else 1)))
        ids.insert(to, ids.pop(at))
        order_blocks(variant, ids, by=by)


@transaction.atomic
def remove_block(variant: LandingVariant, block_id: str, *, by: Actor) -> None:
    """Take a block out; it is kept, with its place, so that it can come back."""
    require(by, Permission.TRACK)
    _hold(variant)
    for at, block in enumerate(variant.draft):
        if block["id"] == block_id:
            variant.removed = [*variant.removed, {"at": at, "block": block}][-MOST_REMOVED:]
            _keep(variant, [b for b in variant.draft if b["id"] != block_id])
            return


@transaction.atomic
def restore_block(variant: LandingVariant, block_id: str, *, by: Actor) -> None:
    require(by, Permission.TRACK)
    _hold(variant)
    for one in variant.removed:
        if one["block"]["id"] == block_id:
            variant.removed = [r for r in variant.removed if r is not one]
            draft = list(variant.draft)
            draft.insert(one["at"], one["block"])
            _keep(variant, draft)
            return


def _hold(variant: LandingVariant) -> None:
    """The draft as it stands, held until the transaction ends: two people may be typing at once."""
    rows = LandingVariant.objects.select_for_update()
    variant.refresh_from_db(fields=["draft", "removed"], from_queryset=rows)


def _keep(variant: LandingVariant, draft: list[rules.Block]) -> None:
    variant.draft, variant.draft_at = draft, timezone.now()
    variant.save(update_fields=["draft", "draft_at", "removed"])


@transaction.atomic
def add_picture(page: LandingPage, *, by: Actor, data: bytes) -> LandingPicture:
    require(by, Permission.TRACK)
    light = checked("picture", pictures.lighten, data)
    return LandingPicture.objects.create(
        workspace=page.workspace, page=page, data=light.data, width=light.width,
        height=light.height, size=len(light.data),
    )  # fmt: skip


@transaction.atomic
def add_variant(page: LandingPage, *, by: Actor) -> LandingVariant:
    """One more way the page may look, begun as a copy of the last one, for an A/B test."""
    require(by, Permission.TRACK)
    rows = list(page.variants.all())
    free = [letter for letter in LETTERS if letter not in {row.letter for row in rows}]
    if not free:
        raise ValidationError("一页最多 4 个版本。请先删一个。")
    row = LandingVariant.objects.create(
        workspace=page.workspace, page=page, letter=free[0], draft=rows[-1].draft if rows else []
    )
    audit.record("landing.variant_added", page, by=by, letter=row.letter)
    return row


@transaction.atomic
def weigh(page: LandingPage, weights: dict[str, int], *, by: Actor) -> None:
    """How the visitors are shared out; 0 takes a variant out of the test, its figures stay."""
    require(by, Permission.TRACK)
    rows = {row.letter: row for row in page.variants.all()}
    if any(not 0 <= weight <= 100 for weight in weights.values()):
        raise ValidationError("分流写 0 至 100 的整数。")
    merged = {letter: weights.get(letter, row.weight) for letter, row in rows.items()}
    if not any(merged[letter] for letter in rows):
        raise ValidationError("至少有一个版本的分流大于 0，不然没人看得到页面。")
    for letter, row in rows.items():
        row.weight = merged[letter]
        row.save(update_fields=["weight"])
    told = "、".join(f"{letter} {merged[letter]}" for letter in sorted(merged))
    audit.record("landing.weighed", page, by=by, weights=told)


@transaction.atomic
def publish(variant: LandingVariant, *, by: Actor) -> LandingVersion:
    """Show the draft to everybody; refused while a field is missing, a checker blocks it, or it is too heavy."""
    require(by, Permission.TRACK)
    _hold(variant)
    page, read = variant.page, content.read_draft(variant)
    if told := _held_back_by(page, read):
        raise ValidationError(told)
    last = variant.versions.aggregate(last=Max("number"))["last"] or 0
    version = LandingVersion.objects.create(
        workspace=page.workspace, variant=variant, number=last + 1, blocks=read.blocks,
        says_ad=page.says_ad, published_by=by.label,
    )  # fmt: skip
    variant.version = version
    variant.save(update_fields=["version"])
    jobs.sites_on_commit()
    audit.record("landing.published", page, by=by, letter=variant.letter, number=version.number)
    return version


def _held_back_by(page: LandingPage, read: content.Checked) -> list[str]:
    if not read.may_go:
        told = [problem.text for problem in read.problems]
        told += [f"{f.where}：「{f.word}」{f.reason}" for f in read.findings if f.blocks]
        return told or ["还没有任何一块。请先加内容。"]
    weight = public.weight_of(page, read.blocks)
    limit = f"超过 {MOST_PAGE_BYTES // 1000} KB。请减几张图。"
    return [f"整页 {weight // 1000} KB，{limit}"] if weight > MOST_PAGE_BYTES else []


@transaction.atomic
def take_back(version: LandingVersion, *, by: Actor) -> LandingVariant:
    """Bring an earlier version into the draft; what people see changes with the next publish."""
    require(by, Permission.TRACK)
    variant = version.variant
    _keep(variant, [rules.as_typed(block) for block in version.blocks])
    audit.record(
        "landing.taken_back", variant.page, by=by, letter=variant.letter, number=version.number
    )
    return variant
