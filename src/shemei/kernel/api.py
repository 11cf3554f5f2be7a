"""The API for programs, mounted at ``/api/v1/``; its OpenAPI document is ``/api/v1/openapi.json``.

A room writes ``api.py`` with ``router = ninja.Router(tags=["订单"])`` and mounts it from its ``apps.py``::

    def ready(self) -> None:
        from shemei.apps.commerce.api import router
        from shemei.kernel.api import api

        api.add_router("/commerce/", router)

An operation finds ``request.workspace`` and ``request.actor`` (the key), runs inside the workspace's scope, and
checks with ``@allow(Permission.ORDERS)`` (``kernel.views``) below the router's decorator. ``@idempotent``, below
that, honours ``Idempotency-Key``. Errors are RFC 9457 problems: raise ``Problem(409, "…")``, ``Http404``,
``Forbidden`` or Django's ``ValidationError``; they are declared on every operation by this module. Do not use
``from __future__ import annotations`` types that exist under ``TYPE_CHECKING`` alone: ninja reads them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from django.core.exceptions import ValidationError as Refused
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema, Status
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser
from ninja.security import HttpBearer

from shemei.kernel.api_words import REFUSALS, where_of, word_of
from shemei.kernel.errors import Recomputing
from shemei.kernel.http import ApiRequest
from shemei.kernel.idempotency import MAX_KEY, Answer, Conflict, once
from shemei.kernel.permissions import Forbidden


class FieldProblem(Schema):
    """One field that is wrong: ``where`` is its path in the request, ``code`` a word that does not change."""

    where: str
    message: str
    code: str = "invalid"


class ProblemOut(Schema):
    """What every refusal looks like (``application/problem+json``): ``code`` for programs, the rest for people."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str = ""
    errors: list[FieldProblem] = []


class Problem(Exception):
    """Raise to refuse: ``Problem(409, "订单号 A-1 已存在。")``."""

    def __init__(self, status: int, detail: str, errors: list[FieldProblem] | None = None) -> None:
        self.status, self.detail, self.errors = status, detail, errors or []
        super().__init__(detail)


def problem(
    status: int, detail: str = "", errors: list[FieldProblem] | None = None
) -> HttpResponse:
    code, title = REFUSALS.get(status, ("failed", "没有完成"))
    told = ProblemOut(title=title, status=status, code=code, detail=detail, errors=errors or [])
    return HttpResponse(
        told.model_dump_json(), status=status, content_type="application/problem+json"
    )


class ApiKeyAuth(HttpBearer):
    """The key was read by ``ApiMiddleware``, which also opened the scope; here it is only demanded."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return getattr(request, "actor", None)


class ShemeiAPI(NinjaAPI):
    """Declares the problems once, for every operation of every room."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        parts = schema.setdefault("components", {}).setdefault("schemas", {})
        shape = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
        parts |= {**shape.pop("$defs"), "Problem": shape}
        for path in schema["paths"].values():
            for operation in path.values():
                operation["responses"] |= _declared()
        return schema


def _declared() -> dict[int, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": title, "content": content}
        for status, (_, title) in REFUSALS.items()
        if status != 405
    }


class PlainParser(Parser):
    """JSON without the NUL character, which PostgreSQL keeps in no text."""

    def parse_body(self, request: HttpRequest) -> Any:
        if b"\\u0000" in request.body:
            raise ValueError("a NUL character in the body")
        return super().parse_body(request)


api = ShemeiAPI(
    title="Shemei 社媒",
    version="1",
    description="密钥在「设置 › 密钥」新建，写在请求头 `Authorization: Bearer …`。金额以分为单位。",
    auth=ApiKeyAuth(),
    parser=PlainParser(),
    docs_url=None,
    urls_namespace="api",
)


@api.exception_handler(Problem)
def _problem(request: HttpRequest, error: Problem) -> HttpResponse:
    return problem(error.status, error.detail, error.errors)


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    hints = {
        400: "请求体不是可读的 JSON，或含有 NUL 字符。",
        401: "请求头要写 Authorization: Bearer 加密钥；密钥可能已停用或过期。请到「设置 › 密钥」核对。",
    }
    return problem(error.status_code, hints.get(error.status_code, str(error)))


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    wrong = []
    for each in error.errors:
        place, *rest = each["loc"]
        given = request.GET.get(str(rest[0]), "") if place == "query" and rest else ""
        code, words = word_of(each, given)
        wrong.append(FieldProblem(where=where_of(each["loc"]), message=words, code=code))
    return problem(422, "有几项填得不对，见 errors。", wrong)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    told = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    wrong = [
        FieldProblem(where=name, message=text) for name, texts in told.items() for text in texts
    ]
    return problem(422, wrong[0].message, wrong)


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, str(error) or "这里没有这条记录。")


@api.exception_handler(Forbidden)
def _forbidden(request: HttpRequest, error: Forbidden) -> HttpResponse:
    return problem(403, str(error))


@api.exception_handler(Recomputing)
def _recomputing(request: HttpRequest, error: Recomputing) -> HttpResponse:
    response = problem(503, str(error))
    response["Retry-After"] = str(error.retry_after)
    return response


@api.exception_handler(Conflict)
def _conflict(request: HttpRequest, error: Conflict) -> HttpResponse:
    return problem(409, str(error))


def idempotent(operation: Callable[..., Any]) -> Callable[..., Any]:
    """Let an operation honour ``Idempotency-Key``; it returns a schema, a dict, or ``(status, either)``."""

    @wraps(operation)
    def guarded(request: ApiRequest, *args: Any, **kwargs: Any) -> Any:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            result = operation(request, *args, **kwargs)
            return Status(*result) if isinstance(result, tuple) else result
        if len(key) > MAX_KEY:
            raise Problem(400, f"Idempotency-Key 最长 {MAX_KEY} 个字符。")
        asked = f"{request.method} {request.path}\n".encode() + request.body
        answer = once(
            request.workspace, key, asked, lambda: _answer(operation(request, *args, **kwargs))
        )
        response = HttpResponse(answer.body, status=answer.status, content_type="application/json")
        if answer.replayed:
            response["Idempotency-Replayed"] = "true"
        return response

    return guarded


def _answer(result: Any) -> Answer:
    status, value = result if isinstance(result, tuple) else (200, result)
    plain = value.model_dump(mode="json") if isinstance(value, Schema) else value
    return Answer(status, orjson.dumps(plain).decode())
