"""One row of every model, filled by the type of its fields: something for every page to show."""

from __future__ import annotations

from base64 import b64decode
from datetime import date
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.db import models
from django.utils import timezone

from shemei.kernel.models import WorkspaceOwned

MEANT: dict[tuple[str, str], Any] = {
    ("importbatch", "kind"): "orders",
    ("goal", "metric"): "orders",
    ("link", "url"): "https://shop.example/p",
    ("site", "hosts"): ["shop.example"],
    ("brandreading", "value"): 0.5,
    ("landingpicture", "data"): b"RIFF",
    ("qrmark", "picture"): b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEA"
        "HLCMmQAAAABJRU5ErkJggg=="
    ),
}
"""Fields whose value a page reads as more than text."""
SKIPPED = (models.AutoField, models.ManyToManyField)


def owned_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, WorkspaceOwned)]


def one_of_each(workspace: Any, known: dict[type, Any]) -> dict[type, Any]:
    """A row of every model of a brand; ``known`` are rows that exist already."""
    rows = dict(known)
    for model in owned_models():
        _row(model, workspace, rows)
    return rows


def _row(model: type[models.Model], workspace: Any, rows: dict[type, Any]) -> Any:
    if model not in rows:
        values = {}
        for field in model._meta.concrete_fields:
            meant = (model._meta.model_name, field.name) in MEANT
            if not isinstance(field, SKIPPED) and (meant or not field.has_default()):
                values[field.name] = _value(field, workspace, rows)
        rows[model] = model._default_manager.create(**values)
    return rows[model]


def _value(field: Any, workspace: Any, rows: dict[type, Any]) -> Any:
    if meant := MEANT.get((field.model._meta.model_name, field.name)):
        return meant
    if isinstance(field, models.ForeignKey) and not field.null:
        return _row(field.related_model, workspace, rows)
    if field.null:
        return None
    if field.choices:
        return field.flatchoices[0][0]
    if isinstance(field, models.UUIDField):
        return uuid4()
    if isinstance(field, models.DateTimeField):
        return timezone.now()
    if isinstance(field, models.DateField):
        return date(2026, 12, 12) if field.name.startswith("end") else date(2026, 11, 11)
    if isinstance(field, (models.IntegerField, models.FloatField, models.DecimalField)):
        return 1
    if isinstance(field, models.JSONField):
        return {}
    if isinstance(field, models.URLField):
        return "https://shop.example/p"
    if isinstance(field, models.BooleanField):
        return True
    return "" if field.blank else _text(field)


def _text(field: Any) -> str:
    if field.name == "platform":
        return "xhs"
    return f"{field.model._meta.model_name}-1"[: field.max_length or 30]
