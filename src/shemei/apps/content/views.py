"""Pages of the content room."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect, render

from shemei.apps.content import actions, listings, pages
from shemei.apps.content.forms import MetricsForm, PostForm
from shemei.apps.content.models import Post
from shemei.kernel.edits import submit
from shemei.kernel.permissions import Permission
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, get_row

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest


@allow(Permission.CONTENT_VIEW)
def posts(request: BrandRequest) -> HttpResponse:
    told = {
        "standing": pages.standing(request.actor),
        "may_import": request.actor.can(Permission.IMPORT),
    }
    rows = listings.posts_ranked(request, listings.post_rows(request.actor))
    return listings.POSTS.respond(request, rows, "content/posts.html", told)


@allow(Permission.CONTENT_VIEW)
def post(request: BrandRequest, key: str) -> HttpResponse:
    row: Post = get_row(listings.post_rows(request.actor), key)
    return render(request, "content/post.html", pages.post(row, request.actor))


@allow(Permission.CONTENT_EDIT)
def new_post(request: BrandRequest) -> HttpResponse:
    form = PostForm(
        request.POST or None,
        workspace=request.workspace,
        by=request.actor,
        initial=pages.preset(request.GET) | {"keeper_key": request.actor.id},
    )
    act = partial(actions.create_post, request.workspace, by=request.actor)
    if request.method == "POST" and (made := submit(form, act)):
        toast(request, f"已新建「{made}」")
        return redirect(wurl(request.workspace, "content:post", made.key))
    return render(request, "content/post_form.html", {"form": form})


@allow(Permission.CONTENT_EDIT)
def edit_post(request: BrandRequest, key: str) -> HttpResponse:
    row: Post = get_row(listings.post_rows(request.actor), key)
    title = row.title
    form = PostForm(
        request.POST or None,
        workspace=request.workspace,
        by=request.actor,
        initial=PostForm.of(row),
    )
    if request.method == "POST" and submit(
        form, partial(actions.change_post, row, by=request.actor)
    ):
        toast(request, f"已保存「{row}」")
        return redirect(wurl(request.workspace, "content:post", row.key))
    return render(request, "content/post_form.html", {"form": form, "row": row, "title": title})


@allow(Permission.CONTENT_EDIT)
def enter_metrics(request: BrandRequest, key: str) -> HttpResponse:
    row: Post = get_row(listings.post_rows(request.actor), key)
    form = MetricsForm(request.POST or None, published_on=row.published_on)
    act = partial(actions.record_metrics, row, by=request.actor)
    if request.method == "POST" and (changed := submit(form, act)) is not None:
        toast(
            request,
            f"已记下 {form.cleaned_data['day']} 的数" if changed else "和已有的一样，没有改动",
        )
        return redirect(wurl(request.workspace, "content:post", row.key))
    latest = row.metrics.order_by("-day").first()
    return render(
        request, "content/metrics_form.html", {"form": form, "row": row, "latest": latest}
    )
