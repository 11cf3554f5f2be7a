"""个人信息请求: what is held of a person, as a file, or gone with a proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from shemei.apps.audience import actions, personal, proofs, rules
from shemei.kernel.models import LongTask
from shemei.kernel.permissions import Permission
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, get_row, recently_authenticated

if TYPE_CHECKING:
    from shemei.apps.audience.personal import Dossier
    from shemei.kernel.http import BrandRequest


@never_cache
@allow(Permission.PERSONAL)
def requests(request: BrandRequest) -> HttpResponse:
    """The search, what it finds, and the erasures so far. What is looked for is posted: addresses are kept in logs."""
    wanted = request.POST.get("who", "").strip()
    told = {
        "wanted": wanted,
        "typed_as": rules.typed_as(wanted),
        "known_by": rules.KNOWN_BY,
        "found": personal.look_up(request.workspace, wanted) if wanted else None,
        "proofs": proofs.carried_out(request.workspace),
    }
    return render(request, "audience/requests.html", told)


@never_cache
@require_POST
@allow(Permission.PERSONAL)
@recently_authenticated
def export(request: BrandRequest) -> HttpResponse:
    found = _found(request)
    body = actions.export_person(request.workspace, found, by=request.actor)
    response = HttpResponse(body, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="personal-{found.mark}.zip"'
    return response


@require_POST
@allow(Permission.PERSONAL)
@recently_authenticated
def erase(request: BrandRequest) -> HttpResponse:
    found = _found(request)
    task = actions.erase_person(request.workspace, found, by=request.actor)
    return redirect(wurl(request.workspace, "audience:erasing", task.key))


def _found(request: BrandRequest) -> Dossier:
    found = personal.look_up(request.workspace, request.POST.get("who", ""))
    if found is None:
        raise Http404("这里没有这个人的任何记录。他可能已按要求删除；请回到个人信息请求重新查询。")
    return found


@allow(Permission.PERSONAL)
def erasing(request: BrandRequest, key: str) -> HttpResponse:
    """How far an erasure is."""
    task = get_row(LongTask.objects.filter(kind=LongTask.Kind.ERASURE), key)
    return render(request, "audience/erasing.html", {"task": task})


@never_cache
@allow(Permission.PERSONAL)
def proof(request: BrandRequest, key: str) -> HttpResponse:
    """The proof of one erasure, to print or to keep as a file."""
    told = proofs.read(request.workspace, key)
    if told is None:
        raise Http404("这里没有这份删除证明。它可能属于另一个品牌空间。")
    if request.GET.get("as") == "json":
        response = HttpResponse(told, content_type="application/json")
        response["Content-Disposition"] = f'attachment; filename="erasure-{key}.json"'
        return response
    return render(request, "audience/proof.html", {"proof": proofs.document(told)})
