"""Pages of naming rules and templates: what is agreed, which links break it, what new links start from."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shemei.apps.tracking import actions, bulk_changes, naming_checks
from shemei.apps.tracking.forms import MoveForm, NamingForm, TemplateForm
from shemei.apps.tracking.listings import CHOSEN
from shemei.apps.tracking.models import BulkChange, Link, LinkTemplate
from shemei.apps.tracking.naming import TOKENS
from shemei.apps.tracking.rules import FILLED, UTM_NAMES, UTM_RULES
from shemei.apps.tracking.views.links import values_of
from shemei.kernel.edits import submit
from shemei.kernel.permissions import Permission as P
from shemei.kernel.permissions import require
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, get_row

if TYPE_CHECKING:
    from shemei.apps.tracking.naming_checks import Broken
    from shemei.kernel.http import BrandRequest

PAGE = 25
KEPT = ("batch", "only", "page")
"""What of the report's address a repair comes back to."""


@allow(P.VIEW)
@require_http_methods(["GET", "POST"])
def naming(request: BrandRequest) -> HttpResponse:
    workspace, actor = request.workspace, request.actor
    rules = naming_checks.naming_of(workspace)
    initial = {
        "pattern": rules.pattern,
        "plain": rules.plain,
        "lower": rules.lower,
        "required": list(rules.required),
        "sources": "\n".join(rules.sources),
        "mediums": "\n".join(rules.mediums),
    }
    form = NamingForm(request.POST or None, initial=initial)
    if request.method == "POST":
        require(actor, P.TRACK)
        if submit(form, lambda **data: actions.set_naming(workspace, by=actor, **data)):
            toast(request, "已保存命名规则，新建短链时就照它提示")
            return redirect(wurl(workspace, "tracking:naming"))
    context = {
        "tab": "links",
        "form": form,
        "tokens": TOKENS.items(),
        "count": len(_broken(request)),
        "asks": rules.asks,
        "templates": LinkTemplate.objects.filter(is_active=True),
        "filled": [(word, key, FILLED[key]) for key, word in UTM_NAMES.items()],
        "usual": UTM_RULES.items(),
    }
    return render(request, "tracking/naming.html", context)


@allow(P.VIEW)
@require_GET
def report(request: BrandRequest) -> HttpResponse:
    """Links that break the rules, all or those of one import (``?batch=``), of one sort (``?only=``)."""
    found = _broken(request)
    fixable = [one for one in found if one.fixes]
    by_hand = [one for one in found if one.needs_a_person]
    only = request.GET.get("only", "")
    shown = {"fixable": fixable, "person": by_hand}.get(only, found)
    context = {
        "tab": "links",
        "page": Paginator(shown, PAGE).get_page(request.GET.get("page")),
        "count": len(found),
        "fixable": len(fixable),
        "by_hand": len(by_hand),
        "only": only,
        "kept": _kept(request),
        "consequence": naming_checks.consequence(found),
        "changes": bulk_changes.recent(request.workspace),
        "asks": naming_checks.naming_of(request.workspace).asks,
        "batch": request.GET.get("batch", ""),
        "most": naming_checks.MOST_CHECKED,
    }
    return render(request, "tracking/naming_report.html", context)


@allow(P.TRACK)
@require_POST
def repair(request: BrandRequest) -> HttpResponse:
    """Mend one link (``link``) or all that can be mended without asking anybody."""
    kept = _kept(request)
    back = wurl(request.workspace, "tracking:naming_report") + (f"?{kept}" if kept else "")
    chosen = request.POST.get("link", "")
    rows = [one for one in _broken(request) if chosen in ("", one.link.key)]
    try:
        made = actions.repair_links(request.workspace, rows, by=request.actor)
    except ValidationError as error:
        toast(request, " ".join(error.messages))
        return redirect(back)
    undo = wurl(request.workspace, "tracking:undo_bulk_change", made.key)
    toast(request, f"已改好 {len(made.changes)} 条短链，短码不变", undo)
    return redirect(back)


def _kept(request: BrandRequest) -> str:
    return urlencode({key: value for key in KEPT if (value := request.GET.get(key))})


@allow(P.TRACK)
@require_POST
def undo(request: BrandRequest, key: str) -> HttpResponse:
    made = get_row(BulkChange.objects.all(), key)
    count = actions.undo_bulk_change(made, by=request.actor)
    links = made.subject == "link"
    toast(request, f"已把 {count} {'条短链' if links else '个优惠码'}改回原样")
    back = "links" if links else "codes"
    if request.POST.get("from") == "report":
        back = "naming_report"
    return redirect(wurl(request.workspace, f"tracking:{back}"))


@allow(P.TRACK)
@require_POST
def save(request: BrandRequest, key: str) -> HttpResponse:
    """Keep a link as a template."""
    link, workspace = get_row(Link.objects.with_brand(), key), request.workspace
    form = TemplateForm(request.POST)
    made = submit(
        form,
        lambda **data: actions.save_template(
            workspace, by=request.actor, values=values_of(link), routing=link.routing, **data
        ),
    )
    if made is None:
        told = "；".join(str(error) for errors in form.errors.values() for error in errors)
        toast(request, f"模板没有存下：{told}")
        return redirect(wurl(workspace, "tracking:link", link.key))
    undo_url = wurl(workspace, "tracking:remove_template", made.key)
    toast(request, f"已存为模板「{made.name}」，新建短链时可以选它", undo_url)
    return redirect(wurl(workspace, "tracking:link", link.key))


@allow(P.TRACK)
@require_POST
def remove(request: BrandRequest, key: str) -> HttpResponse:
    row = get_row(LinkTemplate.objects.all(), key)
    actions.remove_template(row, by=request.actor)
    undo_url = wurl(request.workspace, "tracking:restore_template", row.key)
    toast(request, f"已删去模板「{row.name}」", undo_url)
    return redirect(wurl(request.workspace, "tracking:naming"))


@allow(P.TRACK)
@require_POST
def restore(request: BrandRequest, key: str) -> HttpResponse:
    row = get_row(LinkTemplate.objects.all(), key)
    actions.restore_template(row, by=request.actor)
    toast(request, f"已恢复模板「{row.name}」")
    return redirect(wurl(request.workspace, "tracking:naming"))


@allow(P.TRACK)
@require_http_methods(["GET", "POST"])
def move(request: BrandRequest) -> HttpResponse:
    """Into which folder the links go that were chosen in the list."""
    workspace, actor = request.workspace, request.actor
    keys = request.session.get(CHOSEN, [])
    rows = Link.objects.filter(key__in=keys).with_brand()
    form = MoveForm(request.POST or None)
    made = submit(form, lambda **data: actions.move_links(workspace, rows, by=actor, **data))
    if made is not None:
        undo_url = wurl(workspace, "tracking:undo_bulk_change", made.key)
        toast(request, f"已移动 {len(made.changes)} 条短链", undo_url)
        return redirect(wurl(workspace, "tracking:links"))
    folders = Link.objects.exclude(folder="").order_by("folder").values_list("folder", flat=True)
    context = {"tab": "links", "form": form, "count": rows.count(), "folders": folders.distinct()}
    return render(request, "tracking/move.html", context)


def _broken(request: BrandRequest) -> list[Broken]:
    batch = request.GET.get("batch", "")
    found = naming_checks.broken(request.workspace, naming_checks.checked_links(batch))
    return naming_checks.apart(found)
