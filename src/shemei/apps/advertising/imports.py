"""Import of spend reports: one line per day, platform, kind and plan, with what the platform claims for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from shemei.apps.advertising import rules
from shemei.apps.advertising.exports import FIELDS, PRESETS, SUMS
from shemei.apps.advertising.models import Spend
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
        values.setdefault("kind", batch.option("kind"))
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

    def write_batch(self, groups: Sequence[Group], batch: ImportBatch, by: Actor) -> Tally:
        tally = super().write_batch(groups, batch, by)
        if merged := sum(map(len, groups)) - len(groups):
            tally.extra["合并的行"] += merged
        return tally


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
