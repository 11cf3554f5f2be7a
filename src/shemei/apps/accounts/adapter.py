"""How allauth meets this house: accounts come from the first start or an invitation alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter

from shemei.apps.accounts.queries import is_first_start
from shemei.kernel import crypto

if TYPE_CHECKING:
    from django.http import HttpRequest

INVITATION = "invitation"
"""Session key of the invitation that somebody without an account is about to accept."""


class AccountAdapter(DefaultAccountAdapter):
    error_messages: ClassVar = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "邮箱或密码不对。请核对大小写，或点「忘记密码」重设。",
        "too_many_login_attempts": "错得太多，先停几分钟。稍后再试，或重设密码。",
        "rate_limited": "点得太快，先停一会儿再试。",
        "incorrect_password": "密码不对。请核对大小写再试。",
        "enter_current_password": "现在的密码不对。请核对后再填。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return INVITATION in request.session or is_first_start()

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Users have no name to sign in with: their e-mail is it."""


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of the second step are ciphertext in the database: a copy of it alone opens nothing."""

    error_messages: ClassVar = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "验证码不对。请看验证器上最新的 6 位数字。",
    }

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text)
