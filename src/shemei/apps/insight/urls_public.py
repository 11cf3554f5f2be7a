"""The pages of this room that open without a login: a shared board, also inside another website."""

from __future__ import annotations

from django.urls import path

from shemei.apps.insight.boards import views_shared

app_name = "shared"
urlpatterns = [
    path("<str:token>/", views_shared.shared, name="board"),
    path("<str:token>/frame/", views_shared.frame, name="frame"),
]
