"""Wiring of file imports: audit sentences and the jobs of the worker."""

from __future__ import annotations

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "shemei.kernel.imports"
    label = "imports"
    verbose_name = "导入"

    def ready(self) -> None:
        from shemei.kernel import audit, registry
        from shemei.kernel.imports import health, jobs, todos  # noqa: F401 - the worker must know the jobs

        registry.add_todo(todos.waiting, health.silent)

        audit.register(
            {
                "import.done": "导入{kind}「{label}」：新增 {new}，有变化 {changed}",
                "import.undone": "撤销导入「{label}」",
                "import.cancelled": "取消导入「{label}」",
            }
        )
