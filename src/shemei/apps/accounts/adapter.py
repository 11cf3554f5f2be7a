"""How allauth meets this house: accounts come from the first start or an invitation alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter

from shemei.apps.accounts.queries import is_first_start

if TYPE_CHECKING:
    from django.http import HttpRequest

INVITATION = "invitation"
"""Session key of the invitation that somebody without an account is about to accept."""


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return INVITATION in request.session or is_first_start()

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Users have no name to sign in with: their e-mail is it."""
