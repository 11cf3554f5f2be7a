"""Pages below ``/w/<workspace>/imports/``."""

from __future__ import annotations

from django.urls import path

from shemei.kernel.imports import views

app_name = "imports"
urlpatterns = [
    path("", views.history, name="history"),
    path("new/", views.upload, name="upload"),
    path("health/", views.freshness, name="health"),
    path("together/", views.several, name="together"),
    path("template/<str:kind>.csv", views.template, name="template"),
    path("<str:key>/", views.batch, name="batch"),
    path("<str:key>/mapping/", views.mapping, name="mapping"),
    path("<str:key>/preview/", views.preview, name="preview"),
    path("<str:key>/kind/", views.kind, name="kind"),
    path("<str:key>/repair/", views.repair, name="repair"),
    path("<str:key>/write/", views.write, name="write"),
    path("<str:key>/cancel/", views.cancel, name="cancel"),
    path("<str:key>/undo/", views.undo, name="undo"),
    path("<str:key>/errors.csv", views.errors, name="errors"),
]
