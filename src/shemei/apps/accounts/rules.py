"""Which permissions a role has, and what may be chosen for a brand."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

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
    "external": "只看和编辑自己负责的内容，看不到订单、顾客与花费",
}

_EDITOR = frozenset(
    {
        P.VIEW,
        P.CONTENT_VIEW,
        P.CONTENT_EDIT,
        P.CONTENT_OTHERS,
        P.TRACK,
        P.CREATORS,
        P.IMPORT,
        P.CUSTOMERS,
    }
)
_APPROVER = _EDITOR | {P.CONTENT_APPROVE, P.PUBLISH}
_ANALYST = frozenset(
    {
        P.VIEW,
        P.CONTENT_VIEW,
        P.CONTENT_OTHERS,
        P.CUSTOMERS,
        P.IMPORT,
        P.EXPORT,
        P.ANALYSE,
        P.SPEND,
        P.AUDIT,
    }
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


API_USES: tuple[tuple[P, str, str], ...] = (
    (P.VIEW, "问指标", "/api/v1/figures/…"),
    (P.ORDERS, "录入订单与退款，填汇率", "/api/v1/orders，/api/v1/rates"),
    (P.CUSTOMERS, "按单号查一单", "/api/v1/orders/<单号>"),
    (P.EVENTS, "上报事件", "/api/v1/events"),
)
"""What the API asks of a key: the permission, what for, and where."""


_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*(?::[0-9]{{1,5}})?")


def host_of(text: str) -> str:
    """Bring a link host into the form ``https://s.brand.cn``; raises ``ValueError`` in Chinese.

    Examples
    --------
    >>> host_of(" S.Brand.cn/ "), host_of("http://屿禾.cn:8001")
    ('https://s.brand.cn', 'http://xn--5hto49d.cn:8001')
    """
    plain = text.strip().lower().rstrip("/")
    if not plain:
        return ""
    scheme, _, host = plain.rpartition("://")
    try:
        host = host.encode("idna").decode()
        urlsplit(f"//{host}").port  # noqa: B018 (one above 65535 is refused)
    except ValueError:
        host = ""
    if scheme not in ("", "http", "https") or not _HOST.fullmatch(host):
        raise ValueError(f"「{text}」不是域名。只写域名，例如 https://s.brand.cn，不带路径。")
    return f"{scheme or 'https'}://{host}"


_BROWSERS = (
    ("企业微信", r"wxwork"),
    ("微信", r"MicroMessenger"),
    ("飞书", r"Lark|Feishu"),
    ("Edge", r"Edg[A-Z]?[a-z]*/"),
    ("Firefox", r"Firefox|FxiOS"),
    ("Chrome", r"Chrome|CriOS"),
    ("Safari", r"Safari"),
)
_SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("安卓", r"Android"),
    ("Windows", r"Windows"),
    ("Mac", r"Macintosh"),
    ("Linux", r"Linux|X11"),
)


def device_in_words(agent: str) -> str:
    """A browser's self-description as people would say it.

    Examples
    --------
    >>> device_in_words(
    ...     "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"
    ... )
    'Windows 上的 Chrome'
    >>> device_in_words("curl/8.5.0")
    '其他程序'
    """
    system = next((name for name, pattern in _SYSTEMS if re.search(pattern, agent)), "")
    browser = next((name for name, pattern in _BROWSERS if re.search(pattern, agent)), "")
    return " 上的 ".join(filter(None, (system, browser))) or "其他程序"
