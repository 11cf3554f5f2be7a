"""A program that asks for the figures of November with a key of its own."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django_scopes import scope
from tests.insight.browsing import NOVEMBER

from shemei.apps.accounts import actions_keys
from shemei.kernel.permissions import Permission


class Program:
    def __init__(self, member: Any, scopes: list[Permission]) -> None:
        with scope(workspace=member.workspace):
            _, secret = actions_keys.create_key("看板", scopes, by=member)
        self.headers = {"Authorization": f"Bearer {secret}"}

    def get(self, name: str, headers: dict[str, str] | None = None, **query: Any) -> Any:
        asked = NOVEMBER | query
        return Client().get(
            f"/api/v1/figures/{name}", asked, headers=self.headers | (headers or {})
        )


def figures(row: dict[str, Any]) -> dict[str, float]:
    return {each["metric"]: each["value"] for each in row["figures"]}
