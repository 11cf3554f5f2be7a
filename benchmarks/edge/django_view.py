"""The peer: one small Django application, no middleware, no database, storing nothing."""

from __future__ import annotations

import json
import os
import uuid

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

settings.configure(
    DEBUG=False, SECRET_KEY="benchmark", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=[]
)
LINKS = {
    f"c{n:06d}": f"https://shop.example.cn/p/{n}?sku={n}&utm_source=xhs&utm_campaign=double11"
    for n in range(int(os.environ.get("LINKS", "100000")))
}


async def redirect(request: HttpRequest, code: str) -> HttpResponse:
    """Look the code up, add a click id, set the visitor's cookie."""
    target = LINKS.get(code)
    if target is None:
        return HttpResponse(status=404)
    answer = HttpResponse(status=302, headers={"Location": f"{target}&_c={uuid.uuid4()}"})
    visitor = request.COOKIES.get("_sv") or uuid.uuid4().hex
    answer.set_cookie("_sv", visitor, max_age=31_536_000, httponly=True, samesite="Lax")
    return answer


async def collect(request: HttpRequest) -> HttpResponse:
    """Read the event and forget it."""
    event = json.loads(request.body)
    return JsonResponse({"accepted": 1 if event["site"] else 0}, status=202)


urlpatterns = [path("r/<str:code>", redirect), path("e", collect)]
application = get_asgi_application()
