"""Who came to the demo company's landing page by three short links, in two variants, and who left a contact."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import orjson
import pyarrow as pa

from shemei.apps.tracking.facts import LeadLeft
from shemei.apps.tracking.landing.models import LandingPage, LandingVersion, Lead
from shemei.apps.tracking.models import Link
from shemei.demo.events import REGIONS
from shemei.demo.orders import keys
from shemei.demo.plan import DAYS, Plan
from shemei.demo.sheet import Visitors, block, coded, ids, uuids
from shemei.kernel.crypto import phone_hash
from shemei.warehouse.vocabulary import SHANGHAI, Event, to_ts

PAGE_URL = "https://shop.yuhe.example/p/huanji"
DAYS_UP = 32
A_DAY = 52
"""People who click, on an ordinary day."""
ARRIVE = 0.93
LETTERS = ("A", "B")
LEAVE = (0.052, 0.094)
"""The share that leaves a contact, by variant."""
WAYS = (
    ("试用装 · 小红书评论置顶", "xhs", "评论区置顶", "xhs", "social", 0.52),
    ("试用装 · 公众号菜单", "wechat", "公众号菜单", "wechat", "social", 0.30),
    ("试用装 · 包裹里的卡片", "other", "包裹卡", "other", "offline", 0.18),
)
"""Name, platform, place, source, medium of each short link, and its share of the people."""
CHANNELS = ("xhs", "wechat", "offline")
APPS = ("xhs", "wechat", "wechat")
SKINS = ("干皮", "油皮", "敏感肌")
NAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林"
CALLED_AFTER = 36 * 3600.0


@dataclass
class Trial:
    """Draws whole days, so that a later hour of the same day adds people and changes none."""

    plan: Plan
    page: LandingPage
    midnight: int
    until: float
    seed: int
    rng: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.rng = rng = np.random.default_rng(self.seed)
        day = np.repeat(np.arange(DAYS - DAYS_UP, DAYS), rng.poisson(A_DAY, DAYS_UP))
        count = len(day)
        self.seconds = (day + rng.beta(4.0, 2.2, count)) * 86_400.0
        self.way = rng.choice(len(WAYS), count, p=[way[5] for way in WAYS])
        self.letter = rng.integers(0, len(LETTERS), count)
        self.phone = rng.integers(0, 2, count)
        self.region = rng.integers(0, len(REGIONS), count)
        self.arrives = rng.random(count) < ARRIVE
        self.leaves = self.arrives & (rng.random(count) < np.array(LEAVE)[self.letter])
        self.sent = self.seconds + 25 + rng.exponential(70.0, count)
        self.mobile = rng.choice(10**8, count, replace=False)
        self.keys = keys(rng, count)
        self.link_keys = keys(rng, len(WAYS))
        self.click_ids = uuids(rng, ((self.midnight + self.seconds) * 1000).astype(np.int64))
        self.visitors = Visitors(ids("l.", count, self.seed + 1))

    def moment(self, seconds: float) -> datetime:
        return datetime.fromtimestamp(self.midnight + float(seconds), SHANGHAI)

    def put_up(self) -> None:
        """The short links, and the page as if it had been up all the while."""
        begun, campaign = self.moment((DAYS - DAYS_UP) * 86_400), self.page.campaign
        Link.objects.bulk_create(
            Link(
                workspace=self.page.workspace, key=key, code=key[:7], name=name, url=PAGE_URL,
                platform=platform, spot=spot, campaign=campaign, utm_source=source,
                utm_medium=medium, utm_campaign=self._utm, created_at=begun,
            )
            for key, (name, platform, spot, source, medium, _) in zip(
                self.link_keys, WAYS, strict=True
            )
        )  # fmt: skip
        LandingPage.objects.filter(pk=self.page.pk).update(created_at=begun)
        LandingVersion.objects.filter(variant__page=self.page).update(created_at=begun)

    @property
    def _utm(self) -> str:
        return self.page.campaign.utm_campaign if self.page.campaign else ""

    def tables(self) -> list[pa.Table]:
        """The clicks on the links, and the visits they became."""
        everybody, here = np.arange(len(self.seconds)), np.flatnonzero(self.arrives)
        props = [
            orjson.dumps({"landing": self.page.key, "variant": letter}).decode()
            for letter in LETTERS
        ]
        return [
            self._block(everybody, "click", 0.0, source="edge", link=coded(self.link_keys, self.way)),
            self._block(
                here, "visit", 2.0, source="tag", batch=self.page.key, page=f"/p/{self.page.slug}",
                props=coded(props, self.letter[here]),
            ),
        ]  # fmt: skip

    def _block(self, rows: np.ndarray, kind: str, after: float, **columns: object) -> pa.Table:
        seconds, way = self.seconds[rows] + after, self.way[rows]
        made = block(
            self.rng, self.midnight, seconds, self.plan.workspace_key, kind,
            click_id=self.click_ids.take(pa.array(rows)),
            campaign=self.page.campaign.key if self.page.campaign else "",
            platform=coded([one[1] for one in WAYS], way),
            utm_source=coded([one[3] for one in WAYS], way),
            utm_medium=coded([one[4] for one in WAYS], way),
            utm_campaign=self._utm,
            channel=coded(CHANNELS, way), in_app=coded(APPS, way),
            device=coded(["ios", "android"], self.phone[rows]),
            region=coded(REGIONS, self.region[rows]),
            **self.visitors.at(rows), **columns,
        )  # fmt: skip
        return made.filter(pa.array(seconds < self.until))

    def leads(self) -> list[Event]:
        """Those who filled in the form: a row each with the proof of consent, and what the log is told."""
        versions = {row.letter: row.version for row in self.page.variants.select_related("version")}
        rows = np.flatnonzero(self.leaves & (self.sent < self.until))
        made = Lead.objects.bulk_create(
            self._lead(int(n), versions[LETTERS[self.letter[n]]]) for n in rows
        )
        told = (self._fact(lead, int(n)) for lead, n in zip(made, rows, strict=True))
        return [event for fact in told for event in fact.to_events()]

    def _lead(self, n: int, version: LandingVersion | None) -> Lead:
        at, phone = self.moment(self.sent[n]), f"137{self.mobile[n]:08d}"
        hashed = phone_hash(self.plan.workspace_key, phone)
        called = self.until - self.sent[n] > CALLED_AFTER
        mark = self.click_ids[n].as_py()
        return Lead(
            workspace=self.page.workspace, page=self.page, version=version, key=self.keys[n],
            letter=LETTERS[self.letter[n]], name=NAMES[n % 18] + ("女士" if n % 5 else "先生"),
            phone=phone, phone_tail=phone[-4:], phone_hash=hashed, contact_hash=hashed,
            choice=SKINS[n % 3], agreed_at=at, created_at=at, last_at=at, click_id=mark,
            visitor=self.visitors.names[n].as_py(), channel=CHANNELS[self.way[n]],
            utm={"utm_source": WAYS[self.way[n]][3], "utm_medium": WAYS[self.way[n]][4], "utm_campaign": self._utm},
            state=("closed" if n % 4 == 0 else "contacted") if called else "new",
            contacted_at=at + timedelta(minutes=20 + n * 37 % 600) if called else None,
        )  # fmt: skip

    def _fact(self, lead: Lead, n: int) -> LeadLeft:
        return LeadLeft(
            workspace=self.plan.workspace_key, lead=lead.key, page=self.page.key,
            slug=self.page.slug, letter=lead.letter, ts=to_ts(lead.agreed_at),
            phone=lead.phone_hash, visitor=lead.visitor, click_id=lead.click_id,
            campaign=self.page.campaign.key if self.page.campaign else "", platform="site",
            channel=lead.channel, device=("ios", "android")[self.phone[n]],
            in_app=APPS[self.way[n]], **lead.utm,
        )  # fmt: skip
