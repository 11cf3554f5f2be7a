"""One thing looked at, as ``shemei verify`` and ``shemei doctor`` tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
