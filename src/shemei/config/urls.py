"""The map of the house: sign-in outside, every room below its workspace."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("shemei.portal.urls")),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("", include("shemei.apps.accounts.urls_public")),
    *(
        path(
            f"w/<str:workspace_key>/{folder + '/' if folder else ''}",
            include(f"shemei.apps.{room}.urls"),
        )
        for room, folder in settings.ROOMS
    ),
]
