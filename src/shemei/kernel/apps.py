"""The kernel as a Django app: it owns the audit log, the outbox, notifications and long tasks."""

from __future__ import annotations

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "shemei.kernel"
    label = "kernel"
    verbose_name = "底座"

    def ready(self) -> None:
        from shemei.kernel.erasure import add_erasure
        from shemei.kernel.erasure_own import erase_texts, tell_texts
        from shemei.kernel.lists import background  # noqa: F401 - the worker must know its jobs

        add_erasure(
            "通知与保存的视图", erase_texts, tell_texts, after="话留着，号码换成「已按要求删除」"
        )
