"""What a command that looks at things tells: a list of findings, for people or as JSON, and its exit code."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal, NoReturn

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shemei.warehouse.verify import Check

State = Literal["good", "warn", "bad"]
MARKS: dict[State, str] = {"good": "✓", "warn": "!", "bad": "×"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what it is, how it is, what to do where it is not good, and which ones are wrong."""

    what: str
    state: State
    detail: str
    remedy: str = ""
    wrong: tuple[str, ...] = ()

    @classmethod
    def of(cls, check: Check) -> Finding:
        return cls(check.what, check.state, check.detail, check.remedy, check.wrong)


def report(found: Sequence[Finding], *, as_json: bool, whole: str) -> NoReturn:
    """Print the findings and end the command: 1 where something is bad. ``whole`` is said where nothing is."""
    bad = sum(one.state == "bad" for one in found)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))
    else:
        for one in found:
            _print(one)
        click.echo(f"{bad} 处要处理。" if bad else whole)
    sys.exit(1 if bad else 0)


def _print(one: Finding) -> None:
    click.echo(f"{MARKS[one.state]} {one.what}：{one.detail}")
    for line in (*one.wrong, *([f"→ {one.remedy}"] if one.remedy else [])):
        click.echo(f"    {line}")
