"""URLs of the brand room."""

from __future__ import annotations

from django.urls import path

from shemei.apps.brand import views
from shemei.apps.brand.tracker import views as tracker

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
    path("readings/", tracker.readings, name="readings"),
    path("readings/new/", tracker.new_reading, name="new_reading"),
    path("readings/template.csv", tracker.template, name="readings_template"),
    path("readings/<str:key>/", tracker.edit_reading, name="edit_reading"),
    path("readings/<str:key>/remove/", tracker.remove_reading, name="remove_reading"),
    path("readings/<str:key>/restore/", tracker.restore_reading, name="restore_reading"),
    path("<str:key>/", views.campaign, name="campaign"),
    path("<str:key>/edit/", views.edit_campaign, name="edit_campaign"),
    path("<str:key>/end/", views.end_campaign, name="end_campaign"),
]
