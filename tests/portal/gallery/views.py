"""Pages of the gallery: figures are made up, components are the product's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from shemei.kernel.lists import BulkAction, Column, Empty, Filter, Listing, State
from shemei.kernel.models import LongTask, Notification
from shemei.kernel.periods import Period, comparison_from, period_from
from shemei.kernel.permissions import Permission
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow
from shemei.portal.charts import Band, Chart, Flow, Series
from shemei.portal.numbers import SHANGHAI

PLATFORMS = (("xhs", "小红书"), ("douyin", "抖音"), ("wecom", "企业微信"))
DAYS = tuple(f"11-{day:02d}" for day in range(1, 24))


def _archive(request: HttpRequest, rows: QuerySet[Notification]) -> str:
    number = rows.update(read_at=datetime(2026, 11, 23, tzinfo=SHANGHAI))
    return f"已归档 {number} 条"


def _by_state(rows: Any, value: str) -> Any:
    return rows.filter(read_at__isnull=value == "open")


def _by_period(rows: Any, period: Period) -> Any:
    return rows.filter(created_at__date__gte=period.first, created_at__date__lte=period.last)


def _state(row: Notification) -> State:
    return State("已归档", "quiet") if row.read_at else State("使用中", "good")


ROWS = Listing(
    name="gallery.rows",
    noun="订单",
    unit="单",
    columns=(
        Column("text", "订单", lambda n: n.text, kind="code", sort="text", drawer=True, href=lambda n: wurl(n.workspace, "gallery:drawer", n.key)),
        Column("created", "付款时间", lambda n: n.created_at, kind="datetime", sort="created_at"),
        Column("customer", "顾客", lambda n: ("周女士", "尾号 3391"), kind="who"),
        Column("path", "路径", lambda n: ["xhs", "wecom"], kind="path"),
        Column("platform", "平台", lambda n: "xhs", kind="platform", hidden=True),
        Column("content", "功劳最大的内容", lambda n: "换季烂脸自救：我只留这 4 步"),
        Column("code", "用码", lambda n: ["AZHI30"] if n.pk % 2 else None, kind="tags"),
        Column("paid", "实付", lambda n: 32_900 + n.pk, kind="money", strong=True, sort="pk"),
        Column("state", "状态", _state, kind="state"),
    ),
    filters=(
        Filter("state", "状态", choices=[("open", "使用中"), ("done", "已归档")], apply=_by_state),
        Filter("platform", "平台", choices=PLATFORMS, apply=lambda rows, value: rows, multiple=True),
        Filter("paid", "付款", apply=_by_period, kind="period"),
    ),
    search=("text",),
    search_hint="订单号、手机尾号、商品",
    default_sort="-created_at",
    bulk=(
        BulkAction("archive", "归档", Permission.TRACK, run=_archive, icon="archive"),
        BulkAction("drop", "作废", Permission.WORKSPACE, run=_archive, icon="trash", danger=True, confirm="作废 {n} 单"),
    ),
    empty=Empty("link", "还没有订单", "导入一次，就能看到每一单从哪来。", action=("去看板", "gallery:board")),
    summary=lambda request, rows: "¥23.6 万，客单价 ¥330.5",
    row_label=lambda n: n.text,
)  # fmt: skip

SEQUENCE = Listing(
    name="gallery.sequence",
    noun="内容",
    unit="篇",
    columns=(
        Column("name", "内容", lambda row: row["name"], sort="name"),
        Column("rate", "互动率", lambda row: row["rate"], kind="ratio", sort="rate"),
        Column("formula", "备注", lambda row: row["note"]),
    ),
    search=("name",),
    default_sort="-rate",
)


@allow(Permission.CONTENT_VIEW)
def rows(request: HttpRequest) -> HttpResponse:
    found = Notification.objects.filter(member=request.member).select_related("workspace")
    return ROWS.respond(request, found, "gallery/rows.html", {"nothing": "else"})


@allow(Permission.CONTENT_VIEW)
def sequence(request: HttpRequest) -> HttpResponse:
    data = [
        {"key": "a", "name": "换季烂脸自救", "rate": 0.096, "note": "=1+1"},
        {"key": "b", "name": "敏感肌过冬指南", "rate": None, "note": ""},
        {"key": "c", "name": "配方师答疑", "rate": 0.039, "note": "@SUM(A1)"},
    ]
    return SEQUENCE.respond(request, data, "gallery/rows.html")


@allow(Permission.CONTENT_VIEW)
def board(request: HttpRequest) -> HttpResponse:
    period = period_from(request.GET, default="7d")
    context = {
        "period": period,
        "comparison": comparison_from(request.GET, period),
        "trend": trend(),
        "series": [8, 8.4, 9.3, 9.1, 10.3, 12.6, 16],
    }
    return render(request, "gallery/board.html", context)


def trend() -> Chart:
    levels = {"xhs": 3.4, "douyin": 3.2, "wecom": 2.2}
    series = tuple(
        Series(
            name, tuple(round((levels[key] + (i % 5) * 0.3) * 1_000_000) for i in range(23)), key
        )
        for key, name in PLATFORMS
    )
    return Chart(
        "trend",
        "stack",
        x=DAYS,
        series=series,
        unit="money",
        focus=16,
        bands=(Band("双11", "11-08", "11-11"),),
    )


def every_kind() -> list[Chart]:
    steps = ("触达", "兴趣", "欲望", "行动")
    rates = Series(
        "互动率",
        (0.03, 0.041, 0.038, None),
        low=(0.02, 0.03, 0.03, None),
        high=(0.04, 0.05, 0.05, None),
    )
    return [
        Chart("c-line", "line", steps, (rates, Series("对比期", (0.02, 0.03, 0.03, 0.03), role="compare")), "ratio", reference=0.03),
        Chart("c-bar", "bar", steps, (Series("单量", (12, 9, 4, 1)),)),
        Chart("c-hbar", "hbar", ("小红书", "抖音"), (Series("成交额", (274_000_00, 229_000_00)),), "money", platforms={"小红书": "xhs"}),
        Chart("c-funnel", "funnel", steps, (Series("人数", (12_000, 3_400, 900, 210)),), suffix="人"),
        Chart("c-heat", "heat", ("周一", "周二"), (Series("早", (3, 8)), Series("晚", (9, None)))),
        Chart("c-dots", "dots", ("小红书", "抖音"), (Series("产出比", (3.4, 2.1), low=(2.8, 1.6), high=(4.1, 2.7)),), "times"),
        Chart("c-sankey", "sankey", flows=(Flow("小红书 · 首触", "企业微信 · 收尾", 4_680), Flow("抖音 · 首触", "企业微信 · 收尾", 3_240)), platforms={"小红书": "xhs", "抖音": "douyin"}, suffix="单"),
        Chart("c-none", "line", ("周一",), (Series("没有", (None,)),)),
    ]  # fmt: skip


class Sample(forms.Form):
    title = forms.CharField(label="标题", max_length=20, help_text="发出后不能改。")
    price = forms.DecimalField(label="报价", required=False, min_value=0)
    kind = forms.ChoiceField(
        label="形式", choices=[("note", "图文"), ("video", "短视频")], widget=forms.RadioSelect
    )
    where = forms.MultipleChoiceField(
        label="平台", choices=PLATFORMS, widget=forms.CheckboxSelectMultiple, required=False
    )
    tone = forms.ChoiceField(label="语气", choices=[("", "不限"), ("warm", "亲近")], required=False)
    body = forms.CharField(label="正文", widget=forms.Textarea, required=False)
    agreed = forms.BooleanField(label="已取得授权")


@allow(Permission.CONTENT_VIEW)
def form(request: HttpRequest) -> HttpResponse:
    sample = Sample(request.POST or None)
    if request.method == "POST" and sample.is_valid():
        toast(request, "已存", undo_url=wurl(request.workspace, "gallery:toast"))
        return redirect(wurl(request.workspace, "gallery:board"))
    status = 422 if request.method == "POST" else 200
    return render(request, "gallery/form.html", {"form": sample}, status=status)


@allow(Permission.CONTENT_VIEW)
def parts(request: HttpRequest) -> HttpResponse:
    task = LongTask(
        workspace=request.workspace,
        title="导入订单",
        state="failed",
        step="对表头",
        error="第 608 行，付款时间：13 月不存在。",
    )
    context = {
        "task": task,
        "charts": every_kind(),
        "at": datetime(2026, 11, 23, 12, 40, tzinfo=SHANGHAI),
        "state": State("退款中", "warn"),
    }
    return render(request, "gallery/parts.html", context)


@allow(Permission.CONTENT_VIEW)
def drawer(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "gallery/drawer.html", {"key": key})


@allow(Permission.CONTENT_VIEW)
def say(request: HttpRequest) -> HttpResponse:
    toast(request, "已撤销")
    return HttpResponse("好")
