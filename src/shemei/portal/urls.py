"""URLs of the shell itself: the look, search, notifications, long tasks, help."""

from __future__ import annotations

from django.urls import path

from shemei.portal import views

app_name = "portal"
urlpatterns = [
    path("theme", views.set_theme, name="theme"),
    path("w/<str:workspace_key>/search", views.search, name="search"),
    path("w/<str:workspace_key>/notifications", views.notifications, name="notifications"),
    path("w/<str:workspace_key>/figures-ready", views.figures, name="figures"),
    path("w/<str:workspace_key>/help", views.help_drawer, name="help"),
    path("w/<str:workspace_key>/tasks", views.tasks, name="tasks"),
    path("w/<str:workspace_key>/tasks/line", views.task_line, name="task_line"),
    path("w/<str:workspace_key>/tasks/<str:key>", views.task, name="task"),
    path("w/<str:workspace_key>/tasks/<str:key>/cancel", views.task_cancel, name="task_cancel"),
    path("w/<str:workspace_key>/tasks/<str:key>/file", views.task_file, name="task_file"),
]
