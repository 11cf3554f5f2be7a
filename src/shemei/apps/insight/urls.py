"""Addresses of the boards; the overview is a workspace's front page."""

from __future__ import annotations

from django.urls import path

from shemei.apps.insight import views, views_reports, views_ways

app_name = "insight"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("todos/", views.todos, name="todos"),
    path("attribution/", views.attribution, name="attribution"),
    path("attribution/models/", views_ways.models, name="models"),
    path("attribution/part/", views_ways.part, name="part"),
    path("attribution/paths/", views_ways.paths, name="paths"),
    path("attribution/paths.csv", views_ways.paths_csv, name="paths_csv"),
    path("attribution/orders/<str:order_id>/", views_ways.journey, name="journey"),
    path("metrics/<str:key>/", views_ways.metric, name="metric"),
    path("reports/", views_reports.report, name="report"),
    path("reports/content/", views_reports.report, {"by": "content"}, name="report_content"),
    path("reports/creator/", views_reports.report, {"by": "creator"}, name="report_creator"),
    path("reports/campaign/", views_reports.report, {"by": "campaign"}, name="report_campaign"),
    path("reports/reconciliation/", views_reports.reconciliation, name="reconciliation"),
    path("reports/reconciliation/untracked/", views_reports.untracked, name="untracked"),
    path("reports/quality/", views_reports.quality, name="quality"),
    path("reports/quality/left-out/", views_reports.left_out, name="left_out"),
    path("goals/", views.goals, name="goals"),
    path("goals/new/", views.goal, name="goal_new"),
    path("goals/<str:key>/", views.goal, name="goal"),
    path("goals/<str:key>/remove/", views.goal_remove, name="goal_remove"),
]
