"""Pages below ``/w/<workspace>/settings/``."""

from __future__ import annotations

from django.urls import path

from shemei.apps.accounts import views, views_keys

app_name = "accounts"
urlpatterns = [
    path("", views.index, name="settings"),
    path("brand/", views.brand, name="brand"),
    path("brand/attribution/", views.attribution, name="attribution"),
    path("members/", views.members, name="members"),
    path("members/<str:key>/", views.member, name="member"),
    path("members/<str:key>/remove/", views.member_remove, name="member_remove"),
    path("invitations/", views.invitations, name="invitations"),
    path("invitations/new/", views.invitation_new, name="invitation_new"),
    path("invitations/<str:key>/revoke/", views.invitation_revoke, name="invitation_revoke"),
    path("keys/", views_keys.keys, name="keys"),
    path("keys/new/", views_keys.key_new, name="key_new"),
    path("keys/<str:key>/revoke/", views_keys.key_revoke, name="key_revoke"),
    path("keys/<str:key>/take-over/", views_keys.key_take_over, name="key_take_over"),
    path("audit/", views.audit_log, name="audit"),
    path("me/", views_keys.me, name="me"),
    path("me/sign-out-others/", views_keys.sign_out_others, name="sign_out_others"),
]
