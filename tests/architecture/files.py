"""The files of the product, read once, and what a rule finds wrong in them."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "shemei"


def named(path: Path) -> str:
    return str(path.relative_to(SOURCE))


@cache
def text_of(path: Path) -> str:
    return path.read_text()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(text_of(path))


def faults(paths: Iterable[Path], wrong: Callable[[Path], Any]) -> dict[str, Any]:
    """By the name of each file that breaks a rule, what is wrong in it: a rule that holds finds nothing.

    One test walks all files. A test for every file and rule were thousands, and handing them out costs
    more than looking.
    """
    return {named(path): found for path in paths if (found := wrong(path))}


def long_lines(path: Path, longest: int) -> list[int]:
    """The numbers of the lines that are longer than this."""
    lines = enumerate(text_of(path).splitlines(), 1)
    return [number for number, line in lines if len(line) > longest]
