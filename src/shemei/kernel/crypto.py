"""Secrets at rest and keyed hashes. The key is a file outside the database, made at the first start."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import models

from shemei.engines.phones import digits_of
from shemei.kernel.keyfile import load_or_make_key

if TYPE_CHECKING:
    from pathlib import Path


@lru_cache(maxsize=4)
def _fernet(folder: Path) -> Fernet:
    return Fernet(load_or_make_key(folder, "secrets.key"))


def encrypt(text: str) -> str:
    return _fernet(settings.SHEMEI_HOME.keys).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Raises ``ValueError`` where the key does not fit (a restored database without its keys folder)."""
    try:
        return _fernet(settings.SHEMEI_HOME.keys).decrypt(token.encode()).decode()
    except InvalidToken:
        raise ValueError(
            "存的密文解不开：SHEMEI_HOME/keys 不是当初那一份。请从备份里取回 keys 文件夹。"
        ) from None


@lru_cache(maxsize=4)
def _pepper(folder: Path) -> bytes:
    return load_or_make_key(folder, "pepper.key")


def phone_hash(workspace_key: str, phone: str) -> str:
    """A keyed hash of a phone number, different in every workspace; ``""`` for no number."""
    digits = digits_of(phone)[-11:]
    if len(digits) < 7:
        return ""
    return keyed_hash(workspace_key, digits)


def wechat_hash(workspace_key: str, wechat: str) -> str:
    """A keyed hash of a WeChat number as a contact, however it is capitalised; ``""`` for none."""
    return keyed_hash(workspace_key, f"wx:{wechat.lower()}") if wechat else ""


def keyed_hash(workspace_key: str, text: str) -> str:
    """A keyed hash of anything that must be found again but not read, different in every workspace."""
    told = f"{workspace_key}:{text}".encode()
    return hmac.new(_pepper(settings.SHEMEI_HOME.keys), told, hashlib.sha256).hexdigest()[:32]


def identity_hash(workspace_key: str, kind: str, value: str) -> str:
    """A keyed hash of what names a person elsewhere (an openid), different in every workspace."""
    return keyed_hash(workspace_key, f"{kind}:{value}")


class EncryptedTextField(models.TextField):
    """Text that is encrypted in the database and plain on the instance."""

    def from_db_value(
        self, value: str | None, expression: object, connection: object
    ) -> str | None:
        return decrypt(value) if value else value

    def get_prep_value(self, value: str | None) -> str | None:
        return encrypt(value) if value else value
