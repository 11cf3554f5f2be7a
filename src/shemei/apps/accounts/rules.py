"""Which permissions a role has, who may give which role, and what may be chosen for a brand."""

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

KEY_SCOPES: tuple[P, ...] = tuple(p for p in P if p not in (P.MEMBERS, P.KEYS, P.WORKSPACE))
"""What a program may be given: everything but the keys of the house."""

MODELS: dict[str, str] = {
    "first": "首次触点",
    "last": "末次触点",
    "linear": "线性平分",
    "time_decay": "时间衰减",
    "position": "首尾加重",
    "markov": "马尔可夫",
    "shapley": "沙普利值",
}


def may_grant(granter: str, role: str) -> bool:
    """Whether ``granter`` may give ``role`` to somebody: nobody makes one above themselves."""
    order = list(ROLES)
    may = role in PERMISSIONS and P.MEMBERS in PERMISSIONS[granter]
    return may and order.index(role) >= order.index(granter)


def grantable(granter: str) -> dict[str, str]:
    """The roles that ``granter`` may give, with their names."""
    return {role: name for role, name in ROLES.items() if may_grant(granter, role)}


def host_of(text: str) -> str:
    """Bring a link host into the form ``https://s.brand.cn``; raises ``ValueError`` in Chinese.

    Examples
    --------
    >>> host_of(" S.Brand.cn/ ")
    'https://s.brand.cn'
    """
    plain = text.strip().lower().rstrip("/")
    if not plain:
        return ""
    scheme, _, host = plain.rpartition("://")
    if scheme not in ("", "http", "https") or not host or any(c in host for c in "/?#@ "):
        raise ValueError(f"「{text}」不是域名。只写域名，例如 https://s.brand.cn，不带路径。")
    return f"{scheme or 'https'}://{host}"
