"""URLs of the creators room."""

from __future__ import annotations

from django.urls import path

from shemei.apps.creators import views

app_name = "creators"
urlpatterns = [
    path("", views.creators, name="creators"),
    path("new/", views.new_creator, name="new_creator"),
    path("tiers/", views.tiers, name="tiers"),
    path("collaborations/", views.collaborations, name="collaborations"),
    path("collaborations/<str:key>/", views.edit_collaboration, name="edit_collaboration"),
    path("collaborations/<str:key>/deliver/", views.deliver, name="deliver"),
    path("<str:key>/", views.creator, name="creator"),
    path("<str:key>/edit/", views.edit_creator, name="edit_creator"),
    path("<str:key>/collaborations/new/", views.new_collaboration, name="new_collaboration"),
]
