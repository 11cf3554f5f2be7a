"""Blocks of events as Arrow columns: constants, coded columns and plain arrays, without a Python loop per row."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shemei.demo.people import Floats, Ints
from shemei.warehouse.vocabulary import SCHEMA, Event, visitor_key

_DEFAULTS = Event(kind="", workspace="", ts=0).as_dict()
SHANGHAI_SECONDS = 8 * 3600


def coded(names: Sequence[str], index: Ints) -> pa.Array:
    """The strings ``names[index]``; an index of −1 is ``""``."""
    dictionary = pa.array([*names, ""], pa.string())
    return pc.take(dictionary, pa.array(np.where(index < 0, len(names), index)))


def uuids(rng: np.random.Generator, millis: Ints) -> pa.Array:
    """UUIDv7 text for each moment (RFC 9562), with the random part from the seed."""
    raw = rng.integers(0, 256, (len(millis), 16), dtype=np.uint8)
    raw[:, :6] = millis.astype(">u8").view(np.uint8).reshape(-1, 8)[:, 2:]
    raw[:, 6] = 0x70 | raw[:, 6] & 0x0F
    raw[:, 8] = 0x80 | raw[:, 8] & 0x3F
    text = raw.tobytes().hex()
    return pa.array(
        [
            f"{text[at : at + 8]}-{text[at + 8 : at + 12]}-{text[at + 12 : at + 16]}-{text[at + 16 : at + 20]}-{text[at + 20 : at + 32]}"
            for at in range(0, len(text), 32)
        ]
    )


def ids(prefix: str, count: int, seed: int) -> list[str]:
    """``count`` visitor ids that look like the ones browsers get."""
    raw = np.random.default_rng(seed).bytes(16 * count)
    return [prefix + str(uuid.UUID(bytes=raw[at : at + 16])) for at in range(0, len(raw), 16)]


class Visitors:
    """Visitor ids with their stable hashes, taken by index."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = pa.array([*names, ""])
        self.keys = np.array([*map(visitor_key, names), 0])

    def at(self, index: Ints) -> dict[str, pa.Array]:
        return {
            "visitor": pc.take(
                self.names, pa.array(np.where(index < 0, len(self.keys) - 1, index))
            ),
            "visitor_key": pa.array(self.keys[index]),
        }


def block(
    rng: np.random.Generator,
    midnight: int,
    seconds: Floats,
    workspace: str,
    kind: str,
    **columns: object,
) -> pa.Table:
    """One kind of event: ``seconds`` after the first day's Shanghai ``midnight`` (UTC seconds), the rest as given."""
    count = len(seconds)
    micros = ((midnight + seconds) * 1_000_000).astype(np.int64)
    local = micros // 1_000_000 + SHANGHAI_SECONDS
    given = {
        "kind": kind,
        "workspace": workspace,
        "ts": pa.array(micros).cast(pa.timestamp("us", tz="UTC")),
        "event_id": uuids(rng, micros // 1000),
        "day": _int_days(local // 86_400),
        "week": _int_days(local // 86_400 - (local // 86_400 + 3) % 7),
        **columns,
    }
    return pa.table(
        [
            _column(given.get(field.name, _DEFAULTS[field.name]), field.type, count)
            for field in SCHEMA
        ],
        schema=SCHEMA,
    )


def _int_days(days: Ints) -> Ints:
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    years = dates.astype("datetime64[Y]")
    return (
        (years.astype(int) + 1970) * 10_000
        + ((months - years.astype("datetime64[M]")).astype(int) + 1) * 100
        + (dates - months.astype("datetime64[D]")).astype(int)
        + 1
    )


def _column(value: object, kind: pa.DataType, count: int) -> pa.Array:
    if isinstance(value, pa.Array | pa.ChunkedArray):
        return value.cast(kind)
    if isinstance(value, np.ndarray | list):
        return pa.array(value).cast(kind)
    return pa.repeat(pa.scalar(value, kind), count)
