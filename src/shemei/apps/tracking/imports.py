"""Import of links: one row, one short link. The same file twice makes nothing new; undo archives."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django_scopes import scopes_disabled

from shemei.apps.tracking import actions, naming, naming_checks, rules
from shemei.apps.tracking.models import Link
from shemei.kernel.addresses import BadInput, tidy_url
from shemei.kernel.imports import cells
from shemei.kernel.imports.errors import CellError
from shemei.kernel.imports.kinds import (
    Change,
    Field,
    Group,
    ImportKind,
    Offer,
    Preset,
    Row,
    Staged,
    Tally,
)
from shemei.kernel.permissions import Permission
from shemei.kernel.registry import names
from shemei.kernel.urls import wurl
from shemei.platforms import PLATFORMS

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.imports.models import ImportBatch
    from shemei.kernel.workspace import Workspace

_PLATFORM_KEYS = {name: row.key for row in PLATFORMS for name in (row.name, row.key)}
OWNERS = {"creator": "达人", "campaign": "营销计划"}
MEND = "naming"
ODD, FIXABLE, MENDED = "不合命名规则", "其中能照规则改好", "已照规则改好"


def _address(value: Any) -> str:
    try:
        tidy_url(cells.text(value))
    except BadInput as error:
        raise CellError("link.url", f"「{cells.text(value)[:60]}」打不开", str(error)) from None
    return cells.text(value)


def _platform(value: Any) -> str:
    word = cells.text(value)
    if word not in _PLATFORM_KEYS:
        told = "、".join(platform.name for platform in PLATFORMS)
        raise CellError("link.platform", f"没有「{word[:20]}」这个平台", f"请写成其中一个：{told}")
    return _PLATFORM_KEYS[word]


def _alias(value: Any) -> str:
    try:
        return rules.tidy_alias(cells.text(value))
    except BadInput as error:
        raise CellError(
            "link.alias", f"短码「{cells.text(value)[:40]}」不能用", str(error)
        ) from None


FIELDS = (
    Field(
        "url", "目标网址", _address, ("落地页", "落地页网址", "目标链接", "跳转网址"),
        required=True, example="https://shop.brand.cn/p/8",
    ),
    Field("name", "名称", cells.text, ("短链名称", "链接名称"), example="小红书 · 阿栀 · 双11"),
    Field("alias", "短码", _alias, ("自定短码", "自定义短码"), example="azhi11", note="不填由系统起"),
    Field("platform", "平台", _platform, ("投放平台",), example="小红书"),
    Field("spot", "投放位置", cells.text, ("位置", "点位"), example="门店收银台"),
    Field("creator", "达人", cells.text, ("达人名称", "达人昵称"), note="写名单里的名字"),
    Field("campaign", "营销计划", cells.text, ("计划", "计划名称"), note="写计划的名称"),
    Field("folder", "文件夹", cells.text, ("分组",)),
    *(Field(key, f"{word} {key}", cells.text, (key,), rare=True) for key, word in rules.UTM_NAMES.items()),
)  # fmt: skip


class Links(ImportKind):
    """One row is one link, known again by its code, else by what the row said of it."""

    key = "links"
    name = "短链"
    noun = "条"
    permission = Permission.TRACK
    fields = FIELDS
    presets = (
        Preset(
            "links_sheet",
            "批量建短链的表",
            frozenset({"目标网址", "短码"}),
            {field.key: field.label for field in FIELDS},
        ),
    )
    done_url = ("看短链", "tracking:links")

    def prepare(self, row: Row, batch: ImportBatch) -> Staged:
        values = dict(row.values)
        for kind, word in OWNERS.items():
            if name := values.get(kind):
                values[kind] = _key_of(batch.workspace, kind, name, word)
        _refuse_taken(batch, values.get("alias", ""))
        draft = _draft(batch, values)
        values["origin"] = _origin(values, draft)
        values["name"] = values["typed"] = draft.name
        values["address"] = draft.url
        hints = _held_to_rules(draft, values, mend=MEND in batch.repairs)
        group = values.get("alias") or f"{draft.name}\n{values['origin']}"
        return Staged(values, group=group, hints=hints)

    def compare(self, groups: Sequence[Group], batch: ImportBatch) -> Tally:
        tally = Tally()
        for group in groups:
            found = _known(group[0].values)
            if found is None:
                tally.new += 1
                _count(tally, group[0].values)
            elif found.is_active:
                tally.same += 1
            else:
                tally.changed += 1
                row = group[0].number
                tally.note(Change(row, found.name, "状态", "已归档", "重新启用"))
        return tally

    def write_batch(self, groups: Sequence[Group], batch: ImportBatch, by: Actor) -> Tally:
        tally = Tally()
        for group in groups:
            values = dict(group[0].values)
            found = _known(values)
            if found is None:
                _make(batch, values, by)
                tally.new += 1
                _count(tally, values)
            elif not found.is_active:
                actions.restore_links([found], by=by)
                tally.changed += 1
            elif found.batch == batch.key:
                tally.new += 1
            else:
                tally.same += 1
        return tally

    def offers(self, batch: ImportBatch) -> list[Offer]:
        found = batch.counts.get("extra", {})
        if mended := found.get(MENDED):
            text = f"{mended:,} 条的名称或 UTM 会照规则写。想照表里写的导入，去「改表头对应」再核对一次。"
            return [Offer(MEND, text)]
        if fixable := found.get(FIXABLE):
            text = (
                f"{fixable:,} 条的名称或 UTM 和命名规则不一样。不改也能导入，以后在报告里还能改。"
            )
            return [Offer(MEND, text, f"按规则改好 {fixable:,} 条")]
        return []

    def further(self, batch: ImportBatch) -> list[tuple[str, str]]:
        odd = naming_checks.broken(batch.workspace, naming_checks.checked_links(batch.key))
        url = f"{wurl(batch.workspace, 'tracking:naming_report')}?batch={batch.key}"
        return [(f"看不合命名规则的 {len(odd):,} 条", url)] if odd else []

    def undo(self, batch: ImportBatch, by: Actor) -> None:
        """Codes may be printed already, so the links are archived, with their clicks kept."""
        actions.archive_links(Link.objects.filter(batch=batch.key).with_brand(), by=by)


def _key_of(workspace: Workspace, kind: str, name: str, word: str) -> str:
    found = names[kind].choose(workspace, name, 50) if kind in names else []
    keys = [row.key for row in found if row.name == name]
    if len(keys) == 1:
        return keys[0]
    problem = f"有 {len(keys)} 个{word}叫「{name}」" if keys else f"没有叫「{name}」的{word}"
    raise CellError(f"link.{kind}", problem, f"请照{word}名单里的写法填，或留空", field=kind)


def _refuse_taken(batch: ImportBatch, alias: str) -> None:
    """Codes are one for the whole house; whose link it is stays unsaid."""
    with scopes_disabled():
        taken = Link.objects.filter(code=alias).exclude(workspace=batch.workspace).exists()
    if alias and taken:
        raise CellError("link.taken", f"短码「{alias}」已被用", "请换一个", field="alias")


def _given(values: dict[str, Any]) -> dict[str, Any]:
    kept = ("url", "name", "platform", "spot", "creator", "campaign")
    utm = {key: values[key] for key in rules.UTM_NAMES if key in values}
    return {**{key: values[key] for key in kept if key in values}, "utm": utm}


def _draft(batch: ImportBatch, values: dict[str, Any]) -> Link:
    try:
        return actions.draft_link(batch.workspace, **_given(values))
    except ValidationError as error:
        raise CellError(
            "link.refused", " ".join(error.messages), "请改好再导入", field="url"
        ) from None


def _origin(values: dict[str, Any], draft: Link) -> str:
    """What a row without a code is known by, however its link is named later."""
    name = values.get("name", "")
    owners = ("platform", "spot", *OWNERS) if not name else ()
    told = [name, draft.url, *(values.get(key, "") for key in owners)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]


def _held_to_rules(draft: Link, values: dict[str, Any], *, mend: bool) -> tuple[str, ...]:
    """Say where a row is not as the brand agreed; with ``mend`` write what the rules say instead."""
    found = [
        one for broken in naming_checks.broken(draft.workspace, [draft]) for one in broken.remarks
    ]
    left = [one for one in found if not (mend and one.better)]
    values |= {one.field: one.better for one in found if mend and one.better}
    values["told"] = [
        word
        for word, holds in (
            (ODD, left),
            (FIXABLE, any(one.better for one in left)),
            (MENDED, len(left) < len(found)),
        )
        if holds
    ]
    return tuple(_said(one, getattr(draft, one.field)) for one in reversed(left))


def _said(one: naming.Remark, value: str) -> str:
    typed = f"「{value}」" if value else ""
    return f"{one.label}{typed}{one.text}，" + (
        f"照规则是「{one.better}」" if one.better else "要人来填"
    )


def _count(tally: Tally, values: dict[str, Any]) -> None:
    tally.extra.update(values.get("told", ()))


def _known(values: dict[str, Any]) -> Link | None:
    if alias := values.get("alias"):
        same = Q(code=alias)
    else:
        by_hand = Q(origin="", name=values["typed"], url=values["address"])
        same = Q(origin=values["origin"]) | by_hand
    rows = Link.objects.filter(same).with_brand().order_by("-is_active", "pk")
    found: Link | None = rows.first()
    return found


def _make(batch: ImportBatch, values: dict[str, Any], by: Actor) -> None:
    extra = {key: values[key] for key in ("alias", "folder", "origin") if key in values}
    try:
        actions.create_link(batch.workspace, by=by, batch=batch.key, **_given(values), **extra)
    except ValidationError as error:
        raise CellError(
            "link.refused", " ".join(error.messages), "请改好再导入", field="alias"
        ) from None
