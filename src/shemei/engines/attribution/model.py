"""The values that go into attribution and come out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

Ints = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.float64]

MODELS: Final = ("first", "last", "linear", "time_decay", "position", "markov", "shapley")
LARGEST_COUNT: Final = 2.0**53
"""Above this a double no longer tells one from the next."""


@dataclass(frozen=True, slots=True)
class Credit:
    """What one channel is credited with.

    Attributes
    ----------
    conversions : float
        Its share of the observed conversions.
    value : float
        Its share of the observed value, in the unit of the input.
    """

    conversions: float
    value: float


@dataclass(frozen=True, slots=True)
class Totals:
    """What was observed, before anything is shared out."""

    conversions: float
    value: float
    nulls: float

    @property
    def journeys(self) -> float:
        """Journeys seen, converting or not."""
        return self.conversions + self.nulls

    @property
    def conversion_rate(self) -> float:
        """Converting journeys over all journeys; 0 without journeys."""
        return self.conversions / self.journeys if self.journeys else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class PathCounts:
    """Paths of touches with how often each converted, encoded for arithmetic.

    Path ``i`` is ``codes[offsets[i]:offsets[i + 1]]``, oldest touch first. The same path may occur
    more than once: every model adds paths up.

    Parameters
    ----------
    names : tuple of str
        Channel (or content, or creator) behind each code.
    offsets : integer array, shape (paths + 1,)
        Where each path begins; the last entry is ``len(codes)``.
    codes : integer array, shape (touches,)
        Index into ``names`` of each touch.
    conversions, values, nulls : array, shape (paths,)
        Journeys along the path that converted, their total value, journeys that did not convert.
    hours : array, shape (touches,), optional
        Hours from each touch to the conversion; only time decay needs them.

    Raises
    ------
    ValueError
        When shapes disagree, a path is empty, a code has no name, a number is negative, missing or
        too large to count exactly, or a value stands without a conversion.

    Examples
    --------
    >>> paths = PathCounts.of([["wechat", "weibo"], ["weibo"]], [2, 0], [90.0, 0.0], [1, 4])
    >>> paths.names, paths.codes.tolist(), paths.offsets.tolist()
    (('wechat', 'weibo'), [0, 1, 1], [0, 2, 3])
    >>> paths.totals.conversion_rate
    0.2857142857142857
    """

    names: tuple[str, ...]
    offsets: Ints
    codes: Ints
    conversions: Floats
    values: Floats
    nulls: Floats
    hours: Floats | None = None

    def __post_init__(self) -> None:
        self._check_shape()
        for name in ("conversions", "values", "nulls"):
            numbers = getattr(self, name)
            if len(numbers) != len(self):
                raise ValueError(f"{name} has {len(numbers)} entries for {len(self)} paths")
            if not ((numbers >= 0) & (numbers <= LARGEST_COUNT)).all():
                raise ValueError(f"{name} must be numbers from 0 to 2**53")
        if (self.values[self.conversions == 0] > 0).any():
            raise ValueError("a path has value but no conversion")

    def _check_shape(self) -> None:
        offsets, codes = self.offsets, self.codes
        if len(offsets) == 0 or offsets[0] != 0 or offsets[-1] != len(codes):
            raise ValueError("offsets must begin with 0 and end with the number of touches")
        if (np.diff(offsets) < 1).any():
            raise ValueError("a path has no touch")
        if len(codes) and not (codes.min() >= 0 and codes.max() < len(self.names)):
            raise ValueError("a code has no name")
        if self.hours is not None:
            if len(self.hours) != len(codes):
                raise ValueError(f"hours has {len(self.hours)} entries for {len(codes)} touches")
            if not ((self.hours >= 0) & np.isfinite(self.hours)).all():
                raise ValueError("hours before conversion must be numbers from 0")

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> Ints:
        """Touches of each path."""
        return np.diff(self.offsets)

    @property
    def totals(self) -> Totals:
        """Conversions, value and nulls over all paths."""
        return Totals(*(float(part.sum()) for part in (self.conversions, self.values, self.nulls)))

    def converting(self) -> PathCounts:
        """Return only the paths that converted, under the same names.

        Examples
        --------
        >>> PathCounts.of([["a", "b"], ["b"]], [0, 2], nulls=[9, 1]).converting().codes.tolist()
        [1]
        """
        kept = self.conversions > 0
        touches = np.repeat(kept, self.lengths)
        return PathCounts(
            names=self.names,
            offsets=np.concatenate([[0], np.cumsum(self.lengths[kept])]),
            codes=self.codes[touches],
            conversions=self.conversions[kept],
            values=self.values[kept],
            nulls=self.nulls[kept],
            hours=None if self.hours is None else self.hours[touches],
        )

    @classmethod
    def of(
        cls,
        paths: Sequence[Sequence[str]],
        conversions: Sequence[float],
        values: Sequence[float] | None = None,
        nulls: Sequence[float] | None = None,
        hours: Sequence[Sequence[float]] | None = None,
    ) -> PathCounts:
        """Encode paths given as lists of names; for small inputs, examples and tests.

        Examples
        --------
        >>> PathCounts.of([["a", "b", "a"]], [1], hours=[[48, 24, 0]]).hours.tolist()
        [48.0, 24.0, 0.0]
        """
        codes: dict[str, int] = {}
        flat = [codes.setdefault(name, len(codes)) for path in paths for name in path]
        return cls(
            names=tuple(codes),
            offsets=np.cumsum([0, *(len(path) for path in paths)]),
            codes=np.array(flat, np.int32),
            conversions=np.array(conversions, np.float64),
            values=np.array(values if values is not None else [0.0] * len(paths), np.float64),
            nulls=np.array(nulls if nulls is not None else [0.0] * len(paths), np.float64),
            hours=None
            if hours is None
            else np.array([hour for path in hours for hour in path], np.float64),
        )


def total_by(keys: Ints, weights: Floats, size: int) -> Floats:
    """Add up ``weights`` by key, 0 to ``size - 1``.

    Examples
    --------
    >>> total_by(np.array([1, 1, 2]), np.array([2.0, 3.0, 0.5]), 4).tolist()
    [0.0, 5.0, 0.5, 0.0]
    """
    return np.bincount(keys, weights, minlength=size).astype(np.float64, copy=False)
