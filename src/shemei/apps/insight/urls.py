"""Addresses of the boards; the overview is a workspace's front page."""

from __future__ import annotations

from django.urls import path

from shemei.apps.insight import views, views_notes
from shemei.apps.insight.attribution import views as views_attribution
from shemei.apps.insight.boards import views as views_boards
from shemei.apps.insight.boards import views_share
from shemei.apps.insight.reports import views as views_reports
from shemei.apps.insight.reports import views_rows

app_name = "insight"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("begun/", views.begun, name="begun"),
    path("todos/", views.todos, name="todos"),
    path("attribution/", views.attribution, name="attribution"),
    path("attribution/models/", views_attribution.models, name="models"),
    path("attribution/traced/", views_attribution.traced, name="traced"),
    path("attribution/part/", views_attribution.part, name="part"),
    path("attribution/paths/", views_attribution.paths, name="paths"),
    path("attribution/orders/<str:order_id>/", views_attribution.journey, name="journey"),
    path("metrics/<str:key>/", views_attribution.metric, name="metric"),
    path("reports/", views_reports.report, name="report"),
    path("reports/content/", views_reports.report, {"by": "content"}, name="report_content"),
    path("reports/creator/", views_reports.report, {"by": "creator"}, name="report_creator"),
    path("reports/campaign/", views_reports.report, {"by": "campaign"}, name="report_campaign"),
    path("reports/spent/", views_rows.spent, name="spent"),
    path("reports/funnel/", views_reports.funnel, name="funnel"),
    path("reports/spreading/", views_reports.spreading, name="spreading"),
    path("reports/funnel/aside/", views_reports.funnel_aside, name="funnel_aside"),
    path("reports/funnel/step/", views_rows.funnel_step, name="funnel_step"),
    path("reports/funnel/events/", views_rows.step_events, name="step_events"),
    path("reports/spreading/passed/", views_rows.passed, name="passed"),
    path("reports/spreading/visits/", views_rows.passed_visits, name="passed_visits"),
    path("reports/spreading/sharers/", views_rows.passed_sharers, name="passed_sharers"),
    path("reports/retention/", views_reports.retention, name="retention"),
    path("reports/retention/orders/", views_rows.cohort, name="cohort"),
    path("reports/reconciliation/", views_reports.reconciliation, name="reconciliation"),
    path("reports/reconciliation/untracked/", views_rows.untracked, name="untracked"),
    path("reports/reconciliation/orders/", views_rows.period_orders, name="period_orders"),
    path("reports/reconciliation/refunds/", views_rows.period_refunds, name="period_refunds"),
    path("reports/quality/", views_reports.quality, name="quality"),
    path("reports/quality/left-out/", views_rows.left_out, name="left_out"),
    path("brand-health/", views_reports.brand_health, name="brand_health"),
    path("boards/", views_boards.boards, name="boards"),
    path("boards/new/", views_boards.board_edit, name="board_new"),
    path("boards/panels/<str:key>/", views_boards.panel, name="panel"),
    path("boards/panels/<str:key>/move/", views_boards.panel_move, name="panel_move"),
    path("boards/panels/<str:key>/width/", views_boards.panel_width, name="panel_width"),
    path("boards/panels/<str:key>/remove/", views_boards.panel_remove, name="panel_remove"),
    path("boards/panels/<str:key>/restore/", views_boards.panel_restore, name="panel_restore"),
    path("boards/<str:key>/", views_boards.board, name="board"),
    path("boards/<str:key>/edit/", views_boards.board_edit, name="board_edit"),
    path("boards/<str:key>/remove/", views_boards.board_remove, name="board_remove"),
    path("boards/<str:key>/restore/", views_boards.board_restore, name="board_restore"),
    path("boards/<str:key>/order/", views_boards.board_order, name="board_order"),
    path("boards/<str:key>/panels/add/", views_boards.panel_add, name="panel_add"),
    path("boards/<str:key>/panels/new/", views_boards.panel_new, name="panel_new"),
    path("boards/<str:key>/share/", views_share.sharing, name="board_share"),
    path("boards/<str:key>/board.pdf", views_share.pdf, name="board_pdf"),
    path("boards/shares/<str:key>/origins/", views_share.origins, name="share_origins"),
    path("boards/shares/<str:key>/revoke/", views_share.revoke, name="share_revoke"),
    path("boards/shares/<str:key>/take/", views_share.share_take, name="share_take"),
    path("boards/mails/<str:key>/take/", views_share.mail_take, name="mail_take"),
    path("boards/mails/<str:key>/stop/", views_share.mail_stop, name="mail_stop"),
    path("boards/mails/<str:key>/send/", views_share.mail_now, name="mail_now"),
    path("metrics/<str:key>/notes/", views_notes.write, name="figure_note"),
    path("notes/<str:key>/remove/", views_notes.remove, name="note_remove"),
    path("notes/<str:key>/restore/", views_notes.restore, name="note_restore"),
    path("goals/", views.goals, name="goals"),
    path("goals/new/", views.goal, name="goal_new"),
    path("goals/<str:key>/", views.goal, name="goal"),
    path("goals/<str:key>/remove/", views.goal_remove, name="goal_remove"),
]
