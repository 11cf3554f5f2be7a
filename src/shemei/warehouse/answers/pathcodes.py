"""Converting paths read for the models: codes and offsets, cut without a look at any text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from shemei.engines.attribution import PathCounts
from shemei.warehouse.computed.tables import DAY_MICROS, render

if TYPE_CHECKING:
    import numpy.typing as npt

    from shemei.warehouse.answers.asking import View
    from shemei.warehouse.answers.engine import Engine
    from shemei.warehouse.questions import PathTable


@dataclass(frozen=True, slots=True)
class Paths:
    """Converting paths of a period, encoded, order by order as they were bought.

    Attributes
    ----------
    names : tuple of str
        What ``codes`` stand for.
    offsets : array of int64, shape (orders + 1,)
        Where the touches of each order begin.
    codes, hours : arrays, shape (touches,)
        What was touched, and how many hours before the order.
    values, days : arrays, shape (orders,)
        Worth in 分, and the day (yyyymmdd).
    """

    names: tuple[str, ...]
    offsets: npt.NDArray[np.int64]
    codes: npt.NDArray[np.int32]
    values: npt.NDArray[np.float64]
    hours: npt.NDArray[np.float64]
    days: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.values)

    def counts(self, first: int = 0, last: int | None = None) -> PathCounts:
        """Return the orders ``first`` to ``last`` (excluded) as the engine wants them."""
        stop = len(self) if last is None else last
        a, b = self.offsets[first], self.offsets[stop]
        ones = np.ones(stop - first)
        return PathCounts(
            names=self.names,
            offsets=self.offsets[first : stop + 1] - a,
            codes=self.codes[a:b],
            conversions=ones,
            values=self.values[first:stop],
            nulls=np.zeros(stop - first),
            hours=self.hours[a:b],
        )


def read_paths(engine: Engine, question: PathTable, by: str) -> Paths:
    """Return the paths of a period by one dimension: sorted by numbers, cut into orders here."""
    rows = _alone_or_not_direct(engine.read(lambda view: _codes_sql(view, question, by)))
    coded = rows[by].combine_chunks().dictionary_encode()
    starts = _starts(rows)
    heads = rows.select(["day", "value"]).take(pa.array(starts))
    return Paths(
        names=tuple(coded.dictionary.to_pylist()),
        offsets=np.append(starts, rows.num_rows).astype(np.int64),
        codes=coded.indices.to_numpy().astype(np.int32),
        values=heads["value"].to_numpy().astype(np.float64),
        hours=rows["hours_before"].to_numpy().astype(np.float64),
        days=heads["day"].to_numpy().astype(np.int64),
    )


def _alone_or_not_direct(rows: pa.Table) -> pa.Table:
    """Leave out direct visits, except of orders that have nothing else."""
    direct = rows["direct"].to_numpy() == 1
    if not direct.any():
        return rows
    starts = _starts(rows)
    only = np.logical_and.reduceat(direct, starts)
    kept = ~direct | np.repeat(only, np.diff(np.append(starts, rows.num_rows)))
    return rows.filter(pa.array(kept))


def _starts(rows: pa.Table) -> npt.NDArray[np.int64]:
    """Return where each order begins: in another part, or at another place of it, than the row before."""
    fresh = np.ones(rows.num_rows, bool)
    part, sale = rows["part"].to_numpy(), rows["sale"].to_numpy()
    fresh[1:] = (part[1:] != part[:-1]) | (sale[1:] != sale[:-1])
    return np.flatnonzero(fresh)


def _codes_sql(view: View, question: PathTable, by: str) -> str:
    values: dict[str, str | int] = {
        **view.common(question),
        "by": f"p.{by} AS {by}",
        "paths": view.source("paths", question.first, question.last),
        "orders": view.source("orders"),
        "lookback_micros": question.lookback_days * DAY_MICROS,
    }
    return render("path_codes", values)
