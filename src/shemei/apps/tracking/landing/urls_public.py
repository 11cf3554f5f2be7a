"""Landing pages as visitors open them, below ``/p/``."""

from __future__ import annotations

from django.urls import path

from shemei.apps.tracking.landing import views_public as views

app_name = "pages"
urlpatterns = [
    path("i/<str:key>.webp", views.picture, name="picture"),
    path("tag.js", views.tag, name="tag"),
    path("<slug:slug>", views.page, name="page"),
]
