"""Pages below ``/w/<workspace>/orders/``."""

from __future__ import annotations

from django.urls import path

from shemei.apps.commerce import views, views_hooks, views_rates

app_name = "commerce"
urlpatterns = [
    path("", views.orders, name="orders"),
    path("new/", views.new, name="new"),
    path("refunds/", views.refunds, name="refunds"),
    path("products/", views.products, name="products"),
    path("market/", views.market, name="market"),
    path("customers/", views.customers, name="customers"),
    path("rates/", views_rates.index, name="rates"),
    path("rates/new/", views_rates.new, name="rate_new"),
    path("rates/<str:key>/", views_rates.edit, name="rate"),
    path("rates/<str:key>/remove/", views_rates.remove, name="rate_remove"),
    path("hooks/", views_hooks.settings, name="hooks"),
    path("hooks/new/", views_hooks.add, name="hook_new"),
    path("hooks/<str:key>/rotate/", views_hooks.rotate, name="hook_rotate"),
    path("hooks/<str:key>/stop/", views_hooks.stop, name="hook_stop"),
    path("<str:key>/", views.order, name="order"),
    path("<str:key>/refund/", views.refund, name="refund"),
]
