"""The product's own URLs and the gallery below a workspace."""

from __future__ import annotations

from django.urls import include, path

from shemei.config.urls import urlpatterns as product
from tests.portal.gallery import views

gallery = (
    [
        path("board/", views.board, name="board"),
        path("rows/", views.rows, name="rows"),
        path("sequence/", views.sequence, name="sequence"),
        path("form/", views.form, name="form"),
        path("parts/", views.parts, name="parts"),
        path("drawer/<str:key>/", views.drawer, name="drawer"),
        path("toast/", views.say, name="toast"),
    ],
    "gallery",
)
urlpatterns = [*product, path("w/<str:workspace_key>/gallery/", include(gallery))]
