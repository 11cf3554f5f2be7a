"""Pages below ``/w/<workspace>/landing/``."""

from __future__ import annotations

from django.urls import path

from shemei.apps.tracking.landing import views, views_leads

app_name = "landing"
urlpatterns = [
    path("", views.pages, name="pages"),
    path("new/", views.new, name="new"),
    path("leads/", views_leads.leads, name="leads"),
    path("leads/<str:key>/", views_leads.lead, name="lead"),
    path("leads/<str:key>/state/", views_leads.state, name="lead_state"),
    path("blocks/<str:key>/add/", views.add, name="add"),
    path("blocks/<str:key>/order/", views.order, name="order"),
    path("blocks/<str:key>/write/", views.write, name="write"),
    path("blocks/<str:key>/move/", views.move, name="move"),
    path("blocks/<str:key>/remove/", views.remove, name="remove"),
    path("blocks/<str:key>/restore/", views.restore, name="restore_block"),
    path("blocks/<str:key>/picture/", views.picture, name="picture"),
    path("blocks/<str:key>/preview/", views.preview, name="preview"),
    path("blocks/<str:key>/check/", views.check, name="check"),
    path("blocks/<str:key>/publish/", views.publish, name="publish"),
    path("versions/<str:key>/take-back/", views.take_back, name="take_back"),
    path("<str:key>/", views.page, name="page"),
    path("<str:key>/build/", views.build, name="build"),
    path("<str:key>/edit/", views.edit, name="edit"),
    path("<str:key>/switch/", views.switch, name="switch"),
    path("<str:key>/variant/", views.variant, name="variant"),
    path("<str:key>/weights/", views.weights, name="weights"),
]
