"""Users, brands, members, invitations and API keys."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone

from shemei.apps.accounts.rules import PERMISSIONS, ROLES
from shemei.kernel.actor import Actor
from shemei.kernel.keys import new_key
from shemei.kernel.models import WorkspaceOwned
from shemei.kernel.permissions import Permission


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> User:
        return self.create_user(email, password, is_superuser=True, **extra)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in; belongs to no brand by itself (membership does that)."""

    THEMES: ClassVar = [("auto", "跟随系统"), ("light", "浅色"), ("dark", "深色")]

    email = models.EmailField("邮箱", unique=True)
    name = models.CharField("姓名", max_length=60, blank=True)
    theme = models.CharField("外观", max_length=5, default="auto", choices=THEMES)
    is_active = models.BooleanField("可登录", default=True)
    date_joined = models.DateTimeField("注册时间", default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = []
    objects = UserManager()

    class Meta:
        verbose_name = "用户"

    def __str__(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return str(self)


class Workspace(models.Model):
    """One brand."""

    key = models.CharField("编号", max_length=22, unique=True, default=new_key, editable=False)
    name = models.CharField("品牌名称", max_length=60)
    currency = models.CharField("币种", max_length=3, default="CNY")
    attribution_model = models.CharField("归因模型", max_length=12, default="shapley")
    lookback_days = models.PositiveSmallIntegerField("回看天数", default=30)
    confirmed_only = models.BooleanField("只算核实过的订单", default=False)
    link_host = models.CharField(
        "短链域名",
        max_length=120,
        blank=True,
        help_text="例如 https://s.brand.cn；留空时用本机短链端口",
    )
    created_at = models.DateTimeField("创建时间", default=timezone.now)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = "品牌空间"
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def mark(self) -> str:
        return self.name[:1]


class Member(WorkspaceOwned):
    """A user's place in one brand."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField("角色", max_length=10, choices=list(ROLES.items()))
    is_active = models.BooleanField("在职", default=True)
    last_seen_at = models.DateTimeField("最近使用", null=True)

    class Meta:
        verbose_name = "成员"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "user"], name="one_membership")
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def role_name(self) -> str:
        return ROLES[self.role]

    @property
    def permissions(self) -> frozenset[Permission]:
        return PERMISSIONS[self.role]

    @property
    def is_last_owner(self) -> bool:
        """The brand would stand without an owner."""
        others = Member.objects.filter(role="owner", is_active=True).exclude(pk=self.pk)
        return self.role == "owner" and not others.exists()

    @property
    def actor(self) -> Actor:
        return Actor("member", self.key, str(self.user), self.permissions)


class Invitation(WorkspaceOwned):
    """A link that makes whoever opens it a member, once, until it expires. Only its hash is kept."""

    role = models.CharField("角色", max_length=10, choices=list(ROLES.items()))
    email = models.EmailField("邮箱", blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField("有效期至")
    invited_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    accepted_at = models.DateTimeField("接受时间", null=True)
    revoked_at = models.DateTimeField("撤回时间", null=True)

    class Meta:
        verbose_name = "邀请"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.email or "邀请链接"

    @property
    def role_name(self) -> str:
        return ROLES[self.role]

    @property
    def is_open(self) -> bool:
        return not (self.accepted_at or self.revoked_at) and self.expires_at > timezone.now()


class ApiKey(WorkspaceOwned):
    """A secret for programs. Only its hash is kept; ``prefix`` lets people tell keys apart."""

    name = models.CharField("用途", max_length=60)
    prefix = models.CharField("开头", max_length=12, db_index=True)
    secret_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField("权限", default=list)
    expires_at = models.DateTimeField("有效期至", null=True)
    last_used_at = models.DateTimeField("最近使用", null=True)
    revoked_at = models.DateTimeField("停用时间", null=True)
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = "接口密钥"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_over(self) -> bool:
        """Ended for good: revoked, or past its date."""
        return self.revoked_at is not None or (
            self.expires_at is not None and self.expires_at <= timezone.now()
        )

    @property
    def is_live(self) -> bool:
        """Not over, and who answers for it is still a member who may sign in."""
        maker = self.created_by
        return not self.is_over and maker is not None and maker.is_active and maker.user.is_active

    @property
    def asked(self) -> frozenset[Permission]:
        return frozenset(p for p in Permission if p in self.scopes)

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the key may do today: of what it was given, what its maker still may."""
        may = self.created_by.permissions if self.is_live else frozenset()
        return self.asked & may

    @property
    def actor(self) -> Actor:
        return Actor("api_key", self.key, self.name, self.permissions)
