"""Every address of the URL conf, as a test can visit it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True, slots=True)
class Address:
    """``parts`` are its literal pieces and, between them, the names of its converters."""

    pattern: str
    name: str
    view: Any
    app: str

    def __str__(self) -> str:
        return self.pattern

    @property
    def is_inside(self) -> bool:
        return self.pattern.startswith("w/<str:workspace_key>/")

    @property
    def takes(self) -> list[str]:
        return [part.split(">")[0].split(":")[-1] for part in self.pattern.split("<")[1:]]

    def at(self, **values: object) -> str:
        path = self.pattern
        for kind in ("str:", "int:", "slug:", ""):
            for name, value in values.items():
                path = path.replace(f"<{kind}{name}>", str(value))
        return f"/{path}"


def addresses() -> list[Address]:
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list[Any], prefix: str, app: str) -> Iterator[Address]:
    for one in patterns:
        path = prefix + _plain(str(one.pattern))
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, path, one.namespace or app)
        elif isinstance(one, URLPattern):
            yield Address(path, one.name or "", one.callback, app)


def _plain(pattern: str) -> str:
    """The two regular expressions of the map, as paths."""
    key = "password/reset/key/<uidb36>-<key>/"
    return key if "uidb36" in pattern else pattern.lstrip("^")
