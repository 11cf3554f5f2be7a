"""How a command that looks at things tells what it found: for people or as JSON, and by its exit code."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shemei.warehouse.upkeep.checks import Check, State

MARKS: dict[State, str] = {"good": "✓", "warn": "!", "bad": "×"}


def report(found: Sequence[Check], *, as_json: bool, whole: str) -> NoReturn:
    """Print what was found and end the command: 1 where something is bad. ``whole`` is said where nothing is."""
    bad = sum(one.state == "bad" for one in found)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))
    else:
        for one in found:
            _print(one)
        click.echo(f"{bad} 处要处理。" if bad else whole)
    sys.exit(1 if bad else 0)


def _print(one: Check) -> None:
    click.echo(f"{MARKS[one.state]} {one.what}：{one.detail}")
    for line in (*one.wrong, *([f"→ {one.remedy}"] if one.remedy else [])):
        click.echo(f"    {line}")
