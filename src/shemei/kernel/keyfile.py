"""Key files of an installation: made once, outside the database."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet

if TYPE_CHECKING:
    from pathlib import Path


def load_or_make_key(folder: Path, name: str) -> bytes:
    """The key in ``folder/name``; made once, readable by its owner alone, safe when two processes start at once."""
    path = folder / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f".{name}.{os.getpid()}"
    if not path.exists():
        draft.touch(mode=0o600)
        draft.write_bytes(Fernet.generate_key())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_bytes()
