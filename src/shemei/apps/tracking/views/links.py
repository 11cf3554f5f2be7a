"""Pages of short links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shemei.apps.tracking import (
    actions,
    channeling,
    figures,
    listings,
    naming_checks,
    qr,
    routing,
    rules,
)
from shemei.apps.tracking.book import link_base, link_base_warning, short_url
from shemei.apps.tracking.forms import LinkEditForm, LinkForm, ManyLinksForm, TemplateForm
from shemei.apps.tracking.models import Link, LinkTemplate, QrMark
from shemei.edge.visit import MOST_VIA
from shemei.kernel import addresses
from shemei.kernel.edits import submit
from shemei.kernel.kept_period import keeps_period
from shemei.kernel.periods import period_from
from shemei.kernel.permissions import Permission as P
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, get_row
from shemei.warehouse.channels import channel_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from shemei.apps.tracking.naming import Remark
    from shemei.kernel.http import BrandRequest
MADE = {
    "unit": "条短链",
    "name": "短链",
    "above": "链接",
    "all": "tracking:links",
    "again": "tracking:many",
}
"""What the page of a batch says of links."""


@allow(P.VIEW)
@require_http_methods(["GET", "POST"])
@keeps_period
def links(request: BrandRequest) -> HttpResponse:
    period = period_from(request.GET)
    rows = listings.links_ranked(request, Link.objects.with_brand())
    context = {"period": period, "model": figures.model_name(request.workspace), "tab": "links"}
    return listings.LINKS.respond(request, rows, "tracking/links.html", context)


@allow(P.TRACK)
@require_http_methods(["GET", "POST"])
def new(request: BrandRequest) -> HttpResponse:
    workspace, actor = request.workspace, request.actor
    template = _template(request)
    form = LinkForm(request.POST or None, workspace=workspace, initial=_initial(request, template))
    link = submit(
        form,
        lambda **data: actions.create_from_template(
            template, by=actor, workspace=workspace, **data
        ),
    )
    if link is not None:
        toast(request, f"已新建短链「{link.name}」，现在就能打开")
        return redirect(wurl(workspace, "tracking:link", link.key))
    context = _form_context(request, form) | {
        "template": template,
        "templates": LinkTemplate.objects.filter(is_active=True),
    }
    return render(request, "tracking/link_form.html", context)


@allow(P.TRACK)
@require_http_methods(["GET", "POST"])
def edit(request: BrandRequest, key: str) -> HttpResponse:
    link, actor = get_row(Link.objects.with_brand(), key), request.actor
    form = LinkEditForm(request.POST or None, workspace=request.workspace, initial=values_of(link))
    done = submit(form, lambda **data: actions.change_link(link, by=actor, **data))
    if done is not None:
        toast(request, f"已保存「{link.name}」")
        return redirect(wurl(request.workspace, "tracking:link", link.key))
    context = _form_context(request, form, link) | {"link": link}
    return render(request, "tracking/link_form.html", context)


@allow(P.TRACK)
@require_http_methods(["GET", "POST"])
def many(request: BrandRequest) -> HttpResponse:
    workspace, actor = request.workspace, request.actor
    form = ManyLinksForm(request.POST or None, workspace=workspace)
    made = submit(form, lambda **data: actions.create_links_for(workspace, by=actor, **data))
    if made is not None:
        rows = [(link, short_url(link)) for link in made]
        warning = link_base_warning(workspace)
        context = {"rows": rows, "tab": "links", "host_warning": warning, "made": MADE}
        return render(request, "tracking/links_made.html", context)
    return render(request, "tracking/links_many.html", {"form": form, "tab": "links"})


@allow(P.TRACK)
@require_GET
def preview(request: BrandRequest) -> HttpResponse:
    """What the form would make, while it is being filled in."""
    form = LinkForm(request.GET, workspace=request.workspace)
    form.is_valid()
    key = request.GET.get("link", "")
    link = get_row(Link.objects.with_brand(), key) if key else None
    context = _preview(request, form.cleaned_data, link) | {"link": link}
    return render(request, "tracking/_preview.html", context)


@allow(P.VIEW)
@require_GET
@keeps_period
def link(request: BrandRequest, key: str) -> HttpResponse:
    return _link_page(request, key)


def _link_page(request: BrandRequest, key: str, mark_problem: str = "") -> HttpResponse:
    row = get_row(Link.objects.with_brand(), key)
    period = period_from(request.GET)
    include = request.GET.get("suspect") == "1"
    context = {
        "link": row,
        "short_url": short_url(row),
        "final_url": rules.final_url(row.url, row.utm),
        "channel": _channel(row),
        "told": routing.sentences(routing.rules_of(row.routing)),
        "warning": addresses.address_warning(row.url),
        "host_warning": link_base_warning(request.workspace),
        "owners": listings.owners_of_link(request.workspace, row),
        "sizes": qr.SIZES.items(),
        "template_form": TemplateForm(initial={"name": row.name}),
        "has_mark": QrMark.objects.exists(),
        "mark_problem": mark_problem,
        "period": period,
        "include_suspect": include,
        "tab": "links",
        "report": figures.link_report(request.workspace, row, period, include_suspect=include),
    }
    return render(request, "tracking/link.html", context)


@allow(P.VIEW)
@require_GET
def first_click(request: BrandRequest, key: str) -> HttpResponse:
    """What a link's page without clicks asks again and again: it is drawn anew once somebody has come."""
    row = get_row(Link.objects.all(), key)
    answer = HttpResponse(status=204)
    if figures.is_clicked(request.workspace, row, period_from(request.GET)):
        answer["HX-Refresh"] = "true"
    return answer


@allow(P.TRACK)
@require_POST
def archive(request: BrandRequest, key: str) -> HttpResponse:
    row = get_row(Link.objects.with_brand(), key)
    actions.archive_links([row], by=request.actor)
    undo = wurl(request.workspace, "tracking:restore", key)
    toast(request, f"已归档「{row.name}」，短码 {row.code} 停用", undo)
    return redirect(wurl(request.workspace, "tracking:link", key))


@allow(P.TRACK)
@require_POST
def restore(request: BrandRequest, key: str) -> HttpResponse:
    row = get_row(Link.objects.with_brand(), key)
    actions.restore_links([row], by=request.actor)
    toast(request, f"已恢复「{row.name}」，短码 {row.code} 重新可用")
    return redirect(wurl(request.workspace, "tracking:link", key))


@allow(P.VIEW)
@require_GET
def qr_png(request: BrandRequest, key: str) -> HttpResponse:
    size = request.GET.get("size", "600")
    if not size.isdecimal() or int(size) not in qr.SIZES:
        raise Http404("没有这个尺寸。可选 300、600、1200。")
    return _picture(request, key, lambda url, mark: qr.png(url, int(size), mark), "png")


@allow(P.VIEW)
@require_GET
def qr_svg(request: BrandRequest, key: str) -> HttpResponse:
    return _picture(request, key, qr.svg, "svg")


def _picture(
    request: BrandRequest, key: str, draw: Callable[..., bytes], kind: str
) -> HttpResponse:
    """The QR of a link, or of one place of it (``?via=``), to look at or to keep."""
    row = get_row(Link.objects.with_brand(), key)
    mime = {"png": "image/png", "svg": "image/svg+xml"}[kind]
    via = request.GET.get("via", "").strip()[:MOST_VIA]
    url = f"{short_url(row)}?via={quote(via, safe='')}" if via else short_url(row)
    file = f"{row.code} {via}".strip()
    told = content_disposition_header("download" in request.GET, f"{file}.{kind}") or ""
    mark = QrMark.objects.first()
    drawn = draw(url, mark=bytes(mark.picture) if mark else b"")
    return HttpResponse(drawn, content_type=mime, headers={"Content-Disposition": told})


@allow(P.TRACK)
@require_POST
def mark(request: BrandRequest, key: str) -> HttpResponse:
    """Set the brand's mark, or take it away where no picture is sent; back to the link."""
    row, file = get_row(Link.objects.all(), key), request.FILES.get("picture")
    if file is None:
        actions.remove_mark(request.workspace, by=request.actor)
        toast(request, "二维码中间不再放标志")
    else:
        try:
            actions.set_mark(
                request.workspace, by=request.actor, picture=file.read(qr.MOST_BYTES + 1)
            )
            toast(request, "已放上标志，品牌的所有二维码都带着它")
        except ValidationError as error:
            return _link_page(request, row.key, " ".join(error.messages))
    return redirect(wurl(request.workspace, "tracking:link", row.key))


def _initial(request: BrandRequest, template: LinkTemplate | None = None) -> dict[str, Any]:
    """A new link starts from another one (``?like=``) or from what a page of another room knows."""
    if like := request.GET.get("like"):
        copied = values_of(get_row(Link.objects.with_brand(), like))
        return copied | {"name": ""}
    if template is not None:
        return dict(template.values)
    known = ("url", "platform", "campaign", "account", "content", "creator", "spot")
    return {name: request.GET[name] for name in known if request.GET.get(name)}


def _template(request: BrandRequest) -> LinkTemplate | None:
    key = request.GET.get("template")
    return get_row(LinkTemplate.objects.filter(is_active=True), key) if key else None


def values_of(link: Link) -> dict[str, Any]:
    return {
        "url": link.url,
        "name": link.name,
        "platform": link.platform,
        "spot": link.spot,
        "folder": link.folder,
        "account": link.account.key if link.account else "",
        "campaign": link.campaign.key if link.campaign else "",
        "creator": link.creator_key,
        "content": link.content_key,
        **link.utm,
    }


def _form_context(
    request: BrandRequest, form: LinkForm, link: Link | None = None
) -> dict[str, Any]:
    base = f"{link_base(request.workspace)}/r/"
    data = form.cleaned_data if form.is_bound else dict(form.initial)
    data.setdefault("utm", {key: data.get(key, "") for key in addresses.UTM_KEYS})
    return {"form": form, "base": base, "tab": "links", **_preview(request, data, link)}


def _preview(
    request: BrandRequest, data: dict[str, Any], link: Link | None = None
) -> dict[str, Any]:
    """What the form would make of its values, or of ``link`` where that is changed."""
    if not data.get("url"):
        return {"draft": None}
    if link is not None and data.get("name", "").strip() == actions.made_name(link):
        data = data | {"name": ""}
    try:
        draft = actions.draft_link(request.workspace, **data)
    except ValidationError as error:
        return {"draft": None, "problem": " ".join(error.messages)}
    return {
        "draft": draft,
        "draft_url": rules.final_url(draft.url, draft.utm),
        "draft_channel": _channel(draft),
        "dropped": addresses.tidy_url(data["url"]).dropped,
        "alias": str(data.get("alias", "")).strip().lower(),
        "base": f"{link_base(request.workspace)}/r/",
        "warning": addresses.address_warning(draft.url),
        "remarks": _remarks(draft),
    }


def _remarks(draft: Link) -> list[Remark]:
    """Where the draft is not as the brand agreed."""
    return [
        remark for one in naming_checks.broken(draft.workspace, [draft]) for remark in one.remarks
    ]


def _channel(link: Link) -> str:
    decided = channeling.rules_of(link.workspace).decide(
        utm_source=link.utm_source, utm_medium=link.utm_medium, platform=link.platform
    )
    return channel_name(decided)
