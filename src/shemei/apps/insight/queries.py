"""What the boards ask: one figure each, always of one workspace, one period and one named model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from shemei.apps.commerce import queries as commerce
from shemei.apps.insight.rules import linkless
from shemei.apps.insight.spending import Spending, placed
from shemei.apps.tracking import queries as tracking
from shemei.kernel.figures import lake
from shemei.kernel.periods import Comparison, Period, whole_days
from shemei.kernel.registry import Named, names_of
from shemei.kernel.urls import wurl
from shemei.kernel.workspace import Workspace
from shemei.portal.numbers import change
from shemei.warehouse import questions
from shemei.warehouse.attribution import Attribution, attribute, daily_credits
from shemei.warehouse.catalogue import METRICS, Metric
from shemei.warehouse.channels import channel_name
from shemei.warehouse.log.confirming import UNCONFIRMED
from shemei.warehouse.measures import BUYERS, REPORTED
from shemei.warehouse.vocabulary import from_ts

DIMENSIONS: dict[str, str] = {
    "channel": "渠道",
    "content": "内容",
    "creator": "达人",
    "campaign": "活动",
}
SHARES = ("cvr", "ctr", "finish_rate", "engagement_rate")
UNNAMED: dict[str, str] = {
    "content": "没有标内容的触达",
    "creator": "品牌自己",
    "campaign": "没有标活动的触达",
    "channel": "其他",
}


BUYERLESS = "多数订单认不出是谁买的，算不出每个新客多少钱"
LINKLESS = "多数曝光的内容没带短链，比不成率"
OTHER = ("", "other")
OTHER_SAYS = "用了优惠码、而码的主人没有平台的订单，记在「其他」里"
"""What must be known of credit under the channel 其他."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric with its days; ``now`` and ``before`` are of the whole days that are compared.

    ``instead`` stands in place of the reference where the figure must not be held against it.
    """

    metric: Metric
    value: float | None
    now: float | None
    before: float | None
    days: tuple[float | None, ...] = ()
    instead: str = ""

    @property
    def change(self) -> float | None:
        """Relative for figures, in points for ratios; ``None`` where there is nothing to compare."""
        if self.now is None or self.before is None:
            return None
        is_ratio = self.metric.unit == "ratio"
        return self.now - self.before if is_ratio else change(self.now, self.before)

    @property
    def reason(self) -> str:
        if self.change is not None:
            return ""
        return "今天还没过完" if self.now is None else "对比期没有数据"


@dataclass(frozen=True)
class Board:
    """The questions of one board; answers are kept for as long as the board lives (one request)."""

    workspace: Workspace
    period: Period
    comparison: Comparison
    asked_model: str = ""

    @property
    def model(self) -> str:
        """The model asked for on one page, else the brand's."""
        return self.asked_model or self.workspace.attribution_model

    def totals(
        self, metrics: Iterable[str], period: Period, by: tuple[str, ...] = ()
    ) -> list[dict[str, Any]]:
        question = questions.Totals(
            self.workspace.key, period.first_day, period.last_day, metrics=tuple(metrics), by=by
        )
        rows = lake().ask(question).rows
        if by == ("channel",) and "spend" in question.metrics:
            spent = Spending(self.workspace, period).by("channel")
            rows = placed(rows, {(key,): one.total for key, one in spent.items()}, by)
        found: list[dict[str, Any]] = rows.to_pylist()
        return found

    def series(self, metrics: Iterable[str], period: Period) -> dict[int, dict[str, Any]]:
        question = questions.Series(
            self.workspace.key, period.first_day, period.last_day, metrics=tuple(metrics)
        )
        return {row["bucket"]: row for row in lake().ask(question).rows.to_pylist()}

    def attribution(self, by: str, period: Period, models: tuple[str, ...]) -> Attribution:
        ws = self.workspace
        return attribute(
            lake(),
            ws.key,
            period.first_day,
            period.last_day,
            by=by,
            models=models,
            lookback_days=ws.lookback_days,
        )

    @cached_property
    def channels_now(self) -> Attribution:
        return self.attribution("channel", self.period, (self.model,))

    @cached_property
    def fair(self) -> tuple[Period, Period] | None:
        """The spans that changes are taken over: whole days only."""
        return whole_days(self.period, self.comparison.period)

    @property
    def fair_note(self) -> str:
        """What a reader must know of the changes, where they are not of the very spans shown."""
        if self.fair is None:
            return "今天还没过完，先不比"
        now, before = self.fair
        return "" if now == self.period else f"变化只比过完的天：{now.span} 对 {before.span}"

    def credited(self, by: str) -> tuple[Attribution, Attribution] | None:
        """Credits of the spans that are compared, under the workspace's model."""
        if self.fair is None:
            return None
        now, before = (self.attribution(by, span, (self.model,)) for span in self.fair)
        return now, before

    @cached_property
    def channels_compared(self) -> tuple[dict[str, float], dict[str, float]]:
        """Credited value by channel in the two spans that are compared; empty where none are."""
        answers = self.credited("channel")
        return (self.values(answers[0]), self.values(answers[1])) if answers else ({}, {})

    @property
    def earned(self) -> float:
        """Credited value of the period, which is what can be traced."""
        return self.channels_now.totals.value

    @property
    def earned_change(self) -> float | None:
        """How it stands against the comparison; ``None`` while no whole days can be compared."""
        now, before = self.channels_compared
        return change(sum(now.values()), sum(before.values())) if self.fair else None

    def values(self, answer: Attribution) -> dict[str, float]:
        return {key: credit.value for key, credit in answer.models[self.model].items()}

    def figures(self, keys: tuple[str, ...]) -> list[Figure]:
        now = self.totals(keys, self.period)[0]
        none: dict[str, Any] = dict.fromkeys(keys)
        spans_of = self.fair or ()
        fair, before = [self.totals(keys, span)[0] for span in spans_of] or (none, none)
        days = self.series(keys, self.period)
        bare = {key for key in keys if self.baseless(key)}
        spans = [int(f"{day:%Y%m%d}") for day in days_of(self.period)]
        return [
            Figure(
                METRICS[key],
                *(
                    None if key in bare else known(METRICS[key], one[key])
                    for one in (now, fair, before)
                ),
                ()
                if key in bare
                else tuple(known(METRICS[key], days.get(day, {}).get(key)) for day in spans),
                self.instead(METRICS[key], now[key]),
            )
            for key in keys
        ]

    def instead(self, metric: Metric, value: float | None) -> str:
        """What is said of a figure in place of its reference; empty where the two may be compared.

        Orders over clicks are no rate of the clicks once half of the orders or more have no touch.
        """
        if is_senseless(metric, value):
            return "有订单不经过短链，比不成率"
        if self.baseless(metric.key):
            return LINKLESS
        if metric.needs_buyers and value is None and self.buyerless[0]:
            return BUYERLESS
        if metric.key != "cvr" or not value:
            return ""
        orders, untouched = self.touchless
        return f"{orders:,} 单里 {untouched:,} 单没有触达" if 2 * untouched >= orders > 0 else ""

    @cached_property
    def unconfirmed(self) -> int:
        """Orders of the period that nobody but the site's tag has told, where such do not count."""
        if not self.workspace.confirmed_only:
            return 0
        question = questions.Totals(
            self.workspace.key, self.period.first_day, self.period.last_day,
            metrics=("orders",), where=(("suspect", UNCONFIRMED),), include_suspect=True,
        )  # fmt: skip
        return int(lake().ask(question).rows["orders"][0].as_py() or 0)

    @cached_property
    def rateless(self) -> int:
        """Orders of another currency that no figure counts until somebody says a rate; of all days."""
        return sum(one.left_out for one in commerce.rates_wanted(self.workspace))

    def baseless(self, key: str) -> bool:
        """Whether a rate of clicks is none: most impressions are of contents that carry no link."""
        return key == "ctr" and bool(self.linkless[1])

    @cached_property
    def linkless(self) -> tuple[int, int]:
        """Where most impressions of the period are of contents without a link: all, and those; else two zeros."""
        rows = self.totals(("impressions", "clicks"), self.period, by=("platform", "content"))
        shown, bare = linkless(rows, tracking.linked_contents(self.workspace))
        return (shown, bare) if 2 * bare > shown else (0, 0)

    @cached_property
    def buyerless(self) -> tuple[int, int]:
        """Where most orders of the period are of nobody known: all of them, and those; else two zeros."""
        told = self.totals(("orders", *BUYERS), self.period)[0]
        orders, unknown = told["orders"], told["orders"] - sum(told[key] for key in BUYERS)
        return (orders, unknown) if 2 * unknown > orders else (0, 0)

    @property
    def touchless(self) -> tuple[int, int]:
        """All orders of the period, and how many of them nothing leads to."""
        answer = self.channels_now
        untouched = answer.untracked.orders
        return int(answer.totals.conversions) + untouched, untouched

    def daily(self, period: Period, by: str = "channel") -> dict[int, dict[str, float]]:
        """Credited value by day and name; additive models exactly, Markov's totals spread over days as Shapley's are."""
        ws = self.workspace
        return daily_credits(
            lake(),
            ws.key,
            period.first_day,
            period.last_day,
            by=by,
            model=self.model,
            lookback_days=ws.lookback_days,
        )

    @cached_property
    def as_of(self) -> datetime | None:
        """The moment up to which the log had been summed up; ``None`` before the first event."""
        question = questions.Totals(
            self.workspace.key, self.period.first_day, self.period.last_day, metrics=("orders",)
        )
        at = lake().ask(question).as_of
        return from_ts(at) if at else None

    def named(self, by: str, keys: Iterable[str]) -> dict[str, Named]:
        return named(by, self.workspace, keys)

    def part_href(self, by: str, key: str) -> str:
        """The drawer of how a channel, content, creator or campaign takes part in orders."""
        part = urlencode({"by": by, "key": key})
        return f"{wurl(self.workspace, 'insight:part')}?{part}&{self.period.query}"


def known(metric: Metric, value: float | None) -> float | None:
    """A reported figure of 0 is one that nobody has told; more orders than clicks are no rate of them."""
    if metric.numerator in REPORTED and not value:
        return None
    return None if is_senseless(metric, value) else value


def is_senseless(metric: Metric, value: float | None) -> bool:
    """A share above the whole: part of what is counted above the line never went through what is below it."""
    return metric.key in SHARES and value is not None and value > 1


def days_of(period: Period) -> list[date]:
    return [period.first + timedelta(n) for n in range(period.days)]


def day_axis(period: Period) -> tuple[str, ...]:
    """The days of a period as a chart's axis names them; bands on it use the same words."""
    return tuple(f"{day:%m-%d}" for day in days_of(period))


def named(by: str, workspace: Workspace, keys: Iterable[str]) -> dict[str, Named]:
    """Names of a dimension's keys; what no room knows keeps a plain word, so that totals still add up."""
    wanted = list(keys)
    if by in ("channel", "platform"):
        return {key: Named(key, channel_name(key), platform=key) for key in wanted}
    known = names_of(by, workspace, wanted)
    return {
        key: known.get(key) or Named(key, UNNAMED[by] if not key else "已删除") for key in wanted
    }


def other_says(by: str, keys: Iterable[str]) -> str:
    """The note on credited figures by channel where 其他 is among them; empty where it is not."""
    return OTHER_SAYS if by == "channel" and not set(OTHER).isdisjoint(keys) else ""


def goal_value(workspace: Workspace, metric: str, period: Period) -> float | None:
    """A goal's figure over its span so far, in the goal's unit (money in 分)."""
    board = Board(workspace, period, Comparison(period))
    if metric == "traceable_revenue":
        return board.channels_now.totals.value
    if metric == "roi":
        spent = board.totals(("spend",), period)[0]["spend"]
        return board.channels_now.totals.value / spent if spent else None
    value: float | None = board.totals((metric,), period)[0][metric]
    return value


def model_table(answer: Attribution, column: str) -> dict[str, dict[str, float]]:
    """``{name: {model: figure}}`` for value, conversions or share."""
    table: dict[str, dict[str, float]] = {}
    for model, credits in answer.models.items():
        whole = sum(credit.value for credit in credits.values()) or 1.0
        for name, credit in credits.items():
            figure = {
                "value": credit.value,
                "conversions": credit.conversions,
                "share": credit.value / whole,
            }[column]
            table.setdefault(name, {})[model] = figure
    return table
