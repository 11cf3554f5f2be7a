"""URLs of the audience room."""

from __future__ import annotations

from django.urls import path

from shemei.apps.audience import views, views_personal, views_retention

app_name = "audience"
urlpatterns = [
    path("", views.people, name="people"),
    path("requests/", views_personal.requests, name="personal"),
    path("requests/export/", views_personal.export, name="personal_export"),
    path("requests/erase/", views_personal.erase, name="personal_erase"),
    path("requests/erasing/<str:key>/", views_personal.erasing, name="erasing"),
    path("requests/proof/<str:key>/", views_personal.proof, name="proof"),
    path("retention/", views_retention.retention, name="retention"),
    path("<str:key>/", views.person, name="person"),
]
