"""How a long command tells of its progress: one line that moves on a screen, a few lines elsewhere."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def told(*, quiet: bool = False) -> Iterator[Callable[[str, int, int], None]]:
    """Hand out what takes a step, how much of it is done and how much there is; goes to stderr."""
    on_screen, shown = sys.stderr.isatty(), [""]

    def tell(step: str, done: int, total: int) -> None:
        percent = min(100, done * 100 // total) if total else 0
        line = f"{step} {percent}%" if on_screen else step
        if not quiet and line != shown[0]:
            shown[0] = line
            click.echo(f"\r\033[K{line}" if on_screen else line, err=True, nl=not on_screen)

    yield tell
    if on_screen and shown[0] and not quiet:
        click.echo("\r\033[K", err=True, nl=False)
