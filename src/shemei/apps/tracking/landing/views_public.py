"""The pages themselves, for whoever holds the address; no login, no session, no script in the page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from csp.constants import SELF
from csp.decorators import csp
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from django_scopes import scope, scopes_disabled

from shemei.apps.tracking.book import link_base
from shemei.apps.tracking.landing import actions_leads, public
from shemei.apps.tracking.landing.models import LandingPage, LandingPicture, LandingVersion
from shemei.edge.tag import tag_source
from shemei.kernel.throttle import Limit, address_of

CACHED_SECONDS = 30
PICTURE_SECONDS = 600
"""So long a picture may be shown from a cache after its brand was switched off."""
STICKY_SECONDS = 90 * 86_400
SENDING = Limit("landing-form", burst=40, per_second=1 / 3)
"""Of one form from one address: an office or a carrier sends many people from one, a script sends more."""
MOST_BODY = 16_000
"""Bytes of a form: the longest honest one is a few hundred, and nobody sends files here."""


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """A page in the variant the visitor has had, or draws now; a form sent from it ends here too."""
    if request.method == "POST" and not _is_small(request):
        return HttpResponse("提交的内容太大", status=413, content_type="text/plain; charset=utf-8")
    found = public.open_page(slug)
    if found is None:
        return _gone(request)
    variant = public.choose(found, request.COOKIES.get(f"lp_{found.key}", ""))
    if variant is None or variant.version is None:
        return _gone(request)
    with scope(workspace=found.workspace):
        if request.method == "POST":
            response = _sent(request, found, variant.version)
        else:
            response = HttpResponse(_html(found, variant.version, variant.letter))
    response.set_cookie(
        f"lp_{found.key}", variant.letter, max_age=STICKY_SECONDS, path=f"/p/{slug}",
        secure=request.is_secure(), httponly=True, samesite="Lax",
    )  # fmt: skip
    response["Cache-Control"] = "private, no-cache"
    return _guarded(response, found)


def _is_small(request: HttpRequest) -> bool:
    """Whether the body says its length, and a small one: asked before anything of it is read."""
    told = request.META.get("CONTENT_LENGTH") or ""
    return told.isdecimal() and int(told) <= MOST_BODY


def _html(page: LandingPage, version: LandingVersion, letter: str) -> str:
    """The page as it was drawn less than half a minute ago; it is the same for everybody."""
    name = f"landing:{version.key}:{page.slug}"
    html: str | None = cache.get(name)
    if html is None:
        html = public.drawn(page, version.blocks, letter=letter, version=version.key)
        cache.set(name, html, CACHED_SECONDS)
    return html


def _sent(request: HttpRequest, page: LandingPage, version: LandingVersion) -> HttpResponse:
    """What became of a form. A trap field that is filled in is thanked and forgotten."""
    data = {key: str(value).replace("\0", "") for key, value in request.POST.items()}
    seen = LandingVersion.objects.filter(variant__page=page, key=data.get("version", "")).first()
    version = seen or version
    told: dict[str, Any] = {"letter": version.variant.letter, "version": version.key}
    if data.get("website"):
        return HttpResponse(public.drawn(page, version.blocks, thanks=True, **told))
    sender = address_of(request.META.get("REMOTE_ADDR", ""))
    wait = SENDING.take(page.workspace, f"{page.pk}:{sender}")
    if wait:
        problems = {"": f"提交得太快了。请过 {int(wait) + 1} 秒再试，填的都还在。"}
        html = public.drawn(page, version.blocks, given=data, problems=problems, **told)
        return HttpResponse(html, status=429, headers={"Retry-After": str(int(wait) + 1)})
    try:
        found = public.read_form(version, data)
    except ValidationError as error:
        wrong = (
            {name: " ".join(texts) for name, texts in error.message_dict.items()}
            if hasattr(error, "error_dict")
            else {"": " ".join(error.messages)}
        )
        html = public.drawn(page, version.blocks, given=data, problems=wrong, **told)
        return HttpResponse(html, status=422)
    headers = {
        k.lower().encode(): v.encode("latin-1", "ignore") for k, v in request.headers.items()
    }
    actions_leads.take_lead(version, found, public.sent_with(headers, request.GET.dict(), data))
    return HttpResponse(public.drawn(page, version.blocks, thanks=True, **told))


@require_safe
def picture(request: HttpRequest, key: str) -> HttpResponse:
    """A picture of any page of a brand in use, at an address that nobody guesses.

    It never changes, so who has it is answered 304; but whoever keeps it asks again every few minutes, caches
    in between too: else a brand that was switched off would go on showing for as long as they like.
    """
    with scopes_disabled():
        rows = LandingPicture.objects.filter(workspace__is_active=True)
        row = None if "\0" in key else rows.filter(key=key).first()
    if row is None:
        return HttpResponse("没有这张图", status=404, content_type="text/plain; charset=utf-8")
    etag = f'"{row.key}"'
    kept = {"Cache-Control": f"public, max-age={PICTURE_SECONDS}, must-revalidate", "ETag": etag}
    answer = HttpResponse(bytes(row.data), content_type="image/webp", headers=kept)
    return get_conditional_response(request, etag, response=answer) or answer


@require_safe
def tag(request: HttpRequest) -> HttpResponse:
    """The tag as the edge has it, from here: all brands' pages share this address, none brings a script of its own."""
    answer = HttpResponse(tag_source(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "public, max-age=3600"
    return answer


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "tracking/landing/gone.html", status=404)


def _guarded(response: HttpResponse, page: LandingPage) -> HttpResponse:
    """Scripts from here alone; what the tag tells goes to the brand's link domain."""
    parts = urlsplit(link_base(page.workspace))
    edge = f"{parts.scheme}://{parts.netloc}"
    policy = {
        "default-src": ["'none'"], "script-src": [SELF], "style-src": [SELF],
        "img-src": [SELF, "data:"], "connect-src": [edge], "form-action": [SELF], "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }  # fmt: skip
    guarded: HttpResponse = csp(policy)(lambda request: response)(None)
    guarded["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return guarded
