"""What the overview shows: where the goals stand, the figures, the trend, what happened, what earned most."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from shemei.apps.creators import queries as creators
from shemei.apps.insight import rules
from shemei.apps.insight.goals import GoalRow, goal_row
from shemei.apps.insight.models import Goal
from shemei.apps.insight.queries import Board, Figure
from shemei.apps.insight.rows import ChannelRow, CreatorRow, DriverRow, EarnerRow
from shemei.kernel.figures import MODEL_NAMES
from shemei.kernel.periods import Period, promos_within, today
from shemei.portal.charts import Band, Chart, Series
from shemei.portal.numbers import change, pct, times, wan, yuan
from shemei.warehouse.vocabulary import from_ts

KPIS = ("impressions", "engagement_rate", "ctr", "cvr", "cac")
TREND_DAYS = 28
SHOWN_CHANNELS = 5
TOP = 5
OTHERS = "_others"


class Overview:
    """One overview; each part is worked out when the template asks for it."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.period = board.period
        self.model_name = MODEL_NAMES[board.model]

    # goals -------------------------------------------------------------------------------------------

    @cached_property
    def goals(self) -> list[GoalRow]:
        day = today()
        running = Goal.objects.filter(starts_on__lte=day, ends_on__gte=day - timedelta(14))[:4]
        return [goal_row(self.board.workspace, goal) for goal in running]

    # figures -----------------------------------------------------------------------------------------

    @cached_property
    def figures(self) -> list[Figure]:
        return self.board.figures(KPIS)

    @property
    def earned(self) -> float:
        return self.board.channels_now.totals.value

    @property
    def earned_before(self) -> float:
        return self.board.channels_before.totals.value

    @property
    def earned_change(self) -> float | None:
        return change(self.earned, self.earned_before)

    @cached_property
    def earned_days(self) -> list[float]:
        days = [int(f"{self.period.first + timedelta(n):%Y%m%d}") for n in range(self.period.days)]
        return [sum(self._daily.get(day, {}).values()) for day in days]

    @property
    def coverage(self) -> str:
        """How much of all that was sold can be traced."""
        share = self.board.channels_now.coverage
        return "还没有成交" if share is None else f"占全部成交的 {pct(share, 0)}"

    # trend -------------------------------------------------------------------------------------------

    @cached_property
    def span(self) -> Period:
        """The trend shows at least four weeks; what lies before the chosen period is grey."""
        first = min(self.period.first, self.period.last - timedelta(TREND_DAYS - 1))
        return Period(first, self.period.last)

    @cached_property
    def _daily(self) -> dict[int, dict[str, float]]:
        return self.board.daily(self.span)

    @cached_property
    def channels(self) -> list[ChannelRow]:
        now, before = (
            self.board.values(self.board.channels_now),
            self.board.values(self.board.channels_before),
        )
        ranked = sorted(now, key=lambda key: -now[key])
        shown, rest = ranked[:SHOWN_CHANNELS], ranked[SHOWN_CHANNELS:]
        names = self.board.named("channel", ranked)
        rows = [(key, names[key].name, key, now[key], before.get(key, 0.0)) for key in shown]
        lost = sum(value for key, value in before.items() if key not in shown)
        if rest or lost:
            rows.append((OTHERS, "其他", "other", sum(now[key] for key in rest), lost))
        most = max((row[3] for row in rows), default=0) or 1
        return [
            ChannelRow(key, name, platform, value, 100 * value / most, change(value, old))
            for key, name, platform, value, old in rows
        ]

    @cached_property
    def trend(self) -> Chart:
        days = [self.span.first + timedelta(n) for n in range(self.span.days)]
        rows = [self._daily.get(int(f"{day:%Y%m%d}"), {}) for day in days]
        shown = [row.key for row in self.channels if row.key != OTHERS]
        series = [
            Series(
                row.name,
                tuple(_part(values, row.key, shown) for values in rows),
                platform=row.platform,
            )
            for row in self.channels
        ]
        return Chart(
            id="trend",
            kind="stack",
            unit="money",
            x=tuple(f"{day:%m-%d}" for day in days),
            series=tuple(series),
            bands=tuple(_bands(self.span)),
            focus=(self.period.first - self.span.first).days,
        )

    @property
    def trend_says(self) -> str:
        """One sentence a reader without the picture needs."""
        best = max(self._daily.items(), key=lambda item: sum(item[1].values()), default=None)
        if best is None:
            return ""
        day = f"{best[0] % 10000 // 100:02d}-{best[0] % 100:02d}"
        return f"{self.period.label or '所选时段'}共 {yuan(self.earned)}；图中最高的一天是 {day}，{yuan(sum(best[1].values()))}。"

    # what happened -----------------------------------------------------------------------------------

    @property
    def gained(self) -> float:
        return self.earned - self.earned_before

    @property
    def gained_size(self) -> float:
        return abs(self.gained)

    @cached_property
    def as_of(self) -> datetime:
        """The moment up to which the log had been summed up."""
        return from_ts(self.board.as_of())

    @cached_property
    def driver_rows(self) -> list[DriverRow]:
        board = self.board
        parts = rules.drivers(board.values(board.channels_now), board.values(board.channels_before))
        names = board.named("channel", [part.key for part in parts])
        shown = sorted(parts, key=lambda part: -abs(part.change))[:6]
        low = -min(0.0, min((part.change for part in shown), default=0.0))
        scale = low + max(0.0, max((part.change for part in shown), default=0.0)) or 1.0
        zero = 88 * low / scale
        return [
            DriverRow(
                names[part.key].name,
                part.change,
                "good" if part.change > 0 else "bad",
                zero if part.change > 0 else zero + 88 * part.change / scale,
                88 * abs(part.change) / scale,
            )
            for part in sorted(shown, key=lambda part: -part.change)
        ]

    @cached_property
    def findings(self) -> list[rules.Finding]:
        found = [self._star(), self._conversion(), *self._ads()]
        return [finding for finding in found if finding][:4]

    def _star(self) -> rules.Finding | None:
        best = rules.star(self._items, self.earned - self.earned_before)
        if best is None:
            return None
        share = (best.now - best.before) / (self.earned - self.earned_before)
        text = f"《{best.name}》按{self.model_name}分得 {yuan(best.now)}，比对比期多 {yuan(best.now - best.before)}，占增量的 {pct(share, 0)}。"
        return rules.Finding(
            "good",
            "trending-up",
            "一篇内容带来的增量最多。",
            text,
            rules.sure(best.orders),
            "content",
            best.key,
        )

    @cached_property
    def _items(self) -> list[rules.Item]:
        now = self._content.models[self.board.model]
        before = self.board.attribution(
            "content", self.board.comparison.period, (self.board.model,)
        ).models[self.board.model]
        names = self.board.named("content", [key for key in now if key])
        return [
            rules.Item(
                key,
                names[key].name,
                credit.value,
                before[key].value if key in before else 0.0,
                credit.conversions,
            )
            for key, credit in now.items()
            if key
        ]

    def _conversion(self) -> rules.Finding | None:
        keys = ("orders", "visits")
        now, before = (
            self.board.totals(keys, period)[0]
            for period in (self.period, self.board.comparison.period)
        )
        if not (now["visits"] and before["visits"]):
            return None
        rate = rules.Rate(now["orders"], now["visits"], before["orders"], before["visits"])
        if not rules.moved(rate):
            return None
        up = rate.change > 0
        text = f"每百次访问成交 {100 * rate.hits / rate.of:.2f} 单，对比期 {100 * rate.hits_before / rate.of_before:.2f} 单；差别超出偶然（|z| = {abs(rate.z):.1f}）。"
        title = f"成交转化率{'升' if up else '降'}了 {abs(rate.change) * 100:.2f} 个百分点。"
        return rules.Finding(
            "good" if up else "warn",
            "trending-up" if up else "trending-down",
            title,
            text,
            "高",
            "metric",
            "cvr",
        )

    def _ads(self) -> list[rules.Finding]:
        spent, spent_before = (
            {
                row["platform"]: row["spend"]
                for row in self.board.totals(("spend",), period, by=("platform",))
            }
            for period in (self.period, self.board.comparison.period)
        )
        credit, credit_before = (
            self.board.values(self.board.channels_now),
            self.board.values(self.board.channels_before),
        )
        found = []
        for key, amount in spent.items():
            more = rules.saturated(
                amount, spent_before.get(key, 0), credit.get(key, 0), credit_before.get(key, 0)
            )
            if more is not None and more < 1:
                name = self.board.named("channel", [key])[key].name
                text = f"比对比期多花 {yuan(amount - spent_before[key])}，每多花 1 元分得 {times(more)} 元。两期之比不是实验，先小步试。"
                found.append(
                    rules.Finding(
                        "warn", "coins", f"{name}多花的钱没有换回来。", text, "低", "spend", key
                    )
                )
        return found[:1]

    # what earned most --------------------------------------------------------------------------------

    @cached_property
    def _content(self) -> Any:
        return self.board.attribution("content", self.period, (self.board.model,))

    @cached_property
    def contents(self) -> list[EarnerRow]:
        credits = self._content.models[self.board.model]
        best = sorted((key for key in credits if key), key=lambda key: -credits[key].value)[:TOP]
        names = self.board.named("content", best)
        known = {
            row["content"]: row
            for row in self.board.totals(("engagement_rate", "spend"), self.period, by=("content",))
        }
        return [
            EarnerRow(
                key, names[key].name, names[key].note, names[key].platform, names[key].url, known.get(key, {}).get("engagement_rate"),
                credits[key].value, credits[key].conversions, _times(credits[key].value, known.get(key, {}).get("spend")),
            )
            for key in best
        ]  # fmt: skip

    @property
    def content_count(self) -> int:
        return sum(
            1
            for key, credit in self._content.models[self.board.model].items()
            if key and credit.conversions
        )

    @cached_property
    def creators(self) -> list[CreatorRow]:
        credits = self.board.attribution("creator", self.period, (self.board.model,)).models[
            self.board.model
        ]
        best = sorted((key for key in credits if key), key=lambda key: -credits[key].value)[:TOP]
        known = {row.key: row for row in creators.creators(self.board.workspace, best)}
        names = self.board.named("creator", best)
        spent = {
            row["creator"]: row["spend"]
            for row in self.board.totals(("spend",), self.period, by=("creator",))
        }
        reached = self._delivered([known[key] for key in best if key in known])
        return [
            CreatorRow(
                key, names[key].name, f"{known[key].tier} · {wan(known[key].followers)}粉" if key in known else "", names[key].url,
                reached.get(key), credits[key].value, _times(credits[key].value, spent.get(key)),
            )
            for key in best
        ]  # fmt: skip

    def _delivered(self, rows: list[Any]) -> dict[str, float]:
        """Impressions of the agreed posts over what was promised, since the first day of the log."""
        whole = Period(self.period.last - timedelta(365), self.period.last)
        shown = {
            row["content"]: row["impressions"]
            for row in self.board.totals(("impressions",), whole, by=("content",))
        }
        return {
            row.key: sum(shown.get(key, 0) or 0 for key in row.post_keys) / row.promised
            for row in rows
            if row.promised
        }


def _part(values: dict[str, float], key: str, shown: list[str]) -> float:
    if key == OTHERS:
        return sum(value for name, value in values.items() if name not in shown)
    return values.get(key, 0.0)


def _bands(span: Period) -> list[Band]:
    found = [
        (sale, max(sale.first, span.first), min(sale.last, span.last))
        for sale in promos_within(span)
    ]
    return [Band(sale.label, f"{first:%m-%d}", f"{last:%m-%d}") for sale, first, last in found]


def _times(value: float, cost: float | None) -> float | None:
    return value / cost if cost else None
