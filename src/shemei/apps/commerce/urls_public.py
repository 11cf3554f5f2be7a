"""Addresses for shop systems, below ``/hooks/``."""

from __future__ import annotations

from django.urls import path

from shemei.apps.commerce import views_hooks

app_name = "hooks"
urlpatterns = [path("orders/<str:key>", views_hooks.push, name="orders")]
