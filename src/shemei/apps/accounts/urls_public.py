"""Pages outside every workspace."""

from __future__ import annotations

app_name = "entry"
urlpatterns: list[object] = []
