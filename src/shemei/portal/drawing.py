"""Small pictures that the server draws itself: the path of a spark line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Spark:
    """Path data of one spark line: the line, the area below it and the height of the reference."""

    line: str
    area: str
    reference: float | None


def spark(
    values: Sequence[float | None],
    reference: float | None = None,
    *,
    width: int = 120,
    height: int = 30,
) -> Spark | None:
    """Draw ``values`` from left to right; days without a value leave a gap. ``None`` below two values.

    >>> drawn = spark([1, 3, 2])
    >>> drawn.line
    'M0.0 27.0 L60.0 3.0 L120.0 15.0'
    >>> spark([1]) is None
    True
    """
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    bounds = [*known, reference] if reference is not None else known
    low, high = min(bounds), max(bounds)
    step, reach = width / (len(values) - 1), (high - low) or 1

    def y(value: float) -> float:
        return round(height - 3 - (value - low) / reach * (height - 6), 1)

    runs = _runs([None if v is None else (round(i * step, 1), y(v)) for i, v in enumerate(values)])
    line = " ".join(_path(run) for run in runs)
    area = " ".join(f"{_path(run)} L{run[-1][0]} {height} L{run[0][0]} {height}Z" for run in runs)
    return Spark(line, area, None if reference is None else y(reference))


def _runs(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def _path(run: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{'ML'[i > 0]}{x} {y}" for i, (x, y) in enumerate(run))
