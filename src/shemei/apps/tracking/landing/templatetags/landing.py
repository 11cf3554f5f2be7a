"""Looking a value up by a name that is itself a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def of(values: Mapping[str, Any] | None, name: str) -> Any:
    """``values[name]``, empty where there is none."""
    return (values or {}).get(name, "")
