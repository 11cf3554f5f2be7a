"""What the overview shows: where the goals stand, the figures, the trend, what happened, what earned most."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from shemei.apps.creators import queries as creators
from shemei.apps.insight import rules
from shemei.apps.insight.models import Goal
from shemei.apps.insight.overview.begin import Begin
from shemei.apps.insight.overview.drivers import REST, Drivers
from shemei.apps.insight.overview.goals import GoalRow, goal_row
from shemei.apps.insight.overview.rows import ChannelRow, CreatorRow, EarnerRow
from shemei.apps.insight.queries import Board, Figure, day_axis, days_of, other_says
from shemei.apps.insight.reports.report import sale_bands
from shemei.apps.insight.spending import Spending
from shemei.kernel.figures import MODEL_NAMES
from shemei.kernel.periods import Period, today
from shemei.portal.charts import Chart, Series
from shemei.portal.numbers import MoneyColumn, change, pct, times, yuan
from shemei.warehouse.vocabulary import int_day

KPIS = ("impressions", "engagement_rate", "ctr", "cvr", "cac")
TREND_DAYS = 28
SHOWN_CHANNELS = 5
TOP = 5
OTHERS = "_others"


class Overview:
    """One overview; each part is worked out when the template asks for it."""

    def __init__(self, board: Board, *, put_away: bool = False) -> None:
        self.board = board
        self.begin = Begin(board, put_away=put_away)
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
    def earned(self) -> float | None:
        """What can be traced; ``None`` while nothing was sold: that is no figure, not a bad one."""
        return None if self.board.channels_now.coverage is None else self.board.earned

    @cached_property
    def earned_days(self) -> list[float]:
        if self.earned is None:
            return []
        days = days_of(self.period)
        return [sum(self._daily.get(int_day(day), {}).values()) for day in days]

    @property
    def coverage(self) -> str:
        """追得到的成交额: how much of all money can be traced. 对账 says how many of all orders can."""
        share = self.board.channels_now.coverage
        return "还没有成交" if share is None else f"追得到的成交额占 {pct(share, 1)}"

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
        earned = self.board.values(self.board.channels_now)
        now, before = self.board.channels_compared
        shown = sorted(earned, key=lambda key: -earned[key])[:SHOWN_CHANNELS]
        names = self.board.named("channel", shown)
        rows = [(key, names[key].name, key) for key in shown]
        if (earned.keys() | before.keys()) - set(shown):
            rows.append((OTHERS, REST, ""))
        value = {key: _part(earned, key, shown) for key, _, _ in rows}
        most = max(value.values(), default=0) or 1
        return [
            ChannelRow(
                key, name, platform, self.channel_money.show(value[key]), 100 * value[key] / most,
                change(_part(now, key, shown), _part(before, key, shown)),
                "" if key == OTHERS else self.board.part_href("channel", key),
            )
            for key, name, platform in rows
        ]  # fmt: skip

    @property
    def other_says(self) -> str:
        return other_says("channel", (row.key for row in self.channels))

    @cached_property
    def channel_money(self) -> MoneyColumn:
        return MoneyColumn.of([self.board.earned])

    @property
    def channel_total(self) -> str:
        return self.channel_money.show(self.board.earned)

    @cached_property
    def trend(self) -> Chart:
        """Each day's stack is that day's whole: what no row of the table names is the rest."""
        rows = [self._daily.get(int_day(day), {}) for day in days_of(self.span)]
        named = [row for row in self.channels if row.key != OTHERS]
        shown = [row.key for row in named]
        series = [
            Series(
                row.name,
                tuple(_part(values, row.key, shown) for values in rows),
                platform=row.platform,
            )
            for row in named
        ]
        rest = tuple(_part(values, OTHERS, shown) for values in rows)
        if any(rest):
            series.append(Series(REST, rest, platform="other"))
        return Chart(
            id="trend",
            kind="stack",
            unit="money",
            x=day_axis(self.span),
            series=tuple(series),
            bands=sale_bands(self.span),
            focus=(self.period.first - self.span.first).days,
        )

    @property
    def trend_says(self) -> str:
        """One sentence a reader without the picture needs."""
        best = max(self._daily.items(), key=lambda item: sum(item[1].values()), default=None)
        if best is None:
            return ""
        day = f"{best[0] % 10000 // 100:02d}-{best[0] % 100:02d}"
        return f"{self.period.label or '所选时段'}共 {yuan(self.board.earned)}；图中最高的一天是 {day}，{yuan(sum(best[1].values()))}。"

    @property
    def untraced(self) -> tuple[str, str]:
        """What stands in place of a trend without a value: a title and a sentence."""
        orders, untouched = self.board.touchless
        if not orders or untouched < orders:
            return "这段时间没有数据", "换一段时间，或先导入数据、建短链。"
        return (
            f"这段时间有 {orders:,} 单，还没有一单追得到来路",
            "这里画的是追得到的成交额：先有点击，或订单里带着优惠码、手机号。订单都在「链接与订单」里。",
        )

    # what happened -----------------------------------------------------------------------------------

    @property
    def is_compared(self) -> bool:
        """Whether the comparison earned anything: against nothing there is no growth."""
        return self.board.earned_change is not None

    @property
    def gained(self) -> float:
        now, before = self.board.channels_compared
        return sum(now.values()) - sum(before.values()) if self.is_compared else 0.0

    @property
    def as_of(self) -> datetime | None:
        return self.board.as_of

    @cached_property
    def drivers(self) -> Drivers:
        parts = rules.drivers(*self.board.channels_compared) if self.is_compared else []
        names = self.board.named("channel", [part.key for part in parts])
        return Drivers(parts, {part.key: names[part.key].name for part in parts})

    @cached_property
    def findings(self) -> list[rules.Finding]:
        found = [self._star(), self._fall(), self._conversion(), *self._ads()]
        return [finding for finding in found if finding][:4]

    @property
    def nothing(self) -> tuple[str, str]:
        """What is said where there is no finding: a title and a sentence."""
        if not self.begin.has_path:
            return (
                "还没有可追踪的成交。",
                "有了点击，又有订单接得回去，这里说谁带来的、多了还是少了。",
            )
        if self.board.fair is None:
            return "今天还没过完。", "过完一天再比，才不冤枉谁。"
        if not any(self.board.channels_compared):
            if self.board.earned:
                return "可追踪的成交都在今天，今天还没过完。", "过完一天再比，才不冤枉谁。"
            return "没有能比的成交。", "这一期和对比期都没有可追踪的成交，换一段更长的时间再看。"
        if not self.is_compared:
            return "对比期没有可追踪的成交。", "没有数可比，说不出多了还是少了。"
        return "没有更多可说的。", "其余的差别都在偶然之内，系统不硬找原因。"

    def _star(self) -> rules.Finding | None:
        best = rules.mover(self._items("content"), self.gained) if self.gained > 0 else None
        if best is None:
            return None
        more = best.now - best.before
        part = pct(more / self.gained, 0)
        of_all = f"占增量的 {part}" if more <= self.gained else "抵过了别处的减少"
        text = f"《{best.name}》按{self.model_name}分得 {yuan(best.now)}，比对比期多 {yuan(more)}，{of_all}。"
        return rules.Finding(
            "good",
            "trending-up",
            "一篇内容带来的增量最多。",
            text,
            rules.sure(best.orders),
            "content",
            best.key,
        )

    def _fall(self) -> rules.Finding | None:
        worst = rules.mover(self._items("channel"), self.gained) if self.gained < 0 else None
        if worst is None:
            return None
        share = (worst.now - worst.before) / self.gained
        text = f"按{self.model_name}从 {yuan(worst.before)} 到 {yuan(worst.now)}，占减少的 {pct(share, 0)}。先看它的内容和投放停没停。"
        return rules.Finding(
            "warn",
            "trending-down",
            f"{worst.name}少得最多。",
            text,
            rules.sure(worst.orders),
            "channel",
            worst.key,
        )

    def _items(self, by: str) -> list[rules.Item]:
        answers = self.board.credited(by)
        if answers is None:
            return []
        now, before = (answer.models[self.board.model] for answer in answers)
        keys = sorted(key for key in now.keys() | before.keys() if key)
        names = self.board.named(by, keys)
        return [rules.item(key, names[key].name, now.get(key), before.get(key)) for key in keys]

    def _conversion(self) -> rules.Finding | None:
        keys = ("orders", "clicks")
        if self.board.fair is None:
            return None
        now, before = (self.board.totals(keys, span)[0] for span in self.board.fair)
        if not (now["clicks"] and before["clicks"]):
            return None
        rate = rules.Rate(now["orders"], now["clicks"], before["orders"], before["clicks"])
        if not rules.moved(rate):
            return None
        up = rate.change > 0
        text = f"每百次点击成交 {100 * rate.hits / rate.of:.2f} 单，对比期 {100 * rate.hits_before / rate.of_before:.2f} 单；差别超出偶然。"
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
        if self.board.fair is None:
            return []
        now, before = self.board.fair
        both = Period(min(now.first, before.first), max(now.last, before.last))
        spent, spent_before = (
            {
                key: one.total
                for key, one in Spending(self.board.workspace, span, touched=both)
                .by("channel")
                .items()
            }
            for span in (now, before)
        )
        credit, credit_before = self.board.channels_compared
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
                self.content_money.show(credits[key].value), credits[key].conversions, _times(credits[key].value, known.get(key, {}).get("spend")),
            )
            for key in best
        ]  # fmt: skip

    @property
    def has_returned(self) -> bool:
        """Whether any of them cost something, so that there is a return to tell."""
        return any(row.returned is not None for row in self.contents)

    @cached_property
    def content_money(self) -> MoneyColumn:
        return MoneyColumn.of(
            credit.value for key, credit in self._content.models[self.board.model].items() if key
        )

    @cached_property
    def creator_money(self) -> MoneyColumn:
        return MoneyColumn.of(credit.value for key, credit in self._creator.items() if key)

    @cached_property
    def _creator(self) -> dict[str, Any]:
        answer = self.board.attribution("creator", self.period, (self.board.model,))
        return dict(answer.models[self.board.model])

    @property
    def content_count(self) -> int:
        """Contents in the paths of orders, under every model the same."""
        answer = self.board.attribution("content", self.period, ("linear",))
        return sum(
            1 for key, credit in answer.models["linear"].items() if key and credit.conversions
        )

    @cached_property
    def creators(self) -> list[CreatorRow]:
        credits = self._creator
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
                key, names[key].name, known[key].tier if key in known else "", names[key].url,
                reached.get(key), self.creator_money.show(credits[key].value), _times(credits[key].value, spent.get(key)),
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
        told = {row.key: row.delivered_share(shown) for row in rows}
        return {key: share for key, share in told.items() if share is not None}


def _part(values: dict[str, float], key: str, shown: list[str]) -> float:
    if key == OTHERS:
        return sum(value for name, value in values.items() if name not in shown)
    return values.get(key, 0.0)


def _times(value: float, cost: float | None) -> float | None:
    return value / cost if cost else None
