"""Import of spend reports: one line per day, platform, kind and plan, with what the platform claims for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from shemei.apps.advertising import rules
from shemei.apps.advertising.exports import FIELDS, PRESETS, SUMS, kind_in
from shemei.apps.advertising.models import Spend
from shemei.apps.advertising.rereading import replaced
from shemei.apps.advertising.tellings import SpendLedger
from shemei.apps.brand.queries import campaigns
from shemei.kernel.imports.errors import CellError
from shemei.kernel.imports.kinds import Group, Option, Row, Skip, Staged, Tally
from shemei.kernel.imports.kinds_told import Line, ToldLines
from shemei.kernel.imports.origin import (
    platform_name,
    platform_option,
    platform_problem,
    take_platform,
    told_platform,
)
from shemei.kernel.permissions import Permission
from shemei.warehouse.vocabulary import date_of

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.imports.models import ImportBatch


WHERE = "没有平台列时，算在"
REPLACED = (
    "{n} 笔是同样的表从前少读了几列（例如计划名称）导入的：换成这一份的，不会算两次；"
    "在那几笔上手工改过的也一并换掉。撤销这次导入，它们就回来。"
)
BY_NAME = "{n} 行的类型是从计划名里读出的（例如「礼盒-搜索-B」是搜索）：表里没有类型列。"
BY_PLAN = "同一天、同一平台、同一类型、同一条计划的几行算一笔，数相加；一模一样的两行只算一次。"
NO_PLAN = (
    "表里没有对上计划名称的列，同一天、同一平台、同一类型的几行算一笔，数相加；一模一样的两行只算一次。"
    "要每条计划一笔，请在「改表头对应」里给「投放计划」选一列。"
)


class Spends(ToldLines):
    """Rows become entries of lines known by day, platform, kind, campaign and plan; ``finish`` books them."""

    ledger = SpendLedger
    key = "spend"
    name = "花费"
    noun = "笔"
    permission = Permission.SPEND
    fields = FIELDS
    presets = PRESETS
    options = (
        platform_option(WHERE),
        Option("kind", "没有类型列时，算作", tuple(Spend.Kind.choices), Spend.Kind.FEED),
    )
    done_url = ("看花费", "advertising:spends")

    def guess(self, batch: ImportBatch, options: Mapping[str, str]) -> Mapping[str, str]:
        return {"platform": told_platform(batch, options)}

    def mapping_problem(self, columns: Mapping[str, int], options: Mapping[str, str]) -> str:
        return platform_problem(WHERE, columns, options)

    def belongs_to(self, batch: ImportBatch) -> str:
        return platform_name(batch)

    def prepare(self, row: Row, batch: ImportBatch) -> Staged | Skip:
        values = dict(row.values)
        take_platform(values, batch, WHERE)
        values.setdefault("kind", kind_in(values.get("plan", "")) or batch.option("kind"))
        if date_of(values["day"]) > timezone.localdate():
            raise CellError("spend.future", "日期在今天之后", "请核对原表", field="day")
        if values["amount"] < 0:
            raise CellError(
                "spend.negative", "花费小于 0", "退款或返点请直接改那一笔花费", field="amount"
            )
        if not any(values.get(name) for name in SUMS):
            return Skip("没有花费也没有数据的行")
        return Staged(values, group=_identity(values), at=values["day"])

    def lines(self, groups: Sequence[Group], batch: ImportBatch) -> list[Line]:
        named = _campaigns(batch)
        return [(_line(group, named), _identity(group[0].values), None) for group in groups]

    def called(self, values: dict[str, Any], subject: Any) -> str:
        name = values.get("plan") or values.get("campaign") or "花费"
        return f"{name}，{date_of(values['day'])}"

    def compare(self, groups: Sequence[Group], batch: ImportBatch) -> Tally:
        tally = super().compare(groups, batch)
        self._say(tally, groups, batch, len(_replaced(groups, batch)))
        return tally

    def write_batch(self, groups: Sequence[Group], batch: ImportBatch, by: Actor) -> Tally:
        ledger = SpendLedger(batch.workspace, batch.key)
        gone = sum(map(ledger.replace, sorted(_replaced(groups, batch))))
        tally = super().write_batch(groups, batch, by)
        self._say(tally, groups, batch, gone)
        return tally

    def _say(self, tally: Tally, groups: Sequence[Group], batch: ImportBatch, gone: int) -> None:
        tally.rows = sum(map(len, groups))
        tally.remarks[REPLACED] = gone
        if "kind" not in batch.mapping:
            rows = [row.values for group in groups for row in group]
            tally.remarks[BY_NAME] = sum(bool(kind_in(row.get("plan", ""))) for row in rows)

    def merging(self, batch: ImportBatch, whole: int, rows: int) -> str:
        why = BY_PLAN if "plan" in batch.mapping else NO_PLAN
        return f"{rows:,} 行合成 {whole:,} 笔：{why}"


def _replaced(groups: Sequence[Group], batch: ImportBatch) -> set[str]:
    return replaced((group[0].values for group in groups), batch, _identity)


def _campaigns(batch: ImportBatch) -> dict[str, int]:
    rows = campaigns(batch.workspace)
    return {c.utm_campaign: c.id for c in rows} | {c.name: c.id for c in rows}


def _identity(values: dict[str, Any]) -> str:
    return rules.identity(
        date_of(values["day"]), values["platform"], values["kind"], values.get("campaign", "")[:60],
        values.get("plan", "")[:120], "", "",
    )  # fmt: skip


def _line(group: Group, named: dict[str, int]) -> dict[str, Any]:
    """One line of a group: different rows add up, a row that stands twice in full counts once."""
    rows: list[dict[str, Any]] = []
    for row in group:
        if row.values not in rows:
            rows.append(row.values)
    first = rows[0]
    line = {
        "day": date_of(first["day"]).isoformat(), "platform": first["platform"], "kind": first["kind"],
        "plan": first.get("plan", "")[:120],
    }  # fmt: skip
    if campaign := named.get(first.get("campaign", "")):
        line["campaign_id"] = campaign
    line |= {
        name: sum(row.get(name, 0) for row in rows)
        for name in SUMS
        if any(name in row for row in rows)
    }
    return line | ({"note": first["note"][:200]} if first.get("note") else {})
