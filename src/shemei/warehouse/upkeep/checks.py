"""One thing looked at, as ``shemei verify`` and ``shemei doctor`` tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from shemei.warehouse.home import Home

State = Literal["good", "warn", "bad"]
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes
    ----------
    what : str
        Its name.
    state : str
        ``bad`` must be dealt with, ``warn`` waits for a person.
    detail : str
        How it is, in numbers.
    wrong : tuple of str
        The first few that are not as they should be.
    remedy : str
        What to do; "" where all is well.
    """

    what: str
    state: State
    detail: str
    wrong: tuple[str, ...] = ()
    remedy: str = ""


def run_all(checks: Iterable[Callable[[Home], Iterator[Check]]], home: Home) -> list[Check]:
    """What every check finds of a home; one that breaks is itself a finding, the others go on."""
    return [found for check in checks for found in _guarded(check, home)]


def _guarded(check: Callable[[Home], Iterator[Check]], home: Home) -> Iterator[Check]:
    try:
        yield from check(home)
    except Exception as error:  # whatever it is, it is told
        detail, remedy = f"检查没有做完：{error}", "请把这一行连同版本号报给维护者。"
        yield Check(check.__name__.strip("_"), "bad", detail, remedy=remedy)
