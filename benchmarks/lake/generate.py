"""Makes days of a large brand's log: the same events for the same number and day, column by column.

A day is sessions of people who came before or come for the first time, newcomers more often. A
session is a visit, mostly by a short link, then pages, a like, a lead, an order. Links live for
sixty days and belong to one post each. About one event in fifty is an order, and nearly every order
has touches that lead to it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from shemei.warehouse.vocabulary import SCHEMA, Event, int_day, week_of

if TYPE_CHECKING:
    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]

WORKSPACE = "bench"
FIRST = date(2026, 6, 1)
DAYS = 180
LAST = FIRST + timedelta(DAYS - 1)
PER_SESSION = 4.68
"""Events of a session on average."""

CHANNELS = ("xhs", "douyin", "wechat", "weibo", "bilibili", "kuaishou", "search_ads", "sms")
SHARES = (0.26, 0.24, 0.2, 0.1, 0.08, 0.06, 0.04, 0.02)
LINKS, LINK_DAYS = 20_000, 60
CONTENTS, CREATORS, CAMPAIGNS = 8_000, 600, 24
ENGAGE = ("like", "comment", "share", "collect")
WANTS = ("lead", "add_friend", "claim", "custom")
DAY_MICROS = 86_400_000_000
_HEX = np.frombuffer("".join(f"{n:02x}" for n in range(256)).encode(), np.uint8).reshape(256, 2)
_UUID = np.array([n for n in range(36) if n not in (8, 13, 18, 23)])


@dataclass(frozen=True)
class Brand:
    """A brand with about ``events`` events in 180 days; everything follows from that number."""

    events: int

    @property
    def sessions(self) -> int:
        """Sessions of a day."""
        return round(self.events / DAYS / PER_SESSION)

    @property
    def people(self) -> int:
        """Everybody who ever comes."""
        return self.events // 16

    @cached_property
    def visitors(self) -> tuple[pa.Array, Ints]:
        """Browsers with their keys: one of everybody, then one inside an app for one in four."""
        raw = _random_bytes(self.people + self.people // 4, 1)
        texts = _texts(_HEX[raw].reshape(len(raw), 32))
        return texts, _keys(texts)

    @cached_property
    def customers(self) -> pa.Array:
        """What the shop calls people."""
        return pa.array([f"c{n:08d}" for n in range(self.people)])

    @cached_property
    def links(self) -> dict[str, pa.Array]:
        """Dimensions of each link, and of none at all at the end."""
        rng = np.random.default_rng(2)
        channel = rng.choice(len(CHANNELS), LINKS, p=SHARES)
        columns = {
            "channel": _named(CHANNELS, channel),
            "platform": _named(CHANNELS, channel),
            "platform_account": _named([f"acc-{name}" for name in CHANNELS], channel),
            "content": _numbered("post", rng.integers(0, CONTENTS, LINKS)),
            "creator": _numbered("kol", rng.integers(0, CREATORS, LINKS)),
            "campaign": _numbered("camp", rng.integers(0, CAMPAIGNS, LINKS)),
            "link": _numbered("link", np.arange(LINKS)),
        }
        none = {"channel": ["direct", "search"], "platform": ["site", "site"]}
        return {
            name: pa.concat_arrays([column, pa.array(none.get(name, ["", ""]))])
            for name, column in columns.items()
        }

    def day(self, number: int) -> pa.Table:
        """Return the events of day ``number`` (from 0), in the schema of the log."""
        return _Day(self, number).table()


def _named(names: tuple[str, ...] | list[str], codes: Ints) -> pa.Array:
    return pa.array(names).take(pa.array(codes))


def _numbered(word: str, numbers: Ints) -> pa.Array:
    return pa.array([f"{word}-{n:05d}" for n in numbers.tolist()])


def _random_bytes(rows: int, seed: int) -> npt.NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (rows, 16), np.uint8)


def _texts(letters: npt.NDArray[np.uint8]) -> pa.Array:
    """Return rows of ASCII letters, all of one width, as texts."""
    rows, width = letters.shape
    offsets = np.arange(rows + 1, dtype=np.int32) * width
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(letters))]
    return pa.Array.from_buffers(pa.string(), rows, buffers)


def _keys(texts: pa.Array) -> Ints:
    """Return what ``vocabulary.visitor_key`` gives for each."""
    data, hashed = texts.buffers()[2].to_pybytes(), hashlib.blake2b
    digests = b"".join(
        hashed(data[at : at + 32], digest_size=8).digest() for at in range(0, len(data), 32)
    )
    return (np.frombuffer(digests, ">u8") >> 1).astype(np.int64)


def _uuids(rng: np.random.Generator, ts: Ints) -> pa.Array:
    raw = rng.integers(0, 256, (len(ts), 16), np.uint8)
    millis = (ts // 1000).astype(">u8").view(np.uint8).reshape(len(ts), 8)
    raw[:, :6] = millis[:, 2:]
    raw[:, 6] = 0x70 | raw[:, 6] & 0x0F
    raw[:, 8] = 0x80 | raw[:, 8] & 0x3F
    letters = np.full((len(ts), 36), ord("-"), np.uint8)
    letters[:, _UUID] = _HEX[raw].reshape(len(ts), 32)
    return _texts(letters)


class _Day:
    """The sessions of one day, and the events they are made of."""

    def __init__(self, brand: Brand, number: int) -> None:
        self.brand, self.number = brand, number
        self.rng = rng = np.random.default_rng((3, number))
        self.date = FIRST + timedelta(number)
        midnight = (self.date - date(1970, 1, 1)).days * DAY_MICROS - 8 * 3_600_000_000
        size = brand.sessions
        pool = brand.people * (0.3 + 0.7 * number / DAYS)
        self.person = ((1 - rng.random(size) ** 1.5) * (pool - 1)).astype(np.int64)
        self.start = midnight + (rng.beta(2.5, 1.8, size) * (DAY_MICROS * 0.93)).astype(np.int64)
        self.clicked = rng.random(size) < 0.6
        self.link = np.where(self.clicked, self._links(size), LINKS + (rng.random(size) < 0.3))
        self.click_id = _uuids(rng, self.start)

    def _links(self, size: int) -> Ints:
        """Draw from the links that live today, the most popular first."""
        per_day = LINKS / (DAYS + LINK_DAYS)
        oldest, alive = round(self.number * per_day), round(LINK_DAYS * per_day)
        place = (self.rng.random(size) ** 3 * alive).astype(np.int64)
        return (oldest + (place * 7919) % alive) % LINKS

    def table(self) -> pa.Table:
        parts = [
            self._part("impression", self._some(0.25), 0, app=True),
            self._part("click", self.clicked, 60, app=True, suspect=0.03, click=True),
            self._part("visit", self._all(), 62, click=True),
            self._part("view", self._views(), 70, spread=900),
            self._part("engage", self._some(0.15), 90, spread=600, words=("action", ENGAGE)),
            self._part("", self._some(0.12), 300, spread=900, words=("kind", WANTS), known=True),
            self._order(),
            self._part("invite", self._some(0.01), 2400, spread=900),
            self._spend(),
        ]
        return pa.concat_tables(parts)

    def _all(self) -> Ints:
        return np.arange(len(self.person))

    def _some(self, share: float) -> Ints:
        return np.flatnonzero(self.rng.random(len(self.person)) < share)

    def _views(self) -> Ints:
        return np.repeat(self._all(), self.rng.poisson(2.4, len(self.person)))

    def _part(
        self,
        kind: str,
        at: Any,
        after: int,
        *,
        spread: int = 0,
        app: bool = False,
        suspect: float = 0,
        click: bool = False,
        known: bool = False,
        words: tuple[str, tuple[str, ...]] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> pa.Table:
        """Return events of some sessions, so many seconds after these began."""
        rng, at = self.rng, np.flatnonzero(at) if at.dtype == bool else at
        size = len(at)
        ts = self.start[at] + after * 1_000_000 + rng.integers(0, spread * 1_000_000 + 1, size)
        person = self.person[at]
        browser = np.where(app & (person % 4 == 0), self.brand.people + person // 4, person)
        browser = np.minimum(browser, len(self.brand.visitors[0]) - 1)
        columns: dict[str, Any] = {"kind": pa.repeat(kind, size)}
        if words:
            columns[words[0]] = _named(words[1], rng.integers(0, len(words[1]), size))
        if suspect:
            columns["suspect"] = _named(("", "crawler"), (rng.random(size) < suspect) * 1)
        if click:
            ids = self.click_id.take(pa.array(at))
            columns["click_id"] = pa.array(
                np.where(self.clicked[at], ids.to_numpy(zero_copy_only=False), ""), pa.string()
            )
        if known:
            columns["customer"] = self.brand.customers.take(pa.array(person))
        columns |= {name: c.take(pa.array(self.link[at])) for name, c in self.brand.links.items()}
        columns["visitor"] = self.brand.visitors[0].take(pa.array(browser))
        columns["visitor_key"] = self.brand.visitors[1][browser]
        return self._whole(ts, {**columns, **(extra or {})})

    def _order(self) -> pa.Table:
        at = self._some(0.1)
        codes = np.where(self.rng.random(len(at)) < 0.1, self.person[at] % 200, 200)
        names = [*(f"CODE{n:03d}" for n in range(200)), ""]
        return self._part(
            "order", at, 1200, spread=1200, known=True,
            extra={
                "order_id": pa.array([f"NO{self.number:03d}{n:07d}" for n in at.tolist()]),
                "amount": (self.rng.gamma(2.0, 9_000, len(at)) + 900).astype(np.int64),
                "promo_code": _named(tuple(names), codes),
                "source": pa.repeat("shop", len(at)),
            },
        )  # fmt: skip

    def _spend(self) -> pa.Table:
        chosen = pa.array(np.unique(self._links(300)))
        ts = np.full(len(chosen), self.start.min(), np.int64)
        columns: dict[str, Any] = {n: c.take(chosen) for n, c in self.brand.links.items()}
        columns["kind"] = pa.repeat("spend", len(chosen))
        columns["amount"] = self.rng.integers(1_000, 80_000, len(chosen))
        return self._whole(ts, columns)

    def _whole(self, ts: Ints, columns: dict[str, Any]) -> pa.Table:
        day = int_day(self.date)
        fixed = {"workspace": WORKSPACE, "day": day, "week": week_of(day), "device": "phone"}
        made: dict[str, Any] = {"ts": ts, "event_id": _uuids(self.rng, ts), **columns}
        return pa.table([_column(item, made, fixed, len(ts)) for item in SCHEMA], schema=SCHEMA)


def _column(field: pa.Field, made: dict[str, Any], fixed: dict[str, Any], size: int) -> pa.Array:
    if field.name in made:
        column = made[field.name]
        return column if isinstance(column, pa.Array) else pa.array(column, field.type)
    default = Event.__dataclass_fields__[field.name].default
    value = fixed.get(field.name, default if isinstance(default, str | int) else "{}")
    return pa.repeat(pa.scalar(value, field.type), size)
