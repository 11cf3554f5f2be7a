"""Keys in a backup: encrypted with a word that only people know."""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING

import click
import orjson
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

if TYPE_CHECKING:
    from pathlib import Path

SALT = 16
SHORTEST = 8


def read_word(file: Path | None, *, confirm: bool) -> str:
    """The word from a file, else asked for; too short a one is refused."""
    word = (
        file.read_text().strip()
        if file
        else str(click.prompt("口令", hide_input=True, confirmation_prompt=confirm, err=True))
    )
    if len(word) < SHORTEST:
        raise click.ClickException(f"口令至少 {SHORTEST} 个字符。")
    return word


def _cipher(word: str, salt: bytes) -> Fernet:
    key = Scrypt(salt=salt, length=32, n=1 << 15, r=8, p=1).derive(word.encode())
    return Fernet(base64.urlsafe_b64encode(key))


def seal(keys: Path, word: str) -> bytes:
    """Encrypt all files of the folder of keys."""
    salt = os.urandom(SALT)
    held = {path.name: path.read_bytes().decode("latin-1") for path in keys.glob("*.key")}
    return salt + _cipher(word, salt).encrypt(orjson.dumps(held))


def unseal(sealed: bytes, word: str, keys: Path) -> list[str]:
    """Write the keys back, readable by the owner alone; returns their names."""
    try:
        held = orjson.loads(_cipher(word, sealed[:SALT]).decrypt(sealed[SALT:]))
    except InvalidToken:
        raise click.ClickException("口令不对，钥匙没有恢复。") from None
    keys.mkdir(mode=0o700, exist_ok=True)
    for name, text in held.items():
        fd = os.open(keys / name, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(fd, "wb") as file:
            file.write(text.encode("latin-1"))
    return sorted(held)
