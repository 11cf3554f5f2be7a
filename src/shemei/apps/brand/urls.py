"""URLs of the brand room."""

from __future__ import annotations

from django.urls import path

from shemei.apps.brand import views

app_name = "brand"
urlpatterns = [
    path("", views.campaigns, name="campaigns"),
    path("new/", views.new_campaign, name="new_campaign"),
    path("pillars/", views.pillars, name="pillars"),
    path("pillars/new/", views.new_pillar, name="new_pillar"),
    path("pillars/<str:key>/", views.edit_pillar, name="edit_pillar"),
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/new/", views.new_account, name="new_account"),
    path("accounts/<str:key>/", views.account, name="account"),
    path("accounts/<str:key>/edit/", views.edit_account, name="edit_account"),
    path("<str:key>/", views.campaign, name="campaign"),
    path("<str:key>/edit/", views.edit_campaign, name="edit_campaign"),
    path("<str:key>/end/", views.end_campaign, name="end_campaign"),
]
