"""数据保留: how long the events of each kind are kept; a settings page of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.shortcuts import redirect, render

from shemei.kernel import audit
from shemei.kernel.periods import today
from shemei.kernel.permissions import Permission, require
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, recently_authenticated
from shemei.warehouse import retention
from shemei.warehouse.vocabulary import KIND_NAMES, int_day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

    from shemei.kernel.actor import Actor
    from shemei.kernel.http import BrandRequest
    from shemei.kernel.workspace import Workspace

LONGEST = 36_500


class KeepForm(forms.Form):
    """One number of days per kind; an empty one keeps for ever."""

    def __init__(self, *args: Any, kept: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, name in KIND_NAMES.items():
            self.fields[kind] = forms.IntegerField(
                label=f"{name}保留几天",
                required=False,
                min_value=1,
                max_value=LONGEST,
                initial=kept.get(kind),
                error_messages={
                    "min_value": "至少留 1 天；要永远保留请留空。",
                    "max_value": "最多写 36500 天；要永远保留请留空。",
                    "invalid": "请写天数，例如 400；要永远保留请留空。",
                },
                widget=forms.NumberInput(attrs={"class": "s-input", "placeholder": "永远"}),
            )

    @property
    def days(self) -> dict[str, int]:
        return {kind: count for kind, count in self.cleaned_data.items() if count}


@dataclass(frozen=True, slots=True)
class Line:
    """One kind on the page: its field, what is there, and what tonight would take."""

    name: str
    field: Any
    stock: retention.Stock | None

    @property
    def since(self) -> str:
        day = str(self.stock.since) if self.stock else ""
        return f"{day[:4]}-{day[4:6]}-{day[6:]}" if day else ""


@transaction.atomic
def set_retention(workspace: Workspace, days: dict[str, int], *, by: Actor) -> None:
    """Keep the events of each kind for so many days from tonight on; kinds not named are kept for ever."""
    require(by, Permission.WORKSPACE)
    retention.keep(settings.SHEMEI_HOME, workspace.key, days)
    told = "、".join(f"{KIND_NAMES[kind]} {count} 天" for kind, count in days.items())
    audit.record("retention.set", None, by=by, workspace=workspace, kept=told or "全部永远保留")


@allow(Permission.WORKSPACE)
@recently_authenticated
def page(request: BrandRequest) -> HttpResponse:
    """The form; what would go tonight is named before it is saved."""
    kept = _kept(request.workspace)
    form = KeepForm(request.POST or None, kept=kept)
    days = kept
    if request.method == "POST" and form.is_valid():
        if "sure" in request.POST:
            set_retention(request.workspace, form.days, by=request.actor)
            toast(request, "已保存，今夜 3 点后照此删除")
            return redirect(wurl(request.workspace, "audience:retention"))
        days = form.days
    lines = list(_lines(request.workspace, form, days))
    told = {
        "form": form,
        "lines": lines,
        "asking": request.method == "POST" and form.is_valid(),
        "over": sum(line.stock.over for line in lines if line.stock),
    }
    return render(request, "audience/retention.html", told)


def _kept(workspace: Workspace) -> dict[str, int]:
    known = retention.rules(settings.SHEMEI_HOME)
    return {rule.kind: rule.days for rule in known if rule.workspace == workspace.key}


def _lines(workspace: Workspace, form: KeepForm, days: dict[str, int]) -> Iterator[Line]:
    held = retention.stock(settings.SHEMEI_HOME, workspace.key, int_day(today()), days)
    by_kind = {one.kind: one for one in held}
    for kind, name in KIND_NAMES.items():
        yield Line(name, form[kind], by_kind.get(kind))
