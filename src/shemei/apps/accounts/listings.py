"""The lists of the settings pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from shemei.apps.accounts.models import ApiKey, Invitation, Member
from shemei.apps.accounts.policies import TAKE_KEY
from shemei.apps.accounts.rules import ROLES
from shemei.kernel.audit import VERBS
from shemei.kernel.lists import Column, Empty, Filter, Listing, State
from shemei.kernel.models import AuditEntry
from shemei.kernel.permissions import PERMISSION_NAMES, Permission
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from collections.abc import Callable

    from shemei.kernel.http import BrandRequest

AREAS: dict[str, str] = {
    "workspace": "品牌空间",
    "member": "成员",
    "invitation": "邀请",
    "key": "密钥",
    "view": "保存的视图",
    "hook": "订单推送",
    "data": "导出",
    "import": "导入",
    "campaign": "营销计划",
    "pillar": "内容支柱",
    "account": "平台账号",
    "post": "内容",
    "creator": "达人",
    "collaboration": "达人合作",
    "link": "短链",
    "code": "优惠码",
    "site": "站点",
    "order": "订单",
    "product": "商品",
    "spend": "花费",
    "goal": "目标",
    "customer": "顾客",
    "task": "长任务",
}
"""What the first part of an audit verb is called; a part without a name stands as it is."""


BY_ROLE = Filter("role", "角色", choices=list(ROLES.items()))

MEMBERS = Listing(
    name="accounts.members",
    columns=(
        Column(
            "name",
            "成员",
            value=lambda m: (str(m.user), m.user.email),
            kind="who",
            sort="user__name",
            href=lambda m: wurl(m.workspace, "accounts:member", m.key),
        ),
        Column("role", "角色", value=lambda m: m.role_name, sort="role", strong=True, phone=True),
        Column(
            "seen", "最近使用", value=lambda m: m.last_seen_at, kind="datetime", sort="last_seen_at"
        ),
        Column("joined", "加入时间", value=lambda m: m.created_at, kind="date", sort="created_at"),
    ),
    filters=(BY_ROLE,),
    search=("user__name", "user__email"),
    search_hint="搜姓名或邮箱",
    default_sort="created_at",
    noun="成员",
    unit="人",
)


def _acts(may: Callable[[Any], bool], template: str) -> Column:
    """What can be done with a row: never left out on a phone, never exported."""
    return Column("act", "操作", value=may, kind="custom", template=template, phone=True, export=lambda row: "")  # fmt: skip


def _over(row: Invitation | ApiKey, taken_back: str) -> State:
    """How what was given out came to its end: it was taken back, or its day passed."""
    return State(taken_back if row.revoked_at else "已过期", "quiet")


def _invitation_state(invitation: Invitation) -> State:
    if invitation.accepted_at:
        return State("已接受", "good")
    return State("待接受", "info") if invitation.is_open else _over(invitation, "已撤回")


INVITATIONS = Listing(
    name="accounts.invitations",
    columns=(
        Column("for", "给谁", value=lambda i: i.email or "任何拿到链接的人", sort="email"),
        Column("role", "角色", value=lambda i: i.role_name, sort="role"),
        Column("state", "状态", value=_invitation_state, kind="state"),
        Column(
            "expires", "有效期至", value=lambda i: i.expires_at, kind="datetime", sort="expires_at"
        ),
        Column("by", "邀请人", value=lambda i: str(i.invited_by or "")),
        _acts(lambda i: i.is_open, "accounts/cells/revoke_invitation.html"),
    ),
    filters=(BY_ROLE,),
    search=("email",),
    search_hint="搜邮箱",
    default_sort="-created_at",
    noun="邀请",
    empty=Empty(
        icon="mail",
        title="还没有邀请",
        text="新建一条链接发给同事，打开后就成为成员。",
        action=("新建邀请", "accounts:invitation_new"),
    ),
)


def _key_state(key: ApiKey) -> State:
    if key.is_over:
        return _over(key, "已停用")
    if not key.is_live:
        return State("负责人已离开，停用中", "warn")
    if key.permissions != key.asked:
        return State("权限随负责人缩小", "warn")
    soon = key.expires_at and (key.expires_at - timezone.now()).days < 14
    return State("快过期", "warn") if soon else State("可用", "good")


def _scopes(key: ApiKey) -> str:
    return "、".join(_scope_tags(key))


def _scope_tags(key: ApiKey) -> list[str]:
    """What it may do today, and what it was given but may not now."""
    now = [PERMISSION_NAMES[p] for p in Permission if p in key.permissions]
    gone = [PERMISSION_NAMES[p] for p in Permission if p in key.asked - key.permissions]
    if key.is_over or not gone:
        return now or gone
    return [*(now or ["现在什么都不能做"]), *(f"暂不能：{name}" for name in gone)]


def _may_take(rows: list[ApiKey], request: BrandRequest) -> list[ApiKey]:
    """Says of each key why this member may not take it over; nothing where they may."""
    for key in rows:
        key.why_not_taken = TAKE_KEY.why_not(request.actor, key)  # type: ignore[attr-defined]
    return rows


KEYS = Listing(
    name="accounts.keys",
    columns=(
        Column("name", "用途", value=lambda k: k.name, sort="name"),
        Column("scopes", "权限", value=_scope_tags, kind="tags", phone=True, export=_scopes),
        Column("prefix", "开头", value=lambda k: f"{k.prefix}…", kind="code"),
        Column("state", "状态", value=_key_state, kind="state"),
        Column(
            "used",
            "最近使用",
            value=lambda k: k.last_used_at,
            kind="datetime",
            sort="last_used_at",
            phone=True,
        ),
        Column(
            "expires",
            "有效期至",
            value=lambda k: k.expires_at,
            kind="date",
            sort="expires_at",
            phone=True,
        ),
        Column("by", "负责人", value=lambda k: str(k.created_by or "")),
        _acts(lambda k: k.revoked_at is None, "accounts/cells/revoke_key.html"),
    ),
    search=("name", "prefix"),
    search_hint="搜用途或开头",
    default_sort="-created_at",
    noun="密钥",
    unit="把",
    annotate=_may_take,
    empty=Empty(
        icon="key",
        title="还没有密钥",
        text="订单系统、小程序等程序凭密钥把订单和事件送进来。",
        action=("新建密钥", "accounts:key_new"),
        permission=Permission.KEYS,
    ),
)


def _areas() -> list[tuple[str, str]]:
    found = dict.fromkeys(verb.partition(".")[0] for verb in VERBS)
    return sorted(((area, AREAS.get(area, area)) for area in found), key=lambda pair: pair[1])


def _actors() -> list[tuple[str, str]]:
    seen = AuditEntry.objects.order_by("actor_name").values_list("actor_name", flat=True)
    return [(name, name) for name in seen.distinct()[:200]]


AUDIT = Listing(
    name="accounts.audit",
    columns=(
        Column("when", "时间", value=lambda e: e.created_at, kind="datetime", sort="created_at"),
        Column("what", "做了什么", value=lambda e: e.sentence, strong=True, phone=True),
        Column("who", "谁", value=lambda e: e.actor_name, kind="who", sort="actor_name"),
        Column("subject", "编号", value=lambda e: e.subject_key, kind="code", hidden=True),
    ),
    filters=(
        Filter("who", "谁", choices=_actors, field="actor_name"),
        Filter(
            "area",
            "哪类事",
            choices=_areas,
            apply=lambda rows, v: rows.filter(verb__startswith=f"{v}."),
        ),
        Filter("when", "时间", kind="period", field="created_at"),
    ),
    search=("actor_name", "subject_key", "details__label"),
    search_hint="搜操作者、对象名或编号",
    default_sort="-created_at",
    page_size=50,
    noun="操作记录",
    empty=Empty(
        icon="history", title="还没有操作记录", text="成员做的每件事都会记在这里，不能改也不能删。"
    ),
)


def member_rows() -> Any:
    return Member.objects.filter(is_active=True).select_related("user", "workspace")


def invitation_rows() -> Any:
    return Invitation.objects.select_related("invited_by__user")


def key_rows() -> Any:
    return ApiKey.objects.select_related("created_by__user")
