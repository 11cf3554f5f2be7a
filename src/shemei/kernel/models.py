"""The scoped base of every room's models, and the kernel's own rows: audit, outbox, notifications, long tasks."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django_scopes import ScopedManager

from shemei.kernel.keys import new_key


class WorkspaceOwned(models.Model):
    """A row of one brand. Any query outside ``scope(workspace=…)`` raises ``ScopeError``."""

    workspace = models.ForeignKey(
        "accounts.Workspace", models.CASCADE, related_name="+", verbose_name="品牌空间"
    )
    key = models.CharField("编号", max_length=22, unique=True, default=new_key, editable=False)
    created_at = models.DateTimeField("创建时间", default=timezone.now, editable=False)

    objects = ScopedManager(workspace="workspace")

    class Meta:
        abstract = True


class AuditEntry(WorkspaceOwned):
    """One thing somebody did. Append-only: there is no code that changes or deletes a row."""

    verb = models.CharField("动作", max_length=64, db_index=True)
    subject_type = models.CharField("对象类型", max_length=64, blank=True)
    subject_key = models.CharField("对象编号", max_length=22, blank=True, db_index=True)
    actor_kind = models.CharField("操作者类型", max_length=10)
    actor_id = models.CharField("操作者编号", max_length=22, blank=True)
    actor_name = models.CharField("操作者", max_length=120)
    details = models.JSONField("细节", default=dict)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["workspace", "-id"])]

    @property
    def sentence(self) -> str:
        from shemei.kernel import audit

        return audit.sentence(self.verb, self.details)


class OutboxStream(models.Model):
    """The one stream of segments that this database writes (row 1); its id is made once."""

    stream = models.CharField(max_length=64, unique=True)
    last_segment = models.BigIntegerField(default=0)


class OutboxEvent(WorkspaceOwned):
    """An event that waits to be written to the spool; stamped with its segment before it is written."""

    event = models.TextField()
    segment = models.BigIntegerField(null=True, db_index=True)


class ToldEvent(WorkspaceOwned):
    """The id of an event that a program has told (``outbox.log_once``): told again, it is not logged again."""

    event_id = models.UUIDField("事件编号")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "event_id"], name="an_event_told_once")
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="told_event_age")]


class FactRecord(WorkspaceOwned):
    """A fact that waits for its listeners."""

    name = models.CharField(max_length=120)
    payload = models.JSONField()
    handled_at = models.DateTimeField(null=True, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    error = models.TextField(blank=True)


class Notification(WorkspaceOwned):
    """A word to one member, with a place to go."""

    member = models.ForeignKey("accounts.Member", models.CASCADE, related_name="+")
    text = models.CharField("内容", max_length=300)
    url = models.CharField("去处", max_length=300, blank=True)
    read_at = models.DateTimeField("已读时间", null=True)

    class Meta:
        ordering: ClassVar = ["-id"]


class LongTask(WorkspaceOwned):
    """Work that takes longer than a page: has progress, a result and can be cancelled."""

    class State(models.TextChoices):
        QUEUED = "queued", "排队中"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "未完成"
        CANCELLED = "cancelled", "已取消"

    class Kind(models.TextChoices):
        IMPORT = "import", "导入文件"
        EXPORT = "export", "导出列表"
        ERASURE = "erasure", "删除个人信息"

    kind = models.CharField("类别", max_length=10, choices=Kind.choices, db_index=True)
    title = models.CharField("名称", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.QUEUED)
    step = models.CharField("步骤", max_length=200, blank=True)
    done = models.PositiveBigIntegerField("已处理", default=0)
    total = models.PositiveBigIntegerField("总数", default=0)
    error = models.TextField("原因", blank=True)
    result_url = models.CharField("结果", max_length=300, blank=True)
    cancel_requested = models.BooleanField(default=False)
    started_by = models.CharField("发起人", max_length=120, blank=True)
    starter = models.CharField("发起人编号", max_length=22, blank=True, db_index=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    @property
    def percent(self) -> int:
        if self.state == self.State.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def is_cancelled(self) -> bool:
        """Somebody asked it to stop, whether it has obeyed yet or not."""
        return self.cancel_requested or self.state == self.State.CANCELLED


class IdempotencyRecord(WorkspaceOwned):
    """The answer given to one ``Idempotency-Key`` (``kernel.idempotency``)."""

    name = models.CharField("键的散列", max_length=64)
    request_hash = models.CharField("请求的散列", max_length=64)
    status = models.PositiveSmallIntegerField("状态码", default=0)
    body = models.TextField("回答", blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "name"], name="one_answer_per_idempotency_key"
            )
        ]


class Allowance(WorkspaceOwned):
    """How much of a shared limit somebody has used up (``kernel.throttle``); deleted when it is whole again."""

    name = models.CharField("谁的散列", max_length=64)
    until = models.FloatField("用到的时刻")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "name"], name="one_allowance_per_name")
        ]
        indexes: ClassVar = [models.Index(fields=["until"], name="allowance_age")]


class ErasedMark(WorkspaceOwned):
    """That one identity was erased, and what it did until when (``kernel.erased``): a keyed hash that names nobody."""

    name = models.CharField("身份的散列", max_length=64)
    until = models.BigIntegerField("到何时")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "name"], name="one_mark_per_identity")
        ]


class SavedView(WorkspaceOwned):
    """Search, filters and sort of one list under a name; a member's own or the team's."""

    listing = models.CharField("列表", max_length=64, db_index=True)
    title = models.CharField("名称", max_length=24)
    query = models.CharField("条件", max_length=1000, blank=True)
    member = models.ForeignKey("accounts.Member", models.CASCADE, related_name="+")
    is_team = models.BooleanField("团队可见", default=False)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.title


class ListLayout(WorkspaceOwned):
    """Which columns of one list a member has put away."""

    listing = models.CharField("列表", max_length=64)
    member = models.ForeignKey("accounts.Member", models.CASCADE, related_name="+")
    hidden = models.JSONField("隐藏的列", default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "listing"], name="one_layout_per_list")
        ]
