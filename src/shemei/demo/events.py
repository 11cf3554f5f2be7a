"""The demo's log: every touch, visit, order, refund, exposure and expense as events."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time

import numpy as np
import pyarrow as pa

from shemei.demo.orders import Orders
from shemei.demo.people import CHANNELS, POSTED, Floats, Ints, Touches, unseen
from shemei.demo.plan import Plan
from shemei.demo.sharing import passed_on
from shemei.demo.sheet import Visitors, block, coded, ids, uuids
from shemei.warehouse.vocabulary import SHANGHAI

IN_APP = np.array([0.93, 0.93, 0.98, 0.97, 0.98, 0.8, 0.9, 0.75, 0.0, 0.92, 0.0, 0.85])
PAID = {"xhs": 0.22, "douyin": 0.30, "channels": 0.15, "weibo": 0.18, "kuaishou": 0.16}
REGIONS = (
    "上海",
    "浙江",
    "江苏",
    "广东",
    "北京",
    "四川",
    "湖北",
    "山东",
    "福建",
    "陕西",
    "辽宁",
    "河南",
)
PAGES = ("/", "/p/barrier-cream", "/p/ceramide-serum", "/p/mist", "/p/cleanser", "/huanji", "/quiz")


@dataclass(slots=True)
class Log:
    """Draws the blocks of one demo, always whole days; ``until`` (seconds) then cuts what has not happened yet.

    So a demo built later the same day is the same company, a little further on.
    """

    plan: Plan
    touches: Touches
    orders: Orders
    people: int
    until: float
    phone_hashes: list[str]
    seed: int
    rng: np.random.Generator = field(init=False)
    midnight: int = field(init=False)
    click_ids: pa.Array = field(init=False)
    edge_visitors: Visitors = field(init=False)
    site_visitors: Visitors = field(init=False)
    site: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)
        self.midnight = int(datetime.combine(self.plan.first, time(), SHANGHAI).timestamp())
        touched = (self.midnight + self.touches.seconds) * 1000
        self.click_ids = uuids(self.rng, touched.astype(np.int64))
        self.edge_visitors = Visitors(ids("s.", self.people, self.seed + 1))
        self.site_visitors = Visitors(ids("t.", 2 * self.people, self.seed + 2))
        second = (
            (self.touches.step > 0)
            & (self.rng.random(len(touched)) < 0.5)
            & (self.touches.person % 8 == 0)
        )
        self.site = self.touches.person + second * self.people

    def _block(self, seconds: Floats, kind: str, **columns: object) -> pa.Table:
        made = block(self.rng, self.midnight, seconds, self.plan.workspace_key, kind, **columns)
        return made.filter(pa.array(seconds < self.until))

    def tables(self) -> list[pa.Table]:
        seen = ~unseen(self.touches.person)
        clicked = seen & ((self.touches.post >= 0) | (self.touches.spot >= 0))
        return [
            self.clicks(np.flatnonzero(clicked)),
            self.bots(np.flatnonzero(clicked)),
            *self.visits(np.flatnonzero(seen & (~clicked | (self.rng.random(len(seen)) < 0.92)))),
            self.friends(np.flatnonzero(seen)),
            self.ordered(),
            self.redeemed(),
            self.refunded(),
        ]

    def _origin(self, rows: Ints) -> dict[str, object]:
        """What the short link of a click knows: platform, content, creator, campaign, UTM."""
        posts, spots, post = self.plan.posts, self.plan.spots, self.touches.post[rows]
        link = np.where(post >= 0, post, len(posts) + self.touches.spot[rows])
        nobody = [""] * len(spots)
        campaigns = [self.plan.campaigns[p.campaign] for p in posts]
        creators = [self.plan.creators[p.creator].key if p.creator >= 0 else "" for p in posts]
        everyday = self.plan.campaigns[0]
        platform = [p.platform for p in posts]
        return {
            "platform": coded([*platform, *nobody], link),
            "platform_account": coded(
                [self.plan.accounts[p.account].key if p.creator < 0 else "" for p in posts]
                + nobody,
                link,
            ),
            "content": coded([p.key for p in posts] + nobody, link),
            "creator": coded(creators + nobody, link),
            "campaign": coded([c.key for c in campaigns] + [everyday.key] * len(spots), link),
            "link": coded([p.link_key for p in posts] + [s.link_key for s in spots], link),
            **self._utm(rows),
        }

    def _utm(self, rows: Ints) -> dict[str, object]:
        posts, spots, post = self.plan.posts, self.plan.spots, self.touches.post[rows]
        link = np.where(
            post >= 0,
            post,
            np.where(self.touches.spot[rows] >= 0, len(posts) + self.touches.spot[rows], -1),
        )
        share = np.array([PAID.get(p.platform, 0.0) for p in posts] + [0.0] * len(spots) + [0.0])
        paid = self.rng.random(len(rows)) < share[link]
        medium = np.where(link < 0, -1, np.where(paid, 1, np.where(post >= 0, 0, 2)))
        names = [self.plan.campaigns[p.campaign].utm for p in posts] + [
            self.plan.campaigns[0].utm
        ] * len(spots)
        return {
            "utm_source": coded([p.platform for p in posts] + ["offline"] * len(spots), link),
            "utm_medium": coded(["social", "feed", "qr"], medium),
            "utm_campaign": coded(names, link),
        }

    def _browser(self, rows: Ints) -> dict[str, object]:
        channel = self.touches.channel[rows]
        inside = self.rng.random(len(rows)) < IN_APP[channel]
        apps = [
            "xhs",
            "douyin",
            "wechat",
            "wechat",
            "wecom",
            "weibo",
            "kuaishou",
            "bilibili",
            "",
            "wechat",
            "",
            "wechat",
        ]
        person = self.touches.person[rows]
        return {
            "channel": coded(CHANNELS, channel),
            "in_app": coded(apps, np.where(inside, channel, -1)),
            "device": coded(
                ["ios", "android", "desktop"],
                np.where((channel >= POSTED) & (person % 5 == 0) & ~inside, 2, person % 3 % 2),
            ),
            "region": coded(REGIONS, person * 7 % 29 % len(REGIONS)),
        }

    def clicks(self, rows: Ints) -> pa.Table:
        return self._block(
            self.touches.seconds[rows],
            "click",
            source="edge",
            click_id=self.click_ids.take(pa.array(rows)),
            **self.edge_visitors.at(self.touches.person[rows]),
            **self._origin(rows),
            **self._browser(rows),
        )

    def bots(self, rows: Ints) -> pa.Table:
        """Link previews and crawlers: marked with a reason, kept apart, never in a path."""
        some = np.sort(self.rng.choice(rows, len(rows) // 28, replace=False))
        reason = self.rng.integers(0, 3, len(some))
        machine = np.where(reason == 1, 1 + some % 2, np.where(some % 3 == 0, 3, 0))
        return self._block(
            self.touches.seconds[some] + 1.5,
            "click",
            source="edge",
            suspect=coded(["crawler", "preview", "head_request"], reason),
            device=coded(["other", "android", "ios", "desktop"], machine),
            **self._origin(some),
            channel=coded(CHANNELS, self.touches.channel[some]),
        )

    def visits(self, rows: Ints) -> list[pa.Table]:
        """Visits with the pages seen and the carts filled in them."""
        came = self._came(rows)
        at = self.touches.seconds[rows] + 2.0
        by_friend = (self.touches.channel[rows] == CHANNELS.index("share")).astype(np.int64)
        landed = passed_on(by_friend, coded(PAGES, rows % 5), self.seed + 3)
        visits = self._block(at, "visit", **came, **landed)
        more = np.repeat(np.arange(len(rows)), self.rng.poisson(0.75, len(rows)))
        later = at[more] + self.rng.exponential(45.0, len(more)) + 3
        views = self._block(
            later, "view", page=coded(PAGES, more % len(PAGES)), **_taken(came, more)
        )
        cart = np.flatnonzero(self.touches.bought[rows] | (self.rng.random(len(rows)) < 0.06))
        carts = _taken(came, cart)
        return [
            visits,
            views,
            self._block(at[cart] + 60, "custom", action="add_to_cart", **carts),
        ]

    def _came(self, rows: Ints) -> dict[str, object]:
        """By what and as whom somebody came to the site."""
        clicked = (self.touches.post[rows] >= 0) | (self.touches.spot[rows] >= 0)
        ids_or_none = np.where(clicked, rows, len(self.click_ids))
        searched = self.touches.channel[rows] == CHANNELS.index("search")
        return {
            "source": "tag",
            "click_id": pa.concat_arrays([self.click_ids, pa.array([""])]).take(
                pa.array(ids_or_none)
            ),
            "referrer_host": coded(
                ["www.baidu.com", "www.so.com"], np.where(searched, rows % 3 % 2, -1)
            ),
            **self.site_visitors.at(self.site[rows]),
            **self._utm(rows),
            **self._browser(rows),
        }

    def friends(self, rows: Ints) -> pa.Table:
        wecom = rows[self.touches.channel[rows] == CHANNELS.index("wecom")]
        first = wecom[np.unique(self.touches.person[wecom], return_index=True)[1]]
        first = first[self.rng.random(len(first)) < 0.45]
        account = self.plan.accounts[2]
        return self._block(
            self.touches.seconds[first] + 90,
            "add_friend",
            source="import",
            platform="wecom",
            platform_account=account.key,
            campaign=self.plan.campaigns[0].key,
            **self.site_visitors.at(self.site[first]),
            channel="wecom",
        )

    def _owner(self, rows: Ints) -> dict[str, object]:
        """Who a promo code belongs to: a creator or a spot, and always the everyday campaign."""
        creator, spot = self.orders.code_creator[rows], self.orders.code_spot[rows]
        everyday = self.plan.campaigns[0].key
        used = np.array([self.orders.code[row] for row in rows]) != ""
        platforms = [c.platform for c in self.plan.creators]
        return {
            "promo_code": [self.orders.code[row] for row in rows],
            "creator": coded([c.key for c in self.plan.creators], creator),
            "platform": coded(platforms, creator),
            "campaign": coded([everyday], np.where(used, 0, -1)),
            "channel": coded(
                [*platforms, "offline", "other"],
                np.select(
                    [creator >= 0, spot >= 0, used],
                    [creator, len(platforms), len(platforms) + 1],
                    -1,
                ),
            ),
        }

    def _buyer(self, rows: Ints) -> dict[str, object]:
        customer = self.orders.customer[rows]
        return {
            "order_id": [self.orders.number[row] for row in rows],
            "customer": coded(self.orders.customer_keys, customer),
            "phone": coded(self.phone_hashes, customer),
        }

    def ordered(self) -> pa.Table:
        rows = np.arange(len(self.orders.touch))
        return self._block(
            self.orders.seconds,
            "order",
            source="import",
            amount=self.orders.amount,
            quantity=self.orders.quantity,
            click_id=self.order_clicks(),
            **self.site_visitors.at(self._order_site()),
            **self._buyer(rows),
            **self._owner(rows),
        )

    def redeemed(self) -> pa.Table:
        rows = np.flatnonzero(np.array(self.orders.code) != "")
        return self._block(
            self.orders.seconds[rows],
            "redeem",
            source="import",
            **self._buyer(rows),
            **self._owner(rows),
        )

    def refunded(self) -> pa.Table:
        rows = np.flatnonzero(self.orders.refund > 0)
        return self._block(
            self.orders.refund_seconds[rows],
            "refund",
            source="import",
            amount=self.orders.refund[rows],
            **self._buyer(rows),
            **self._owner(rows),
        )

    def reported(
        self, kind: str, action: str, post: Ints, seconds: Floats, quantity: Ints
    ) -> pa.Table:
        """What platforms report of posts: counts without people."""
        some = np.flatnonzero(quantity)
        posts, rows = self.plan.posts, post[some]
        return self._block(
            seconds[some],
            kind,
            action=action,
            source="import",
            quantity=quantity[some],
            platform=coded([p.platform for p in posts], rows),
            channel=coded([p.platform for p in posts], rows),
            platform_account=coded(
                [self.plan.accounts[p.account].key if p.creator < 0 else "" for p in posts], rows
            ),
            campaign=coded([self.plan.campaigns[p.campaign].key for p in posts], rows),
            content=coded([p.key for p in posts], rows),
            creator=coded(
                [self.plan.creators[p.creator].key if p.creator >= 0 else "" for p in posts], rows
            ),
        )

    def order_clicks(self) -> list[str]:
        touch = self.orders.touch
        clicked = (self.touches.post[touch] >= 0) | (self.touches.spot[touch] >= 0)
        clicked &= ~unseen(self.touches.person[touch])
        known = pa.concat_arrays([self.click_ids, pa.array([""])])
        return known.take(pa.array(np.where(clicked, touch, len(self.click_ids)))).to_pylist()

    def _order_site(self) -> Ints:
        touch = self.orders.touch
        return np.where(unseen(self.touches.person[touch]), -1, self.site[touch])

    def order_visitors(self) -> list[str]:
        return self.site_visitors.at(self._order_site())["visitor"].to_pylist()


def _taken(columns: dict[str, object], index: Ints) -> dict[str, object]:
    """Columns at some places; what is the same for all stays."""
    return {
        name: value.take(pa.array(index)) if isinstance(value, pa.Array) else value
        for name, value in columns.items()
    }
