"""Wiring of file imports: audit sentences and the jobs of the worker."""

from __future__ import annotations

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "shemei.kernel.imports"
    label = "imports"
    verbose_name = "导入"

    def ready(self) -> None:
        from shemei.kernel import audit, registry
        from shemei.kernel.erasure import add_erasure
        from shemei.kernel.imports import health, jobs, todos  # noqa: F401 - the worker must know the jobs
        from shemei.kernel.imports.erasure import erase_uploads, tell_uploads

        add_erasure(
            "上传的文件", erase_uploads, tell_uploads, after="错行去掉；还没入库的上传整份清理"
        )
        registry.add_todo(todos.waiting, health.silent)

        audit.register(
            {
                "import.done": "导入{kind}「{label}」：新增 {new}，有变化 {changed}",
                "import.undone": "撤销导入「{label}」",
                "import.cancelled": "取消导入「{label}」",
            }
        )
