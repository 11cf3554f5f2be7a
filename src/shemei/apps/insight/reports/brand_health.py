"""品牌健康: what surveys and indices told of the brand, wave by wave, and beside it the log's own long-term figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from shemei.apps.brand.tracker.queries import Tracked, Wave, is_sampled, shown, tracked
from shemei.apps.insight.queries import Board, known
from shemei.kernel.periods import Period
from shemei.portal.charts import Chart, Series
from shemei.portal.numbers import Delta, figure, points, score
from shemei.warehouse.catalogue import METRICS, Metric

if TYPE_CHECKING:
    from shemei.portal.charts import Unit

FROM_LOG = {"repeat_rate": "复购订单占比", "follows": "粉丝净增", "direct_share": "直接访问占比"}
"""The log's own long-term figures, and what they are called here; one that the catalogue lacks is left out."""
GRAINS = {"quarter": "季", "month": "月"}
SHOWN = {"quarter": 6, "month": 12}
LINES_SHOWN = 4
"""Of one metric: a line is a platform and whoever measured it."""
CHARTED: dict[str, Unit] = {"ratio": "ratio", "score": "times"}
HOW = "按 95% 算，当作随机抽样；配额与加权的样本实际更宽一些"


@dataclass(frozen=True, slots=True)
class Card:
    """One metric of one source, ready to show."""

    line: Tracked

    @property
    def metric(self) -> Metric:
        return METRICS[self.line.metric]

    @property
    def id(self) -> str:
        """Of the chart: one per line on a page."""
        return f"line-{self.line.last.key}"

    @property
    def wave(self) -> Wave:
        return self.line.last

    @property
    def shown(self) -> str:
        return self.show(self.wave.value)

    @property
    def where(self) -> str:
        """「示例调研，2026-09-01 至 2026-09-14」, with the platform where there is one."""
        place = f"{self.line.place}，" if self.line.place else ""
        return f"{place}{self.line.source}，{self.wave.span}"

    @property
    def span(self) -> str:
        """The interval in words, or why there is none."""
        if not (told := self.interval(self.wave)):
            return self.wave.unsure
        return f"95% 区间 {told}，问了 {figure(self.wave.asked)} 人"

    def interval(self, wave: Wave) -> str:
        """Both ends with the same digits; empty where the wave has none."""
        if wave.low is None or wave.high is None:
            return ""
        if self.metric.unit == "score":
            return f"{figure(wave.low, 1)} 至 {figure(wave.high, 1)}"
        return f"{self.show(wave.low)} 至 {self.show(wave.high)}"

    @property
    def delta(self) -> Delta | None:
        """The change against the wave before; coloured only where it exceeds chance."""
        gap = self.wave.gap
        if gap is None:
            return None
        if not gap.size:
            return Delta("flat", "持平")
        up = gap.size > 0
        text = f"{'升' if up else '降'} {self._size(gap.size)}"
        if not gap.beyond_chance:
            return Delta("up" if up else "down", text)
        return Delta("up" if up else "down", text, _tone(self.metric, up))

    @property
    def verdict(self) -> str:
        """Whether the change exceeds chance, or why that cannot be said."""
        gap = self.wave.gap
        if gap is None:
            return "第一波，下一波起才有变化"
        before = self.line.waves[-2].span
        if gap.beyond_chance is None:
            return f"与上一波（{before}）比；{gap.why}"
        says = "超出抽样误差" if gap.beyond_chance else "在抽样误差之内，看不出变化"
        return f"与上一波（{before}）比，{says}"

    def _size(self, size: float) -> str:
        """A difference without its direction: in points for shares and scores, else as it is."""
        if self.metric.unit == "ratio":
            return points(size, 1)
        return f"{score(abs(size))} 分" if self.metric.unit == "score" else figure(abs(size))

    def show(self, value: float | None) -> str:
        return shown(self.line.metric, value)

    @property
    def chart(self) -> Chart:
        """Wave by wave, with the intervals as a band where every wave has one."""
        waves = self.line.waves
        sure = all(wave.low is not None for wave in waves)
        one = Series(
            self.metric.name,
            tuple(wave.value for wave in waves),
            low=tuple(wave.low for wave in waves) if sure else (),
            high=tuple(wave.high for wave in waves) if sure else (),
        )
        return Chart(
            id=self.id, kind="line", x=_labels([wave.day for wave in waves]), series=(one,), height=150,
            unit=CHARTED.get(self.metric.unit, "count"), x_name="这一波", totals=False,
            at=tuple(wave.day.isoformat() for wave in waves),
        )  # fmt: skip


def _tone(metric: Metric, up: bool) -> Literal["good", "bad", ""]:
    """Whether a change is good, by the direction the catalogue calls so."""
    if metric.better == "none":
        return ""
    return "good" if up == (metric.better == "up") else "bad"


def _labels(days: list[date]) -> tuple[str, ...]:
    """Days below a chart; the year stands under them where there are several."""
    years = {day.year for day in days}
    return tuple(f"{day:%m-%d}" if len(years) == 1 else f"{day:%m-%d}\n{day:%Y}" for day in days)


@dataclass(frozen=True)
class BrandHealth:
    """The page of one brand; ``grain`` is of the log's figures."""

    board: Board
    grain: str = "quarter"

    @cached_property
    def lines(self) -> list[Tracked]:
        return tracked(self.board.workspace)

    @cached_property
    def cards(self) -> list[Card]:
        """Of each metric the lines measured last."""
        seen: Counter[str] = Counter()
        shown = []
        for line in self.lines:
            seen[line.metric] += 1
            if seen[line.metric] <= LINES_SHOWN:
                shown.append(Card(line))
        return shown

    @property
    def left(self) -> int:
        """Lines of other sources and platforms that have no card."""
        return len(self.lines) - len(self.cards)

    @property
    def missing(self) -> list[Metric]:
        """Metrics that nobody has told of yet."""
        told = {card.line.metric for card in self.cards}
        return [one for one in METRICS.values() if one.told and one.key not in told]

    @property
    def says(self) -> str:
        """What of all this is news, in one sentence."""
        judged = [card for card in self.cards if card.wave.gap and card.wave.gap.beyond_chance is not None]  # fmt: skip
        moved = [card for card in judged if card.wave.gap and card.wave.gap.beyond_chance]
        if not judged:
            return "还没有两波可以比的调研"
        if not moved:
            return f"{len(judged)} 项与上一波比，都在抽样误差之内"
        words = "、".join(f"{card.metric.name}{card.delta.text}" for card in moved if card.delta)
        rest = len(judged) - len(moved)
        return f"{words}，超出抽样误差" + (f"；其余 {rest} 项在误差之内" if rest else "")

    @property
    def period(self) -> Period:
        """All that the readings span, and the board's own last day: what notes and drawers are of."""
        waves = [wave for card in self.cards for wave in card.line.waves]
        last = max([self.board.period.last, *(wave.day for wave in waves)])
        return Period(min([last, *(wave.first or wave.day for wave in waves)]), last)

    @cached_property
    def log(self) -> list[tuple[Metric, str, Chart]]:
        """The log's own figures, one chart each; none where the log has nothing to say."""
        keys = tuple(key for key in FROM_LOG if key in METRICS)
        spans = list(_spans(self.board.period.last, self.grain))
        rows = [self.board.totals(keys, span)[0] for span in spans]
        drawn = []
        for key in keys:
            metric = METRICS[key]
            values = [known(metric, row[key]) for row in rows]
            if any(value is not None for value in values):
                drawn.append((metric, FROM_LOG[key], _chart(metric, FROM_LOG[key], spans, values)))
        return drawn

    @property
    def log_period(self) -> Period:
        spans = list(_spans(self.board.period.last, self.grain))
        return Period(spans[0].first, spans[-1].last)


def _chart(metric: Metric, name: str, spans: list[Period], values: list[float | None]) -> Chart:
    """Bars from the first span that has a figure on."""
    start = next(n for n, value in enumerate(values) if value is not None)
    return Chart(
        id=f"log-{metric.key}", kind="bar", x=tuple(span.label for span in spans[start:]), height=180,
        series=(Series(name, tuple(values[start:])),), unit=CHARTED.get(metric.unit, "count"), x_name="时段", totals=False,
    )  # fmt: skip


def _spans(last: date, grain: str) -> Iterator[Period]:
    """Calendar quarters or months up to ``last``, oldest first; the one under way says so."""
    firsts = [_first(last, grain)]
    while len(firsts) < SHOWN[grain]:
        firsts.append(_first(firsts[-1] - timedelta(1), grain))
    ends = [last, *(first - timedelta(1) for first in firsts)]
    for first, end in sorted(zip(firsts, ends, strict=False)):
        label = f"{first:%Y}Q{(first.month + 2) // 3}" if grain == "quarter" else f"{first:%Y-%m}"
        whole = _first(end + timedelta(1), grain) > first
        yield Period(first, end, label if whole else f"{label}（未完）")


def _first(day: date, grain: str) -> date:
    month = day.month if grain == "month" else day.month - (day.month - 1) % 3
    return date(day.year, month, 1)


@dataclass(frozen=True, slots=True)
class ToldStory:
    """What stands behind one told metric: its readings, newest first, each with who measured it."""

    board: Board
    metric: Metric

    @property
    def lines(self) -> list[Card]:
        return [Card(line) for line in tracked(self.board.workspace, self.metric.key)]

    @property
    def rows(self) -> list[tuple[Card, list[tuple[Wave, str, str]]]]:
        return [(card, [self._row(card, wave) for wave in card.line.waves[::-1]]) for card in self.lines]  # fmt: skip

    @staticmethod
    def _row(card: Card, wave: Wave) -> tuple[Wave, str, str]:
        return wave, card.show(wave.value), card.interval(wave)

    @property
    def how(self) -> str:
        """How the interval and the comparison are made."""
        if not is_sampled(self.metric.key):
            return "这个数不是抽样问人得来的，没有区间，也不判断变化是不是偶然。"
        if self.metric.unit == "ratio":
            return f"区间是威尔逊（1927）的；两波之差用纽科姆（1998）的区间，不含 0 才算超出抽样误差。{HOW}。"
        return f"区间是罗克斯（2016）的校正区间，要有推荐者与贬损者的占比；两波之差把两个区间合起来。{HOW}。"
