"""Pages below ``/w/<workspace>/spots/``."""

from __future__ import annotations

from django.urls import path

from shemei.apps.tracking.posters import views

app_name = "posters"
urlpatterns = [
    path("", views.spots, name="spots"),
    path("new/", views.new, name="new"),
    path("<str:key>/", views.spot, name="spot"),
    path("<str:key>/edit/", views.edit, name="edit"),
    path("<str:key>/close/", views.close, name="close"),
    path("<str:key>/reopen/", views.reopen, name="reopen"),
    path("<str:key>/poster.pdf", views.pdf, name="poster"),
]
