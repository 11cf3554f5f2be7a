"""Which permissions a role has."""

from __future__ import annotations

from shemei.kernel.permissions import Permission as P

ROLES: dict[str, str] = {
    "owner": "所有者",
    "admin": "管理员",
    "editor": "编辑",
    "approver": "审批",
    "analyst": "分析",
    "external": "外部协作",
}

ROLE_NOTES: dict[str, str] = {
    "owner": "什么都能做，含转让与停用品牌空间",
    "admin": "管理成员、密钥、账号与数据",
    "editor": "写内容、建短链与优惠码、管达人、导入数据",
    "approver": "编辑能做的，加上审批与发布",
    "analyst": "看全部数据，定目标与归因口径，导出",
    "external": "只看和编辑内容，看不到订单、顾客与花费",
}

_EDITOR = frozenset(
    {P.VIEW, P.CONTENT_VIEW, P.CONTENT_EDIT, P.TRACK, P.CREATORS, P.IMPORT, P.CUSTOMERS}
)
_APPROVER = _EDITOR | {P.CONTENT_APPROVE, P.PUBLISH}
_ANALYST = frozenset(
    {P.VIEW, P.CONTENT_VIEW, P.CUSTOMERS, P.IMPORT, P.EXPORT, P.ANALYSE, P.SPEND, P.AUDIT}
)

PERMISSIONS: dict[str, frozenset[P]] = {
    "owner": frozenset(P),
    "admin": frozenset(P) - {P.WORKSPACE},
    "editor": _EDITOR,
    "approver": _APPROVER,
    "analyst": _ANALYST,
    "external": frozenset({P.CONTENT_VIEW, P.CONTENT_EDIT}),
}


def may_grant(granter: str, role: str) -> bool:
    """Whether a member of role ``granter`` may give ``role`` to somebody: nobody makes one above themselves."""
    order = list(ROLES)
    return (
        role in PERMISSIONS
        and P.MEMBERS in PERMISSIONS[granter]
        and order.index(role) >= order.index(granter)
    )
