"""漏斗: how far people get. The warehouse counts; here it is laid out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from shemei.apps.insight.queries import DIMENSIONS, Board
from shemei.apps.insight.reports.files import about, compared, split_columns
from shemei.kernel.figures import ask
from shemei.kernel.lists import Column, Table, Tables
from shemei.kernel.periods import Period
from shemei.kernel.urls import wurl
from shemei.portal.charts import Chart, Series
from shemei.portal.numbers import figure, pct
from shemei.warehouse.catalogue import DEFAULT_FUNNEL, Step
from shemei.warehouse.flows import Funnel
from shemei.warehouse.vocabulary import KIND_NAMES

WITHIN = {0: "整段时间", 7: "7 天内", 14: "14 天内", 30: "30 天内"}
SPLIT_ROWS = 10
ORDER_STEP = next(n for n, step in enumerate(DEFAULT_FUNNEL) if "order" in step.kinds)
ACTION_NAMES = {"add_to_cart": "加购", "share": "分享"}
IN_TURN = (
    "规则「期内依次」：每个人从任意一次触达算起，之后按次序做到哪一步算到哪一步，取走得最远的一次。"
    "只数认得出的人（平台只报数字的曝光不在内），可疑的不算。选「7 天内」时，每一步都要在触达后 7 天内"
)
STEPS = (
    Column("name", "步骤", lambda row: row.name),
    Column("rule", "怎样算到", lambda row: row.rule),
    Column("people", "人数", lambda row: row.people, "num"),
    Column("of_before", "占上一步", lambda row: row.of_before, "ratio"),
    Column("change", "变化", lambda row: row.change, "ratio", unit="百分点"),
    Column("wait", "间隔中位", lambda row: row.median_hours, "num", unit="小时"),
)


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step: how many took it, of how many, how long it took, and the same share before."""

    number: int
    name: str
    rule: str
    people: int
    of_first: float | None
    of_before: float | None
    median_hours: float | None
    change: float | None
    href: str

    @property
    def median_seconds(self) -> float | None:
        return None if self.median_hours is None else self.median_hours * 3600


@dataclass(frozen=True, slots=True)
class SplitRow:
    href: str
    name: str
    platform: str
    people: tuple[int, ...]
    whole: float | None


class FunnelPage:
    """The default funnel of one brand's period, whole and split by ``by``."""

    rule = IN_TURN

    def __init__(self, board: Board, by: str, within: int) -> None:
        self.board, self.by, self.within = board, by, within

    def _ask(
        self, period: Period, by: tuple[str, ...] = (), steps: tuple[Step, ...] = DEFAULT_FUNNEL
    ) -> list[dict[str, Any]]:
        question = Funnel(
            self.board.workspace.key, period.first_day, period.last_day, steps=steps, by=by,
            within_days=self.within,
        )  # fmt: skip
        return ask(question).rows.to_pylist()

    @cached_property
    def steps(self) -> list[StepRow]:
        now, before = self._ask(self.board.period), self._shares_before
        fair = self._shares_now
        return [
            StepRow(
                row["step"], row["name"], step_rule(row["step"]), row["people"], row["of_first"],
                row["of_before"], row["median_hours"],
                _difference(fair.get(row["step"]), before.get(row["step"])) if row["step"] > 1 else None,
                self._href(row["step"]),
            )
            for row in now
        ]  # fmt: skip

    def _href(self, step: int) -> str:
        within = f"&within={self.within}" if self.within else ""
        page = wurl(self.board.workspace, "insight:funnel_step")
        return f"{page}?step={step}{within}&{self.board.period.query}"

    @cached_property
    def _shares_now(self) -> dict[int, float | None]:
        """Shares of the whole days that are compared."""
        return self._shares(self.board.fair[0]) if self.board.fair else {}

    @cached_property
    def _shares_before(self) -> dict[int, float | None]:
        return self._shares(self.board.fair[1]) if self.board.fair else {}

    def _shares(self, period: Period) -> dict[int, float | None]:
        return {row["step"]: row["of_before"] for row in self._ask(period)}

    @property
    def started(self) -> int:
        return self.steps[0].people if self.steps else 0

    @cached_property
    def chart(self) -> Chart:
        return Chart(
            id="funnel",
            kind="funnel",
            x=tuple(row.name for row in self.steps),
            x_name="步骤",
            series=(Series("人数", tuple(row.people for row in self.steps)),)
            if self.started
            else (),
            height=260,
            totals=False,
            suffix="人",
        )

    @property
    def says(self) -> str:
        """Where most are lost, in one sentence."""
        pairs = list(zip(self.steps, self.steps[1:], strict=False))
        to_order = [pair for pair in pairs[:ORDER_STEP] if pair[1].of_before is not None]
        known = to_order + [pair for pair in pairs[ORDER_STEP:] if pair[1].people]
        if not known:
            return ""
        a, b = min(known, key=lambda pair: pair[1].of_before or 0.0)
        said = f"流失最多的一步是「{a.name}」到「{b.name}」："
        if not b.people:
            return f"{said}没有人走下去，或者没有记到「{b.name}」。"
        nobody = next((row.name for row in self.steps if not row.people), "")
        went_on = f"{said}{pct(b.of_before, 1)} 的人走了下去。"
        return went_on + (f"没有记到「{nobody}」。" if nobody else "")

    @cached_property
    def out_of_turn(self) -> int:
        """People who bought in the period and did not come to it step by step."""
        if not self.steps:
            return 0
        bought = self._ask(self.board.period, steps=(DEFAULT_FUNNEL[ORDER_STEP],))[0]["people"]
        return bought - self.steps[ORDER_STEP].people

    @cached_property
    def _groups(self) -> dict[str, list[dict[str, Any]]]:
        groups: dict[str, list[dict[str, Any]]] = {}
        for row in self._ask(self.board.period, (self.by,)):
            groups.setdefault(row[self.by], []).append(row)
        return groups

    @cached_property
    def splits(self) -> list[SplitRow]:
        """The same funnel for the names most people began with."""
        return self._named(list(self._groups)[:SPLIT_ROWS])

    def _named(self, keys: list[str]) -> list[SplitRow]:
        names, groups = self.board.named(self.by, keys), self._groups
        return [
            SplitRow(
                self.board.part_href(self.by, key), names[key].name, names[key].platform,
                tuple(row["people"] for row in groups[key]), groups[key][-2]["of_first"],
            )
            for key in keys
        ]  # fmt: skip

    @property
    def split_word(self) -> str:
        return DIMENSIONS[self.by]

    @property
    def split_hint(self) -> str:
        return f"按每个人起头那次触达的{self.split_word}；触达最多的 {SPLIT_ROWS} 项"

    @cached_property
    def _touched_before(self) -> int:
        """Buyers of the period who had a touch before they bought, whatever came between."""
        ends = (DEFAULT_FUNNEL[0], DEFAULT_FUNNEL[ORDER_STEP])
        return int(self._ask(self.board.period, steps=ends)[-1]["people"])

    @property
    def aside(self) -> str:
        """How many bought and are not in the funnel; empty where there is nobody."""
        if not self.out_of_turn:
            return ""
        within = f"在 {self.within} 天内" if self.within else ""
        whole = figure(self.out_of_turn)
        return f"另有 {whole} 人下过单，但没有{within}依次走过前面的步骤"

    @property
    def aside_href(self) -> str:
        """Where the whole sentence is: it takes one more question of the log."""
        within = f"within={self.within}&" if self.within else ""
        page = wurl(self.board.workspace, "insight:funnel_aside")
        return f"{page}?{within}{self.board.period.query}"

    @property
    def beside(self) -> str:
        """Who bought and is not in the funnel, and why, in one sentence; empty where there is nobody."""
        if not self.out_of_turn:
            return ""
        skipped = self._touched_before - self.steps[ORDER_STEP].people
        between = "或".join(f"「{step.name}」" for step in DEFAULT_FUNNEL[1:ORDER_STEP])
        why = (
            (self.out_of_turn - skipped, "人在这段时间里没有触达就买了"),
            (skipped, f"人有过触达，买之前跳过了{between}"),
        )
        told = "，".join(f"{figure(people)} {words}" for people, words in why if people)
        return f"{self.aside}：{told}。"

    @property
    def tables(self) -> Tables:
        """What can be taken along: the steps, and every row of the split."""
        notes = about(self.board, f"{IN_TURN}。这里是{WITHIN[self.within]}", "人数去重，精确值")
        return Tables("漏斗报表", self._tables, notes)

    @property
    def _tables(self) -> tuple[Table, ...]:
        begun = (
            f"按每个人起头那次触达的{self.split_word}；页面只列触达最多的 {SPLIT_ROWS} 项，这里全列"
        )
        counts = tuple(_step_column(n, step.name) for n, step in enumerate(DEFAULT_FUNNEL))
        whole = Column("whole", "触达到行动", lambda row: row.whole, "ratio")
        own = tuple(note for note in (compared(self.board),) if note)
        return (
            Table(
                "steps", "每一步", STEPS, lambda: self.steps, own, some=bool(self.started),
                counted=lambda: filter(None, (self.beside,)),
            ),
            Table(
                "split", f"按{self.split_word}", (*split_columns(self.by), *counts, whole),
                lambda: self._named(list(self._groups)), (begun,), some=bool(self.started),
            ),
        )  # fmt: skip


def _step_column(number: int, name: str) -> Column:
    return Column(f"step{number + 1}", name, lambda row: row.people[number], "num")


def _difference(now: float | None, before: float | None) -> float | None:
    return None if now is None or before is None else now - before


def step_rule(number: int) -> str:
    """What counts as a step, in words.

    >>> step_rule(4)
    '下单'
    """
    step = DEFAULT_FUNNEL[number - 1]
    actions = [ACTION_NAMES.get(action, action) for action in step.actions if action]
    words = [KIND_NAMES.get(kind, kind) for kind in step.kinds]
    return "、".join(words) + (f"（{'、'.join(actions)}）" if actions else "")
