"""The map of the house: sign-in outside, every room below its workspace."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

from shemei.kernel.api import api

urlpatterns = [
    path("", include("shemei.portal.urls")),
    path("account/", include("shemei.apps.accounts.urls_sign_in")),
    path("", include("shemei.apps.accounts.urls_public")),
    path("shared/", include("shemei.apps.insight.urls_public")),
    path("p/", include("shemei.apps.tracking.landing.urls_public")),
    path("hooks/", include("shemei.apps.commerce.urls_public")),
    path("api/v1/", api.urls),
    path("w/<str:workspace_key>/imports/", include("shemei.kernel.imports.urls")),
    *(
        path(
            f"w/<str:workspace_key>/{folder + '/' if folder else ''}",
            include(f"shemei.apps.{room}.urls"),
        )
        for room, folder in settings.ROOMS
    ),
]
