"""URLs of the audience room."""

from __future__ import annotations

from django.urls import path

from shemei.apps.audience import views

app_name = "audience"
urlpatterns = [
    path("", views.people, name="people"),
    path("<str:key>/", views.person, name="person"),
]
