"""The kernel as a Django app: it owns the audit log, the outbox, notifications and long tasks."""

from __future__ import annotations

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "shemei.kernel"
    label = "kernel"
    verbose_name = "底座"

    def ready(self) -> None:
        from shemei.kernel.lists import background  # noqa: F401 - the worker must know its jobs
