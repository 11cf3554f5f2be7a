"""Pages of the builder: a list of blocks on one side, the page on a phone on the other."""

from __future__ import annotations

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shemei.apps.tracking.landing import actions, content, figures, listings, pictures, public
from shemei.apps.tracking.landing.blocks import ASKED, KINDS, MOST_PAGE_BYTES, Kind
from shemei.apps.tracking.landing.forms import PageEditForm, PageForm
from shemei.apps.tracking.landing.models import LandingPage, LandingVariant, LandingVersion
from shemei.apps.tracking.landing.rules import Block, Problem, turn_of
from shemei.kernel.edits import submit
from shemei.kernel.http import BrandRequest
from shemei.kernel.kept_period import keeps_period
from shemei.kernel.periods import period_from
from shemei.kernel.permissions import Permission as P
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, get_row


def _page(key: str) -> LandingPage:
    row: LandingPage = get_row(LandingPage.objects.select_related("workspace", "campaign"), key)
    return row


def _variant(key: str) -> LandingVariant:
    rows = LandingVariant.objects.select_related("page__workspace", "page__campaign", "version")
    row: LandingVariant = get_row(rows, key)
    return row


@allow(P.VIEW)
@require_http_methods(["GET", "POST"])
def pages(request: BrandRequest) -> HttpResponse:
    live = LandingVariant.objects.filter(page=OuterRef("pk"), version__isnull=False)
    rows = LandingPage.objects.select_related("workspace", "campaign").annotate(
        live=Exists(live),
        ways=Count("variants", distinct=True),
        lead_count=Count("leads", distinct=True),
    )
    return listings.PAGES.respond(request, rows, "tracking/landing/pages.html", {"tab": "landing"})


@allow(P.TRACK)
@require_http_methods(["GET", "POST"])
def new(request: BrandRequest) -> HttpResponse:
    workspace, actor = request.workspace, request.actor
    form = PageForm(request.POST or None, workspace=workspace)
    row = submit(form, lambda **data: actions.create_page(workspace, by=actor, **data))
    if row is not None:
        return redirect(wurl(workspace, "landing:build", row.variants.all()[0].key))
    return render(request, "tracking/landing/form.html", {"form": form, "tab": "landing"})


@allow(P.TRACK)
@require_http_methods(["GET", "POST"])
def edit(request: BrandRequest, key: str) -> HttpResponse:
    row, actor = _page(key), request.actor
    initial = {
        "name": row.name,
        "slug": row.slug,
        "campaign": row.campaign.key if row.campaign else "",
        "content": row.content_key,
        "says_ad": row.says_ad,
    }
    form = PageEditForm(request.POST or None, workspace=request.workspace, initial=initial)
    done = submit(form, lambda **data: actions.change_page(row, by=actor, **data))
    if done is not None:
        toast(request, f"已保存「{row.name}」")
        return redirect(wurl(request.workspace, "landing:page", key))
    context = {"form": form, "page": row, "tab": "landing"}
    return render(request, "tracking/landing/form.html", context)


@allow(P.VIEW)
@require_GET
@keeps_period
def page(request: BrandRequest, key: str) -> HttpResponse:
    """A page's results: visitors, leads and how its variants compare."""
    row, period = _page(key), period_from(request.GET)
    context = {
        "page": row,
        "variants": row.variants.select_related("version"),
        "url": request.build_absolute_uri(reverse("pages:page", args=[row.slug])),
        "board": figures.board_of(request.workspace, row, period),
        "period": period,
        "tab": "landing",
    }
    return render(request, "tracking/landing/page.html", context)


@allow(P.TRACK)
@require_POST
def switch(request: BrandRequest, key: str) -> HttpResponse:
    """Off the web, or on again; the undo of one is the other."""
    row = _page(key)
    row = actions.switch_page(row, by=request.actor, active=not row.is_active)
    back = wurl(request.workspace, "landing:switch", key)
    toast(request, f"已恢复「{row.name}」" if row.is_active else f"已下线「{row.name}」", back)
    return redirect(wurl(request.workspace, "landing:page", key))


@allow(P.TRACK)
@require_POST
def variant(request: BrandRequest, key: str) -> HttpResponse:
    try:
        row = actions.add_variant(_page(key), by=request.actor)
    except ValidationError as error:
        return _refused(request, error)
    return redirect(wurl(request.workspace, "landing:build", row.key))


@allow(P.TRACK)
@require_POST
def weights(request: BrandRequest, key: str) -> HttpResponse:
    given = {k[-1:]: v for k, v in request.POST.items() if k.startswith("weight-")}
    try:
        told = {letter: int(str(text)) for letter, text in given.items()}
        actions.weigh(_page(key), told, by=request.actor)
    except ValueError:
        return _refused(request, ValidationError("分流写 0 至 100 的整数。"))
    except ValidationError as error:
        return _refused(request, error)
    toast(request, "已改分流，新来的访客按它分")
    return redirect(wurl(request.workspace, "landing:page", key))


def _refused(request: BrandRequest, error: ValidationError) -> HttpResponse:
    return render(request, "tracking/landing/refused.html", {"told": error.messages}, status=422)


def _row(variant: LandingVariant, block: Block, problems: list[Problem]) -> dict[str, Any]:
    """One block as the list of the builder shows it, with its fields."""
    kind: Kind = KINDS[block["kind"]]
    wrong = {one.field: one.text for one in problems if one.block == block["id"]}
    page = variant.page
    fields = [
        {
            "field": field,
            "value": block.get(field.name, ""),
            "wrong": wrong.get(field.name, ""),
            "choices": content.choices(page, field.typed),
            "asked": [(k, v, k in block.get(field.name, "").split(",")) for k, v in ASKED.items()],
            "pictures": page.pictures.defer("data") if field.typed == "picture" else (),
        }
        for field in kind.fields
    ]
    return {"block": block, "kind": kind, "fields": fields, "wrong": wrong}


def _rows(variant: LandingVariant) -> list[dict[str, Any]]:
    problems = content.read_draft(variant).problems
    return [_row(variant, block, problems) for block in variant.draft]


@allow(P.TRACK)
@require_GET
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]
def build(request: BrandRequest, key: str) -> HttpResponse:
    row = _variant(key)
    context = {
        "variant": row,
        "page": row.page,
        "rows": _rows(row),
        "kinds": KINDS.values(),
        "opened": request.GET.get("open", ""),
        "tab": "landing",
    }
    return render(request, "tracking/landing/build.html", context)


def _list(request: BrandRequest, row: LandingVariant, opened: str = "") -> HttpResponse:
    """The list after a change: a fragment for htmx, else the whole page again."""
    if not request.htmx:
        back = wurl(request.workspace, "landing:build", row.key)
        return redirect(f"{back}?open={opened}" if opened else back)
    context = {"variant": row, "rows": _rows(row), "opened": opened}
    return render(request, "tracking/landing/_blocks.html", context)


@allow(P.TRACK)
@require_POST
def add(request: BrandRequest, key: str) -> HttpResponse:
    row = _variant(key)
    try:
        block = actions.add_block(row, by=request.actor, kind=request.POST.get("kind", ""))
    except ValidationError as error:
        return _refused(request, error)
    return _list(request, row, block["id"])


@allow(P.TRACK)
@require_POST
def order(request: BrandRequest, key: str) -> HttpResponse:
    actions.order_blocks(_variant(key), request.POST.getlist("block"), by=request.actor)
    return HttpResponse(status=204)


@allow(P.TRACK)
@require_POST
def move(request: BrandRequest, key: str) -> HttpResponse:
    row, block = _variant(key), request.POST.get("block", "")
    actions.move_block(row, block, by=request.actor, up=request.POST.get("to") == "up")
    return _list(request, row)


@allow(P.TRACK)
@require_POST
def remove(request: BrandRequest, key: str) -> HttpResponse:
    row, block = _variant(key), request.POST.get("block", "")
    actions.remove_block(row, block, by=request.actor)
    undo = f"{wurl(request.workspace, 'landing:restore_block', key)}?block={block}"
    toast(request, "已删除这一块", undo)
    return _list(request, row)


@allow(P.TRACK)
@require_POST
def restore(request: BrandRequest, key: str) -> HttpResponse:
    row = _variant(key)
    actions.restore_block(row, request.GET.get("block", ""), by=request.actor)
    toast(request, "已恢复这一块")
    return redirect(wurl(request.workspace, "landing:build", key))


@allow(P.TRACK)
@require_POST
def write(request: BrandRequest, key: str) -> HttpResponse:
    """Keep one block as typed; the answer is what is still wrong with it, and when it was kept."""
    row, block_id = _variant(key), request.POST.get("block", "")
    values = request.POST.dict() | {"asked": ",".join(request.POST.getlist("asked"))}
    try:
        turn = turn_of(request.POST.get("turn", ""))
        actions.write_block(row, block_id, by=request.actor, values=values, turn=turn)
    except ValidationError as error:
        return _refused(request, error)
    row = _variant(key)
    wrong = [one for one in content.read_draft(row).problems if one.block == block_id]
    return render(request, "tracking/landing/_kept.html", {"variant": row, "wrong": wrong})


@allow(P.TRACK)
@require_POST
def picture(request: BrandRequest, key: str) -> HttpResponse:
    """Take an uploaded picture into a block."""
    row, block_id = _variant(key), request.POST.get("block", "")
    file = request.FILES.get("file")
    block = next((one for one in row.draft if one["id"] == block_id), None)
    if file is None or block is None:
        return _refused(request, ValidationError("没有收到图片。请重新选择。"))
    try:
        made = actions.add_picture(
            row.page, by=request.actor, data=file.read(pictures.MOST_BYTES + 1)
        )
    except ValidationError as error:
        return _refused(request, error)
    actions.write_block(row, block_id, by=request.actor, values=block | {"picture": made.key})
    return _list(request, _variant(key), block_id)


@allow(P.TRACK)
@require_GET
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type]
def preview(request: BrandRequest, key: str) -> HttpResponse:
    """The draft as a visitor would see it; blocks that cannot be published are left out."""
    row = _variant(key)
    return HttpResponse(public.drawn(row.page, content.read_draft(row).blocks, preview=True))


@allow(P.TRACK)
@require_GET
def check(request: BrandRequest, key: str) -> HttpResponse:
    """What stands before publishing: missing fields, remarks with their law, the weight on a phone."""
    row = _variant(key)
    read = content.read_draft(row)
    weight = public.weight_of(row.page, read.blocks)
    context = {
        "variant": row,
        "page": row.page,
        "read": read,
        "names": {block["id"]: KINDS[block["kind"]].name for block in row.draft},
        "weight": weight / 1000,
        "too_heavy": weight > MOST_PAGE_BYTES,
        "earlier": row.versions.all()[:20],
        "tab": "landing",
    }
    return render(request, "tracking/landing/check.html", context)


@allow(P.TRACK)
@require_POST
def publish(request: BrandRequest, key: str) -> HttpResponse:
    row = _variant(key)
    try:
        version = actions.publish(row, by=request.actor)
    except ValidationError as error:
        return _refused(request, error)
    toast(request, f"已发布 {row.letter} 第 {version.number} 版，半分钟内人人看到")
    return redirect(wurl(request.workspace, "landing:page", row.page.key))


@allow(P.TRACK)
@require_POST
def take_back(request: BrandRequest, key: str) -> HttpResponse:
    rows = LandingVersion.objects.select_related("variant__page__workspace")
    version = get_row(rows, key)
    row = actions.take_back(version, by=request.actor)
    toast(request, f"第 {version.number} 版已取回草稿，发布后才对外")
    return redirect(wurl(request.workspace, "landing:build", row.key))
