"""The portal as a Django app: templates, static files and template tags."""

from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "shemei.portal"
    label = "portal"
    verbose_name = "界面"
