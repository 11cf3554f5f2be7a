"""What the top bar opens, directly below ``/w/<workspace>/``."""

from __future__ import annotations

from django.urls import path

from shemei.apps.accounts import views_desk as views

app_name = "desk"
urlpatterns = [
    path("search", views.search, name="search"),
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/read/", views.notifications_read, name="notifications_read"),
    path("notifications/<str:key>/", views.notification, name="notification"),
    path("tasks/", views.task_list, name="tasks"),
    path("tasks/<str:key>/", views.task, name="task"),
    path("tasks/<str:key>/cancel/", views.task_cancel, name="task_cancel"),
]
