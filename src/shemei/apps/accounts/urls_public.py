"""Pages outside every brand."""

from __future__ import annotations

from django.urls import path

from shemei.apps.accounts import views_entry as views

app_name = "entry"
urlpatterns = [
    path("", views.home, name="home"),
    path("start/", views.start, name="start"),
    path("invite/<str:token>/", views.join, name="join"),
    path("brands/new/", views.new_brand, name="new_brand"),
]
