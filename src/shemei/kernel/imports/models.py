"""An import as rows: the batch with its state and counts, what it changed, and remembered mappings."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

from django.db import models

from shemei.kernel.imports.kinds import ImportKind, Tally, kind_of
from shemei.kernel.models import LongTask, WorkspaceOwned


class ImportBatch(WorkspaceOwned):
    """One file on its way in; ``key`` is the ``batch`` of every row and event that came with it."""

    class State(models.TextChoices):
        DRAFT = "draft", "待对表头"
        CHECKING = "checking", "核对中"
        READY = "ready", "待入库"
        WRITING = "writing", "入库中"
        DONE = "done", "已入库"
        CANCELLED = "cancelled", "已取消"
        FAILED = "failed", "未完成"
        UNDONE = "undone", "已撤销"

    kind = models.CharField("种类", max_length=40)
    file_name = models.CharField("文件", max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField("大小", default=0)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    headers = models.JSONField("表头", default=list)
    header_row = models.PositiveIntegerField("表头行", default=1)
    notes = models.JSONField("读取说明", default=list)
    mapping = models.JSONField("表头对应", default=dict)
    matched_by = models.JSONField("对应的依据", default=dict)
    preset = models.CharField("已知导出", max_length=40, blank=True)
    options = models.JSONField("选项", default=dict)
    repairs = models.JSONField("照此改", default=list)
    counts = models.JSONField("数量", default=dict)
    warnings = models.JSONField("说明", default=list)
    position = models.PositiveIntegerField("已写入的段", default=0)
    error_rows = models.PositiveIntegerField("错行", default=0)
    error = models.TextField("原因", blank=True)
    actor = models.JSONField("操作者", default=dict)
    started_by = models.CharField("导入者", max_length=120, blank=True)
    task = models.ForeignKey(LongTask, models.SET_NULL, null=True, related_name="+")
    touched_at = models.DateTimeField(auto_now=True)
    finished_at = models.DateTimeField("完成时间", null=True)
    undone_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        verbose_name = "导入"
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["workspace", "kind", "-id"])]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_open(self) -> bool:
        """Still on its way: neither in, nor stopped, nor taken back."""
        return self.state in OPEN_STATES

    @property
    def is_empty(self) -> bool:
        """Checked, and there is nothing in it to write nor to mend: headers alone, or rows that are left out."""
        has_none = self.counts.get("usable") == 0 and not self.error_rows
        return self.state == self.State.READY and has_none

    @property
    def became(self) -> str:
        """What became of what the check found, where it is not in: nothing is said of what is."""
        return "" if self.is_empty else BECAME.get(self.state, "")

    def written(self, name: str) -> int | None:
        """How many of them this file has in the data now; None where that is still to come."""
        if self.is_open or name not in self.counts:
            return None
        return self.count(name) if self.state == self.State.DONE else 0

    @property
    def kind_of(self) -> ImportKind:
        return kind_of(self.kind)

    @property
    def unused(self) -> list[str]:
        """Columns of the file that no field takes, by name."""
        used = set(self.mapping.values())
        return [name for n, name in enumerate(self.headers) if n not in used and name.strip()]

    @property
    def remarks(self) -> list[str]:
        """What the comparison with what is there had to say, as sentences."""
        return Tally(remarks=Counter(self.counts.get("remarks", {}))).said

    @property
    def why_unfinished(self) -> str:
        """What keeps the file from being in as a whole."""
        rows = f"{self.error_rows:,} 行" if self.error_rows else ""
        if self.state == self.State.READY:
            return f"核对好了，等你入库{f'；另有 {rows}有错' if rows else ''}"
        return "没有导入成" if self.state == self.State.FAILED else f"有 {rows}没有入库"

    @property
    def merged(self) -> str:
        """How many there are, and of how many rows, where rows of one were put together; else nothing.

        What was new, changed and the same is counted by the one, the file by the other.
        """
        whole, rows = self._whole
        return f"{whole:,} {self.kind_of.noun}，来自 {rows:,} 行" if rows > whole else ""

    @property
    def merging(self) -> str:
        """The same as a sentence, with why; nothing where no rows were put together."""
        whole, rows = self._whole
        return self.kind_of.merging(self, whole, rows) if rows > whole else ""

    @property
    def _whole(self) -> tuple[int, int]:
        return sum(map(self.count, ("new", "changed", "same"))), self.count("of_rows")

    def count(self, name: str) -> int:
        return int(self.counts.get(name, 0))

    def option(self, key: str) -> str:
        return str(self.options.get(key, ""))


OPEN_STATES = (
    ImportBatch.State.DRAFT,
    ImportBatch.State.CHECKING,
    ImportBatch.State.READY,
    ImportBatch.State.WRITING,
)


BECAME = {
    ImportBatch.State.READY: "待入库",
    ImportBatch.State.WRITING: "入库中",
    ImportBatch.State.CANCELLED: "没有入库",
    ImportBatch.State.FAILED: "没有入库",
    ImportBatch.State.UNDONE: "已撤回",
}


class RowChange(WorkspaceOwned):
    """What a row was before a batch changed it; undoing the batch puts it back."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="changes")
    subject = models.CharField(max_length=64)
    subject_key = models.CharField(max_length=22, db_index=True)
    before = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "subject", "subject_key"], name="one_before")
        ]

    @classmethod
    def keep(cls, batch: ImportBatch, befores: dict[str, dict[str, Any]], subject: str) -> None:
        """Remember rows as they were; the first memory of a row stays (a resumed batch repeats itself)."""
        rows = [
            cls(
                workspace_id=batch.workspace_id,
                batch=batch,
                subject=subject,
                subject_key=key,
                before=before,
            )
            for key, before in befores.items()
        ]
        cls.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)


class SavedMapping(WorkspaceOwned):
    """Which header was which field the last time a file with these headers was confirmed by hand."""

    kind = models.CharField("种类", max_length=40)
    fingerprint = models.CharField(max_length=64)
    columns = models.JSONField("表头对应", default=dict)

    class Meta:
        verbose_name = "表头对应"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "kind", "fingerprint"], name="one_mapping_per_headers"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.fingerprint[:8]}"
