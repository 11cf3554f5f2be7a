"""Pages below ``/w/<workspace>/links/``."""

from __future__ import annotations

from django.urls import path

from shemei.apps.tracking.views import (
    care,
    channels,
    codes,
    links,
    naming,
    routing,
    sites,
    suspects,
)

app_name = "tracking"
urlpatterns = [
    path("", links.links, name="links"),
    path("new/", links.new, name="new"),
    path("many/", links.many, name="many"),
    path("preview/", links.preview, name="preview"),
    path("suspects/", suspects.suspects, name="suspects"),
    path("move/", naming.move, name="move"),
    path("naming/", naming.naming, name="naming"),
    path("naming/report/", naming.report, name="naming_report"),
    path("naming/repair/", naming.repair, name="repair"),
    path("bulk-changes/<str:key>/undo/", naming.undo, name="undo_bulk_change"),
    path("templates/<str:key>/remove/", naming.remove, name="remove_template"),
    path("templates/<str:key>/restore/", naming.restore, name="restore_template"),
    path("<str:key>/template/", naming.save, name="save_template"),
    path("suspects/put-back/", suspects.put_back, name="put_back"),
    path("suspects/recount/", suspects.recount, name="recount"),
    path("suspects/<str:key>/take-back/", suspects.take_back, name="take_back"),
    path("channels/", channels.channels, name="channels"),
    path("channels/try/", channels.try_out, name="try_channel"),
    path("channels/<str:key>/restore/", channels.restore, name="restore_channels"),
    path("care/", care.care, name="care"),
    path("care/switch/", care.switch_care, name="switch_care"),
    path("care/check/", care.check_now, name="check_now"),
    path("codes/", codes.codes, name="codes"),
    path("codes/new/", codes.new, name="new_code"),
    path("codes/many/", codes.many, name="many_codes"),
    path("codes/<str:key>/", codes.code, name="code"),
    path("codes/<str:key>/edit/", codes.edit, name="edit_code"),
    path("codes/<str:key>/archive/", codes.archive, name="archive_code"),
    path("codes/<str:key>/restore/", codes.restore, name="restore_code"),
    path("sites/", sites.sites, name="sites"),
    path("sites/new/", sites.new, name="new_site"),
    path("sites/<str:key>/", sites.site, name="site"),
    path("sites/<str:key>/edit/", sites.edit, name="edit_site"),
    path("sites/<str:key>/close/", sites.close, name="close_site"),
    path("sites/<str:key>/reopen/", sites.reopen, name="reopen_site"),
    path("<str:key>/", links.link, name="link"),
    path("<str:key>/first/", links.first_click, name="first_click"),
    path("<str:key>/edit/", links.edit, name="edit"),
    path("<str:key>/archive/", links.archive, name="archive"),
    path("<str:key>/restore/", links.restore, name="restore"),
    path("<str:key>/rules/", routing.rules, name="rules"),
    path("<str:key>/mark/", links.mark, name="mark"),
    path("<str:key>/qr.png", links.qr_png, name="qr_png"),
    path("<str:key>/qr.svg", links.qr_svg, name="qr_svg"),
]
