"""数据保留: how long the events of each kind are kept; a settings page of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from shemei.apps.audience import actions
from shemei.apps.audience.forms import KeepForm
from shemei.kernel.periods import today
from shemei.kernel.permissions import Permission
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, recently_authenticated
from shemei.warehouse.upkeep import retention as warehouse
from shemei.warehouse.vocabulary import KIND_NAMES, date_of, int_day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

    from shemei.kernel.http import BrandRequest
    from shemei.kernel.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Line:
    """One kind on the page: its field, what is there, and what tonight would take."""

    name: str
    field: Any
    stock: warehouse.Stock | None

    @property
    def since(self) -> str:
        return date_of(self.stock.since).isoformat() if self.stock else ""


@require_http_methods(["GET", "POST"])
@allow(Permission.WORKSPACE)
@recently_authenticated
def retention(request: BrandRequest) -> HttpResponse:
    """The form; what would go tonight is named before it is saved."""
    workspace = request.workspace
    kept = _kept(workspace)
    form = KeepForm(request.POST or None, kept=kept)
    asking = form.is_valid()
    if asking and "sure" in request.POST:
        actions.set_retention(workspace, form.days, by=request.actor)
        toast(request, "已保存，今夜 3 点后照此删除")
        return redirect(wurl(workspace, "audience:retention"))
    lines = list(_lines(workspace, form, form.days if asking else kept))
    over = sum(line.stock.over for line in lines if line.stock)
    told = {"form": form, "lines": lines, "asking": asking, "over": over}
    return render(request, "audience/retention.html", told)


def _kept(workspace: Workspace) -> dict[str, int]:
    known = warehouse.rules(settings.SHEMEI_HOME)
    return {rule.kind: rule.days for rule in known if rule.workspace == workspace.key}


def _lines(workspace: Workspace, form: KeepForm, days: dict[str, int]) -> Iterator[Line]:
    held = warehouse.stock(settings.SHEMEI_HOME, workspace.key, int_day(today()), days)
    by_kind = {one.kind: one for one in held}
    for kind, name in KIND_NAMES.items():
        yield Line(name, form[kind], by_kind.get(kind))
