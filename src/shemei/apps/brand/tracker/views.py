"""Pages of the brand tracker's readings: the list, the form, the file to begin with."""

from __future__ import annotations

import csv
from functools import partial
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from shemei.apps.brand.models import BrandReading
from shemei.apps.brand.tracker import actions, listings, rules
from shemei.apps.brand.tracker.forms import ReadingForm
from shemei.kernel.permissions import Permission
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, form_page, get_row

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest

HEADS = ("日期", "指标", "数值", "样本量", "平台", "来源", "备注")
EXAMPLES = (
    ("2026-09-14", "无提示知名度", "12.5%", 600, "", "示例调研公司", "一二线城市，18 至 35 岁女性"),
    ("2026-09-14", "提示知名度", "46.5%", 600, "", "示例调研公司", ""),
    ("2026-09-14", "考虑度", "28%", 600, "", "示例调研公司", ""),
    ("2026-09-14", "美誉度", "71%", 279, "", "示例调研公司", "只问知道本品牌的人"),
    ("2026-09-14", "净推荐值 NPS", "32", 168, "", "示例调研公司", "只问用过的人"),
    ("2026-09-14", "品牌搜索指数", "1.28万", "", "微信", "微信指数", ""),
    ("2026-09-14", "声量份额", "18%", "", "", "示例监测工具", "与三个竞品比"),
)
"""A file of this shape is taken as it is; the rows are to be written over."""


@allow(Permission.VIEW)
def readings(request: BrandRequest) -> HttpResponse:
    told = {"tab": "readings", "may_change": request.actor.can(Permission.ACCOUNTS)}
    return listings.READINGS.respond(request, listings.reading_rows(), "brand/readings.html", told)


@allow(Permission.ACCOUNTS)
def new_reading(request: BrandRequest) -> HttpResponse:
    asked = request.GET.get("metric", "")
    initial = {"metric": asked} if asked in rules.KNOWN else {}
    form = ReadingForm(request.POST or None, initial=initial)
    act = partial(actions.enter_reading, request.workspace, by=request.actor)
    said = "已记下「{}」"
    return form_page(request, form, act, "brand/reading_form.html", said=said, to="brand:readings")


@allow(Permission.ACCOUNTS)
def edit_reading(request: BrandRequest, key: str) -> HttpResponse:
    row: BrandReading = get_row(listings.reading_rows(), key)
    form = ReadingForm(request.POST or None, initial=ReadingForm.of(row))
    act = partial(actions.change_reading, row, by=request.actor)
    page = {"said": "已保存「{}」", "to": "brand:readings", "row": row, "label": str(row)}
    return form_page(request, form, act, "brand/reading_form.html", **page)


@require_POST
@allow(Permission.ACCOUNTS)
def remove_reading(request: BrandRequest, key: str) -> HttpResponse:
    row: BrandReading = get_row(listings.reading_rows(), key)
    actions.remove_reading(row, by=request.actor)
    undo = wurl(request.workspace, "brand:restore_reading", row.key)
    toast(request, f"已删除「{row}」", undo)
    return redirect(wurl(request.workspace, "brand:readings"))


@require_POST
@allow(Permission.ACCOUNTS)
def restore_reading(request: BrandRequest, key: str) -> HttpResponse:
    row: BrandReading = get_row(BrandReading.objects.select_related("workspace"), key)
    actions.restore_reading(row, by=request.actor)
    toast(request, f"已恢复「{row}」")
    return redirect(wurl(request.workspace, "brand:readings"))


@allow(Permission.IMPORT)
@require_GET
def template(request: BrandRequest) -> HttpResponse:
    """A small file with the headers that are recognised and one row of each metric to write over."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="brand-readings.csv"'
    response.write("\ufeff")
    csv.writer(response).writerows([HEADS, *EXAMPLES])
    return response
