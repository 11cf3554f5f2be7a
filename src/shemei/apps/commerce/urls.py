"""Pages below ``/w/<workspace>/orders/``."""

from __future__ import annotations

from django.urls import path

from shemei.apps.commerce import views

app_name = "commerce"
urlpatterns = [
    path("", views.orders, name="orders"),
    path("new/", views.new, name="new"),
    path("refunds/", views.refunds, name="refunds"),
    path("products/", views.products, name="products"),
    path("customers/", views.customers, name="customers"),
    path("<str:key>/", views.order, name="order"),
    path("<str:key>/refund/", views.refund, name="refund"),
]
