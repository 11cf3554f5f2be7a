"""What a password must be, said in this house's words."""

from __future__ import annotations

from django.contrib.auth import password_validation as django


class MinimumLength(django.MinimumLengthValidator):
    def get_error_message(self) -> str:
        return f"密码太短，至少要 {self.min_length} 个字符。"


class NotCommon(django.CommonPasswordValidator):
    def get_error_message(self) -> str:
        return "这个密码太常见，容易被猜到。请换一个。"


class NotOneself(django.UserAttributeSimilarityValidator):
    def get_error_message(self) -> str:
        return "密码和%(verbose_name)s太像。请换一个。"
