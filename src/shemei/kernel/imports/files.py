"""Where uploads lie while they are on their way in: ``<home>/media/imports/<batch key>/``, private, for a time."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path
from typing import IO

from django.conf import settings

SOURCE = "source"
STAGE = "stage.sqlite3"
ERRORS = "errors.csv"
MAX_UPLOAD = 512 * 1024 * 1024


def folder(key: str) -> Path:
    return Path(settings.SHEMEI_HOME.media) / "imports" / key


def make(key: str) -> Path:
    made = folder(key)
    made.mkdir(mode=0o700, parents=True, exist_ok=True)
    return made


def store(source: IO[bytes], target: Path) -> tuple[str, int]:
    """Copy a stream to ``target``; returns its SHA-256 and size."""
    digest, size = hashlib.sha256(), 0
    with target.open("wb") as sink:
        while chunk := source.read(1 << 20):
            digest.update(chunk)
            size += len(chunk)
            sink.write(chunk)
    return digest.hexdigest(), size


def safe_name(name: str) -> str:
    """The last part of a file name, without what a file system or a page could trip over."""
    leaf = name.replace("\\", "/").rsplit("/", 1)[-1]
    return re.sub(r"[\x00-\x1f<>:\"|?*]", "_", leaf)[-160:] or "文件"


def drop_source(key: str) -> None:
    """Forget the upload and the staged rows; the error file stays for the person to fetch."""
    for file in folder(key).glob("*"):
        if file.name != ERRORS:
            file.unlink(missing_ok=True)


def drop_all(key: str) -> None:
    shutil.rmtree(folder(key), ignore_errors=True)
