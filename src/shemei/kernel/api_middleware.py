"""Reads the key of every request below ``/api/`` and runs the operation inside its brand's scope."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django_scopes import scope

from shemei.kernel.actor import Actor
from shemei.kernel.api import problem
from shemei.kernel.http import place
from shemei.kernel.throttle import Bucket
from shemei.kernel.urls import holds_nul
from shemei.kernel.workspace import Workspace

BUCKET = Bucket("api", burst=120, per_second=20)
KeyReader = Callable[[str], tuple[Workspace, Actor] | None]
_readers: list[KeyReader] = []


def read_keys_with(reader: KeyReader) -> None:
    """The accounts room hands in how a secret becomes a brand and an actor."""
    _readers.append(reader)


class ApiMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/api/"):
            return self.get_response(request)
        place(request)
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        known = _owner_of(secret.strip()) if scheme.lower() == "bearer" else None
        if known is None:
            return _as_problem(self.get_response(request))
        workspace, actor = known
        place(request, workspace=workspace, actor=actor)
        if wait := BUCKET.take(actor.id):
            return _too_many(wait)
        if holds_nul(request):
            return problem(400, "网址里有不能用的字符（NUL）。")
        with scope(workspace=workspace):
            return _as_problem(self.get_response(request))


def _owner_of(secret: str) -> tuple[Workspace, Actor] | None:
    return next((known for reader in _readers if (known := reader(secret))), None)


def _too_many(wait: float) -> HttpResponse:
    seconds = int(wait) + 1
    response = problem(429, f"每把密钥每秒 {BUCKET.per_second} 次。请 {seconds} 秒后再试。")
    response["Retry-After"] = str(seconds)
    return response


def _as_problem(response: HttpResponse) -> HttpResponse:
    """What Django itself refuses or breaks on comes as HTML; programs get a problem instead."""
    if response.status_code >= 400 and "json" not in response.get("Content-Type", ""):
        return problem(response.status_code)
    return response
