"""The one page of this room that opens without a login: a shared board."""

from __future__ import annotations

from django.urls import path

from shemei.apps.insight import views_shared

app_name = "shared"
urlpatterns = [path("<str:token>/", views_shared.shared, name="board")]
