"""URLs of the advertising room."""

from __future__ import annotations

from django.urls import path

from shemei.apps.advertising import views

app_name = "advertising"
urlpatterns = [
    path("", views.spends, name="spends"),
    path("new/", views.new_spend, name="new_spend"),
    path("<str:key>/", views.edit_spend, name="edit_spend"),
    path("<str:key>/delete/", views.delete_spend, name="delete_spend"),
]
