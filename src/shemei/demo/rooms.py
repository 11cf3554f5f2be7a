"""Fills the rooms of the demo company: what its people would have typed, imported and agreed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import numpy as np

from shemei.apps.accounts.models import Member, User, Workspace
from shemei.apps.advertising.models import Spend
from shemei.apps.brand.models import Campaign, Pillar, PlatformAccount
from shemei.apps.commerce.models import Customer, Order, OrderLine, Product, Refund
from shemei.apps.content.models import Post, PostMetric
from shemei.apps.creators.models import Collaboration, Creator
from shemei.apps.creators.rules import tier_of
from shemei.apps.insight.models import Goal
from shemei.apps.tracking.models import Link, PromoCode, Site
from shemei.demo import script
from shemei.demo.orders import WELCOME, Orders
from shemei.demo.plan import DAYS, Plan
from shemei.demo.plan import Post as PlannedPost
from shemei.demo.reach import ACTIONS, Expense, Reach
from shemei.warehouse.vocabulary import SHANGHAI

SHOP = "https://shop.yuhe.example"
CHUNK = 2_000
FIGURE_OF = {
    "like": "likes",
    "comment": "comments",
    "collect": "collects",
    "share": "shares",
    "finish": "finishes",
}


@dataclass
class Rooms:
    """Writes the rows of one workspace; call inside its scope and one transaction.

    Nothing lies after ``until`` (seconds): posts of a later hour are not there, what is told by the day ends yesterday.
    """

    plan: Plan
    workspace: Workspace
    until: float

    @property
    def today(self) -> int:
        return int(self.until // 86_400)

    @property
    def out(self) -> list[PlannedPost]:
        """The posts that have come out; those of past days are the first, as in the plan."""
        return [post for post in self.plan.posts if post.seconds < self.until]

    def moment(self, seconds: float) -> datetime:
        return datetime.combine(self.plan.first, time(), SHANGHAI) + timedelta(
            seconds=float(seconds)
        )

    def brand(self) -> None:
        ws, plan = self.workspace, self.plan
        self.accounts = PlatformAccount.objects.bulk_create(
            PlatformAccount(
                workspace=ws,
                key=a.key,
                platform=a.platform,
                name=a.name,
                handle=a.handle,
                followers=a.followers,
            )
            for a in plan.accounts
        )
        self.pillars = Pillar.objects.bulk_create(
            Pillar(workspace=ws, name=name, color=n + 1) for n, name in enumerate(script.PILLARS)
        )
        self.campaigns = Campaign.objects.bulk_create(
            Campaign(
                workspace=ws, key=c.key, name=c.name, starts_on=plan.day(c.first), ends_on=plan.day(c.last), state="running", utm_campaign=c.utm,
                note=note,
            )
            for c, note in zip(plan.campaigns, ("平日里的种草与答疑，不设大目标。", "入冬前把「换季修护」说透：达人先种草，短视频带新客，企业微信收尾与复购。"), strict=True)
        )  # fmt: skip

    def content(self) -> None:
        ws = self.workspace
        self.posts = Post.objects.bulk_create(
            (
                Post(
                    workspace=ws, key=p.key, title=p.title, platform=p.platform, account=self.accounts[p.account] if p.creator < 0 else None,
                    campaign=self.campaigns[p.campaign], pillar=self.pillars[p.pillar], form=p.form, state="published",
                    creator_key=self.plan.creators[p.creator].key if p.creator >= 0 else "",
                    author_name=self.plan.creators[p.creator].name if p.creator >= 0 else self.plan.accounts[p.account].name,
                    published_at=self.moment(p.seconds),
                )
                for p in self.out
            ),
            batch_size=CHUNK,
        )  # fmt: skip

    def metrics(self, reach: Reach) -> None:
        """Cumulative snapshots, as platforms export them, from the daily increments of the log."""
        order = np.lexsort((reach.day, reach.post))
        posts = reach.post[order]
        starts = np.flatnonzero(np.r_[True, posts[1:] != posts[:-1]])
        totals = {
            name: _running(values[order], starts) for name, values in self._figures(reach).items()
        }
        PostMetric.objects.bulk_create(
            (
                PostMetric(
                    workspace=self.workspace, post=self.posts[posts[n]], day=self.plan.day(reach.day[order[n]]), source="import",
                    **{name: int(values[n]) for name, values in totals.items()},
                )
                for n in range(len(posts))
            ),
            batch_size=CHUNK,
        )  # fmt: skip

    @staticmethod
    def _figures(reach: Reach) -> dict[str, Any]:
        return {
            "impressions": reach.impressions,
            "follows": reach.follows,
            **{FIGURE_OF[name]: reach.actions[name] for name in ACTIONS},
        }

    def people(self) -> None:
        ws, plan = self.workspace, self.plan
        self.creators = Creator.objects.bulk_create(
            Creator(
                workspace=ws,
                key=c.key,
                name=c.name,
                platform=c.platform,
                followers=c.followers,
                city=c.city,
                tier=tier_of(c.followers),
            )
            for c in plan.creators
        )
        Collaboration.objects.bulk_create(
            Collaboration(
                workspace=ws, key=c.key, creator=self.creators[c.creator], post_key=plan.posts[c.post].key, fee=c.fee, promised_impressions=c.promised,
                campaign=self.campaigns[plan.posts[c.post].campaign], state="delivered", delivered_on=plan.day(plan.posts[c.post].day),
            )
            for c in plan.collaborations
            if plan.posts[c.post].day < self.today
        )  # fmt: skip
        Collaboration.objects.bulk_create(
            Collaboration(
                workspace=ws, creator=creator, fee=600_000, promised_impressions=80_000, campaign=self.campaigns[1], state="agreed",
                note="双12 前一周发，图文一篇",
            )
            for creator in self.creators[1:3]
        )  # fmt: skip

    def tracking(self) -> None:
        ws, plan = self.workspace, self.plan
        Site.objects.create(
            workspace=ws, key=plan.site_key, name="屿禾官方商城", hosts=["shop.yuhe.example"]
        )
        Link.objects.bulk_create(
            [
                *(self._post_link(post) for post in self.out),
                *(self._spot_link(spot) for spot in plan.spots),
            ],
            batch_size=CHUNK,
        )
        PromoCode.objects.bulk_create(self._codes())

    def _codes(self) -> list[PromoCode]:
        """Creators and spots own a code each; newcomers share the campaign's."""
        off = {"discount_note": "立减 30 元"}
        return [
            *(
                self._code(c.code_key, c.code, "creator", creator_key=c.key, platform=c.platform, **off)
                for c in self.plan.creators
            ),
            *(
                self._code(s.code_key, s.code, "spot", spot=s.name, platform="other", **off)
                for s in self.plan.spots
            ),
            PromoCode(
                workspace=self.workspace, code=WELCOME, owner_kind="campaign", campaign=self.campaigns[0], platform="other",
                discount_note="新客立减 30 元",
            ),
        ]  # fmt: skip

    def _post_link(self, post: Any) -> Link:
        campaign = self.campaigns[post.campaign]
        return Link(
            workspace=self.workspace, key=post.link_key, name=post.title[:80], code=post.link_code, platform=post.platform,
            url=f"{SHOP}{'/huanji' if post.campaign else '/p/barrier-cream'}", account=self.accounts[post.account] if post.creator < 0 else None,
            campaign=campaign, content_key=post.key, creator_key=self.plan.creators[post.creator].key if post.creator >= 0 else "",
            utm_source=post.platform, utm_medium="social", utm_campaign=campaign.utm_campaign, created_at=self.moment(post.day * 86_400),
        )  # fmt: skip

    def _spot_link(self, spot: Any) -> Link:
        return Link(
            workspace=self.workspace, key=spot.link_key, name=spot.name, code=spot.link_code, platform="other", url=f"{SHOP}/", spot=spot.name[:40],
            campaign=self.campaigns[0], utm_source="offline", utm_medium="qr", utm_campaign=self.campaigns[0].utm_campaign,
        )  # fmt: skip

    def _code(self, key: str, code: str, kind: str, **owner: str) -> PromoCode:
        return PromoCode(
            workspace=self.workspace,
            key=key,
            code=code,
            owner_kind=kind,
            campaign=self.campaigns[0],
            **owner,
        )

    def commerce(
        self, orders: Orders, hashes: list[str], click_ids: list[str], visitors: list[str]
    ) -> None:
        ws = self.workspace
        products = Product.objects.bulk_create(
            Product(workspace=ws, sku=sku, name=name, price=price)
            for sku, name, price, _ in script.PRODUCTS
        )
        customers = Customer.objects.bulk_create(
            (
                Customer(
                    workspace=ws,
                    key=key,
                    ref=f"C{n + 10_001}",
                    phone_hash=hashed,
                    phone_tail=phone[-4:],
                    name_masked=_name(n),
                )
                for n, (key, hashed, phone) in enumerate(
                    zip(orders.customer_keys, hashes, orders.phones, strict=True)
                )
            ),
            batch_size=CHUNK,
        )
        made = Order.objects.bulk_create(
            (
                self._order(orders, n, customers, click_ids[n], visitors[n])
                for n in range(len(orders.touch))
            ),
            batch_size=CHUNK,
        )
        OrderLine.objects.bulk_create(
            (self._line(orders, n, order, products) for n, order in enumerate(made)),
            batch_size=CHUNK,
        )
        Refund.objects.bulk_create(
            self._refund(orders, int(n), made) for n in np.flatnonzero(orders.refund)
        )

    def _order(
        self, orders: Orders, n: int, customers: list[Customer], click_id: str, visitor: str
    ) -> Order:
        paid_at = self.moment(orders.seconds[n])
        age = (DAYS * 86_400 - orders.seconds[n]) / 86_400
        whole = orders.refund[n] >= orders.amount[n]
        return Order(
            workspace=self.workspace, key=orders.key[n], number=orders.number[n], placed_at=paid_at - timedelta(minutes=2), paid_at=paid_at,
            customer=customers[orders.customer[n]], amount=int(orders.amount[n]), quantity=int(orders.quantity[n]), promo_code=orders.code[n],
            click_id=click_id, visitor=visitor, source="官方商城" if visitor else "天猫旗舰店", created_at=paid_at,
            state="refunded" if whole else "paid" if age < 1 else "shipped" if age < 5 else "done",
        )  # fmt: skip

    @staticmethod
    def _line(orders: Orders, n: int, order: Order, products: list[Product]) -> OrderLine:
        product = products[orders.product[n]]
        return OrderLine(
            order=order, sku=product.sku, name=product.name, quantity=order.quantity, unit_price=product.price, amount=order.amount,
            returned=order.quantity if order.state == "refunded" else 0,
        )  # fmt: skip

    def _refund(self, orders: Orders, n: int, made: list[Order]) -> Refund:
        order = made[n]
        return Refund(
            workspace=self.workspace, order=order, customer=order.customer, number=f"R{order.number[2:]}", amount=int(orders.refund[n]),
            refunded_at=self.moment(orders.refund_seconds[n]), reason=("泵头漏液" if n % 3 else "过敏") if orders.refund[n] else "",
        )  # fmt: skip

    def advertising(self, expenses: list[Expense]) -> list[Spend]:
        return Spend.objects.bulk_create(
            (
                Spend(
                    workspace=self.workspace, day=self.plan.day(e.day), platform=e.platform, kind="信息流", plan="换季修护 · 拉新" if e.day >= DAYS - 54 else "日常拉新",
                    campaign=self.campaigns[1 if e.day >= DAYS - 54 else 0], amount=e.amount, claimed_orders=e.claimed_orders, claimed_value=e.claimed_value,
                    source="import",
                )
                for e in expenses
                if e.day < self.today
            ),
            batch_size=CHUNK,
        )  # fmt: skip

    def goals(self, targets: dict[str, float]) -> None:
        campaign = self.campaigns[1]
        Goal.objects.bulk_create(
            Goal(
                workspace=self.workspace,
                metric=metric,
                target=round(target, 4),
                starts_on=campaign.starts_on,
                ends_on=campaign.ends_on,
            )
            for metric, target in targets.items()
        )


def make_workspace(plan: Plan, password: str) -> Workspace:
    """The brand and its four members; existing users of these addresses get the password anew."""
    workspace = Workspace.objects.create(key=plan.workspace_key, name=script.BRAND)
    for email, name, role in script.MEMBERS:
        user = User.objects.filter(email=email).first() or User.objects.create_user(
            email, name=name
        )
        user.set_password(password)
        user.save(update_fields=["password"])
        Member.objects.create(workspace=workspace, user=user, role=role)
    return workspace


def _running(values: Any, starts: Any) -> Any:
    """Cumulative sums that begin anew at each start."""
    total = np.cumsum(values)
    base = np.repeat(total[starts] - values[starts], np.diff(np.r_[starts, len(values)]))
    return total - base


def _name(number: int) -> str:
    surname = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林"[number % 18]
    return surname + ("女士" if number % 5 else "先生")
