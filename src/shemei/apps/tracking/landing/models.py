"""Landing pages, their variants and published versions, their pictures, and the leads they bring."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

from shemei.kernel.crypto import EncryptedTextField
from shemei.kernel.models import WorkspaceOwned

SLUG = RegexValidator(
    r"^[a-z0-9](?:[a-z0-9-]{1,38}[a-z0-9])$",
    "地址要 3 至 40 位，只能用小写字母、数字和 -，开头结尾用字母或数字。",
)


class LandingPage(WorkspaceOwned):
    """A page at ``/p/<slug>``; its visits and leads are credited to a campaign and a content."""

    name = models.CharField("名称", max_length=60)
    slug = models.CharField("地址", max_length=40, unique=True, validators=[SLUG])
    campaign = models.ForeignKey(
        "brand.Campaign",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="营销计划",
    )
    content_key = models.CharField("内容", max_length=22, blank=True)
    says_ad = models.BooleanField("页面上标「广告」", default=True)
    owner = models.CharField("负责人", max_length=22, blank=True)
    is_active = models.BooleanField("启用", default=True, db_index=True)

    class Meta:
        verbose_name = "落地页"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.name


class LandingVariant(WorkspaceOwned):
    """One way the page looks; ``draft`` is what is being written, ``version`` what people see."""

    page = models.ForeignKey(LandingPage, models.CASCADE, related_name="variants")
    letter = models.CharField("版本", max_length=1)
    weight = models.PositiveSmallIntegerField("分流", default=50)
    draft = models.JSONField("草稿", default=list)
    removed = models.JSONField("删掉的", default=list, editable=False)
    draft_at = models.DateTimeField("草稿保存", default=timezone.now, editable=False)
    version = models.ForeignKey(
        "LandingVersion", models.SET_NULL, null=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = "版本"
        ordering: ClassVar = ["letter"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["page", "letter"], name="one_variant_per_letter")
        ]

    def __str__(self) -> str:
        return f"{self.page.name} {self.letter}"


class LandingVersion(WorkspaceOwned):
    """What a variant said when it was published: never changed, so that it proves what was agreed to."""

    variant = models.ForeignKey(LandingVariant, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField("第几版")
    blocks = models.JSONField("内容", default=list)
    says_ad = models.BooleanField(default=True)
    published_by = models.CharField("发布人", max_length=120, blank=True)

    class Meta:
        verbose_name = "发布的版本"
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["variant", "number"], name="one_landing_version")
        ]

    def __str__(self) -> str:
        return f"{self.variant} 第 {self.number} 版"

    def block(self, kind: str) -> dict[str, Any]:
        return next((block for block in self.blocks if block["kind"] == kind), {})


class LandingPicture(WorkspaceOwned):
    """A picture made small: pixels and nothing else of the file that was uploaded."""

    page = models.ForeignKey(LandingPage, models.CASCADE, related_name="pictures")
    data = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    size = models.PositiveIntegerField("字节")

    class Meta:
        verbose_name = "图片"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.width} × {self.height}"


class Lead(WorkspaceOwned):
    """Somebody who left their contact; what identifies them is encrypted, ``version`` proves the consent."""

    class State(models.TextChoices):
        NEW = "new", "待联系"
        CONTACTED = "contacted", "已联系"
        CLOSED = "closed", "已了结"

    page = models.ForeignKey(LandingPage, models.PROTECT, related_name="leads")
    version = models.ForeignKey(LandingVersion, models.PROTECT, related_name="+")
    letter = models.CharField("版本", max_length=1, blank=True)
    name = EncryptedTextField("姓名", blank=True)
    phone = EncryptedTextField("手机", blank=True)
    wechat = EncryptedTextField("微信号", blank=True)
    choice = models.CharField("选择", max_length=60, blank=True)
    phone_hash = models.CharField(max_length=32, blank=True, db_index=True)
    phone_tail = models.CharField("尾号", max_length=4, blank=True)
    contact_hash = models.CharField(max_length=32)
    agreed_at = models.DateTimeField("同意时间", default=timezone.now)
    visitor = models.CharField(max_length=64, blank=True)
    click_id = models.CharField(max_length=64, blank=True)
    channel = models.CharField("渠道", max_length=40, blank=True)
    utm = models.JSONField(default=dict)
    times = models.PositiveIntegerField("提交次数", default=1)
    last_at = models.DateTimeField("最近提交", default=timezone.now)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.NEW)
    contacted_at = models.DateTimeField("首次联系", null=True, blank=True)

    class Meta:
        verbose_name = "线索"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["page", "contact_hash"], name="one_lead_per_contact")
        ]
        indexes: ClassVar = [models.Index(fields=["workspace", "state", "-id"], name="lead_state")]

    def __str__(self) -> str:
        return f"尾号 {self.phone_tail}" if self.phone_tail else "留了微信号"

    @property
    def consent(self) -> str:
        """The words that were agreed to."""
        return str(self.version.block("form").get("consent", ""))
