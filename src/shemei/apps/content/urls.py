"""URLs of the content room."""

from __future__ import annotations

from django.urls import path

from shemei.apps.content import views

app_name = "content"
urlpatterns = [
    path("", views.posts, name="posts"),
    path("new/", views.new_post, name="new_post"),
    path("<str:key>/", views.post, name="post"),
    path("<str:key>/edit/", views.edit_post, name="edit_post"),
    path("<str:key>/metrics/", views.enter_metrics, name="enter_metrics"),
]
