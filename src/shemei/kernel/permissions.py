"""What an actor may do, as named permissions; roles are sets of them (``accounts.rules``)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from shemei.kernel.errors import ForPeople

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor


class Permission(StrEnum):
    """The value stands in API-key scopes; ``PERMISSION_NAMES`` is what people read."""

    VIEW = "view"
    CONTENT_VIEW = "content.view"
    CONTENT_EDIT = "content.edit"
    CONTENT_OTHERS = "content.others"
    CONTENT_APPROVE = "content.approve"
    PUBLISH = "publish"
    TRACK = "track"
    EVENTS = "events"
    CREATORS = "creators"
    SPEND = "spend"
    ACCOUNTS = "accounts"
    ORDERS = "orders"
    CUSTOMERS = "customers"
    PERSONAL = "personal"
    IMPORT = "import"
    EXPORT = "export"
    ANALYSE = "analyse"
    AUDIT = "audit"
    MEMBERS = "members"
    KEYS = "keys"
    WORKSPACE = "workspace"


PERMISSION_NAMES: dict[Permission, str] = {
    Permission.VIEW: "看看板与数据",
    Permission.CONTENT_VIEW: "看内容与活动",
    Permission.CONTENT_EDIT: "编辑内容与活动",
    Permission.CONTENT_OTHERS: "看和编辑别人负责的内容",
    Permission.CONTENT_APPROVE: "审批内容",
    Permission.PUBLISH: "发布内容",
    Permission.TRACK: "管理短链与优惠码",
    Permission.EVENTS: "上报事件",
    Permission.CREATORS: "管理达人",
    Permission.SPEND: "管理花费",
    Permission.ACCOUNTS: "管理平台账号",
    Permission.ORDERS: "管理订单",
    Permission.CUSTOMERS: "看顾客与路径",
    Permission.PERSONAL: "看完整个人信息",
    Permission.IMPORT: "导入数据",
    Permission.EXPORT: "导出数据",
    Permission.ANALYSE: "设定目标与归因口径",
    Permission.AUDIT: "看操作记录",
    Permission.MEMBERS: "管理成员",
    Permission.KEYS: "管理密钥",
    Permission.WORKSPACE: "管理品牌空间",
}


class Forbidden(ForPeople):
    """The actor lacks a permission; shown as a 403 page that names it."""

    def __init__(self, actor: Actor, permission: Permission) -> None:
        self.actor = actor
        self.permission = permission
        super().__init__(
            f"「{actor.name}」没有「{PERMISSION_NAMES[permission]}」的权限。请找品牌空间的所有者或管理员开通。"
        )


def require(actor: Actor, permission: Permission) -> None:
    """Raise :class:`Forbidden` unless ``actor`` has ``permission``."""
    if not actor.can(permission):
        raise Forbidden(actor, permission)
