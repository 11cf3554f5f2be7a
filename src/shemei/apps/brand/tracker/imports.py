"""Import of the brand tracker's readings: one reading a row, or a column per metric. Files tell, nothing is computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from shemei.apps.brand.models import BrandReading
from shemei.apps.brand.tracker import queries, rules
from shemei.apps.brand.tracker.tellings import ReadingLedger
from shemei.kernel.imports import cells
from shemei.kernel.imports.errors import CellError
from shemei.kernel.imports.kinds import Field, Group, Option, Row, Skip, Staged, Tally
from shemei.kernel.imports.kinds_told import ToldKind
from shemei.kernel.imports.mapping import normal
from shemei.kernel.periods import today
from shemei.kernel.permissions import Permission
from shemei.kernel.tellings import PAGE
from shemei.warehouse.vocabulary import date_of, int_day

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.imports.models import ImportBatch

SYNONYMS: dict[str, tuple[str, ...]] = {
    "unaided_awareness": ("未提示知名度", "自发知名度", "无提示提及率"),
    "aided_awareness": ("有提示知名度", "提示后知名度"),
    "consideration": ("购买考虑度", "考虑率"),
    "favourability": ("美誉率",),
    "nps": ("净推荐值", "NPS", "净推荐值（NPS）"),
    "brand_search": ("搜索指数", "品牌指数"),
    "share_of_voice": ("SOV", "声量占比"),
}
_METRIC_OF = {
    normal(name): key
    for key, metric in rules.KNOWN.items()
    for name in (key, metric.name, *SYNONYMS[key])
}
platform = cells.platform_reader(
    {name: key for key, name in rules.PLACES} | rules.PLACE_OF_SOURCE | {"微信": "wechat"}
)


def metric_of(value: Any) -> str:
    """A metric by its name or one of its other names."""
    written = cells.text(value)
    if key := _METRIC_OF.get(normal(written)):
        return key
    names = "、".join(metric.name for metric in rules.KNOWN.values())
    raise CellError("metric", f"「{written[:20]}」不是这里记的指标", f"请写成{names}之一")


def number(value: Any) -> rules.Written:
    """A number of a metric that another column names: ``42%``, ``0.42``, ``1.2万``; its sign of per cent stays."""
    percent = isinstance(value, str) and cells.half_width(value).endswith("%")
    bare = cells.half_width(value)[:-1] if percent else value
    return rules.Written(cells.decimal(bare), percent)


def net(value: Any) -> float:
    """A net score in points; a sign of per cent says the same."""
    return number(value).number


def _reader(key: str) -> Any:
    return cells.ratio if rules.is_share(key) else net if key == rules.NPS else cells.decimal


_WORDS = dict(rules.METRIC_CHOICES)
FIELDS = (
    Field("day", "日期", cells.day, ("调研日期", "结束日期", "数据日期", "统计日期"), required=True, example="2026-09-14", note="一波调研的最后一天"),
    Field("metric", "指标", metric_of, ("指标名称", "品牌指标"), example="提示知名度", words=_WORDS),
    Field("value", "数值", number, ("读数", "结果", "指标值"), example="46.5%", show=str),
    Field("asked", "样本量", cells.count, ("样本数", "有效样本", "有效样本量"), example="600"),
    Field("platform", "平台", platform, example="", words=rules.PLACE_NAMES, note="指数写是哪个平台的"),
    Field("source", "来源", cells.text, ("调研机构", "数据来源", "出处"), example="某调研公司", note="没有这一列时，用下面选的"),
    Field("note", "备注", cells.text, ("说明",)),
    Field("first", "开始日期", cells.day, ("调研开始",), rare=True),
    Field("promoters", "推荐者占比", cells.ratio, ("推荐者",), rare=True),
    Field("detractors", "贬损者占比", cells.ratio, ("贬损者",), rare=True),
    *(Field(key, name, _reader(key), SYNONYMS[key], rare=True, show=partial(rules.shown, key)) for key, name in rules.METRIC_CHOICES),
)  # fmt: skip
Line = tuple[str, str, dict[str, Any]]
"""A metric, the field its value stood in, and what is told of it."""


class BrandReadings(ToldKind):
    """A row tells of one metric or of several; readings of one day, platform and source are one group."""

    ledger = ReadingLedger
    key = "brand_readings"
    name = "品牌读数"
    noun = "个读数"
    permission = Permission.IMPORT
    fields = FIELDS
    options = (
        Option(
            "source", "没有来源列时，来源是",
            (("", "请选一个"), *((name, name) for name in ("微信指数", "百度指数", "巨量算数"))), "", queries.reading_sources, "source",
        ),
    )  # fmt: skip
    done_url = ("看品牌读数", "brand:readings")

    def mapping_problem(self, columns: Mapping[str, int], options: Mapping[str, str]) -> str:
        parts = {"promoters", "detractors"} <= columns.keys()
        if not (
            {"metric", "value"} <= columns.keys() or rules.KNOWN.keys() & columns.keys() or parts
        ):
            return "要有「指标」和「数值」两列，或一列一个指标，例如「提示知名度」。"  # fmt: skip
        told = "source" in columns or options.get("source")
        return (
            "" if told else "请写明谁量的：表里加一列「来源」，或在「没有来源列时，来源是」里选。"
        )

    def option_problem(self, batch: ImportBatch) -> str:
        told = "source" in batch.mapping or batch.option("source")
        return "" if told else "请选这份表的来源"

    def prepare(self, row: Row, batch: ImportBatch) -> Staged | Skip:
        values = row.values
        source = str(values.get("source") or batch.option("source"))[: rules.LONGEST_SOURCE]
        found = list(_lines(values))
        if not found:
            return Skip("没有数的行")
        lines, hints = [], []
        for metric, place, told in found:
            where = values.get("platform", "")
            if metric == rules.INDEX and not where:
                where = rules.PLACE_OF_SOURCE.get(source, "")
            _refuse(metric, place, values, told | {"platform": where, "source": source})
            lines.append((metric, where, told))
            if place == metric and rules.is_share(metric) and told["value"] == 1:
                hints.append(f"「{rules.KNOWN[metric].name}」读成了 100%；要是 1%，请写上 %")
        staged = {"day": values["day"], "source": source, "lines": lines}
        group = f"{values['day']}|{source}"
        return Staged(staged, group=group, at=values["day"], hints=tuple(hints))

    def compare(self, groups: Sequence[Group], batch: ImportBatch) -> Tally:
        tally, known, told = Tally(), _Readings(groups, batch), list(_merged(groups))
        lines = [(said, known.find(who)) for who, _, said in told]
        found = ReadingLedger(batch.workspace, batch.key).fresh(lines)
        for (_, row, _), (_, reading), fresh in zip(told, lines, found, strict=True):
            tally.count(known=reading.value is not None, changed=bool(fresh))
            before = _as_cells(reading.metric, reading.told)
            self.note(tally, row, str(reading), _as_cells(reading.metric, fresh), before)
        return tally

    def write_batch(self, groups: Sequence[Group], batch: ImportBatch, by: Actor) -> Tally:
        tally, known, told = Tally(), _Readings(groups, batch), list(_merged(groups))
        known.make_room([who for who, _, _ in told])
        lines = [(said, known.find(who)) for who, _, said in told]
        found = ReadingLedger(batch.workspace, batch.key).put_down_all(lines)
        for (_, reading), fresh in zip(lines, found, strict=True):
            tally.count(known=reading.value is not None, changed=bool(fresh))
        return tally


def _as_cells(metric: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of a reading, under the columns of a table that has one for its metric."""
    found = {metric if name == "value" else name: value for name, value in told.items()}
    if "first" in found:
        found["first"] = int_day(date.fromisoformat(found["first"]))
    return found


def _lines(values: Mapping[str, Any]) -> Iterator[Line]:
    """What a row tells: the metric it names, then those that have a column."""
    parts = {name: values[name] for name in ("promoters", "detractors") if name in values}
    said = _said(values, parts)
    if rules.NPS not in said:
        for field, problem, fix in rules.faults_of_parts(values.get("metric", rules.NPS), parts):
            raise CellError(f"reading.{field}", problem, fix, field=field)
    shared = _shared(values)
    for metric, (place, value) in said.items():
        told = {"value": round(value, 6)} | shared
        if metric == rules.INDEX and len(said) > 1:
            told.pop("asked", None)  # the people asked are those of the other metrics
        yield metric, place, told | (parts if metric == rules.NPS else {})


def _said(values: Mapping[str, Any], parts: Mapping[str, float]) -> dict[str, tuple[str, float]]:
    """By metric, the field its value stands in, and the value."""
    said = {key: (key, float(values[key])) for key in rules.KNOWN if key in values}
    if "value" in values:
        if "metric" not in values:
            raise CellError("metric.blank", "没有写是哪个指标", "请补上", field="metric")
        said = {values["metric"]: ("value", _value(values["metric"], values["value"]))} | said
    if len(parts) == 2 and rules.NPS not in said and values.get("metric", rules.NPS) == rules.NPS:
        net_score = 100 * (parts["promoters"] - parts["detractors"])
        said[rules.NPS] = ("promoters", round(net_score, 4))
    return said


def _shared(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a row tells of each of its metrics."""
    shared = {name: values[name] for name in ("asked", "note") if name in values}
    if "note" in shared:
        shared["note"] = shared["note"][: rules.LONGEST_NOTE]
    if "first" in values:
        shared["first"] = date_of(values["first"]).isoformat()
    return shared


def _value(metric: str, written: rules.Written) -> float:
    try:
        return written.of(metric)
    except ValueError as error:
        raise CellError("value.bare", str(error), "请写上 %", field="value") from None


def _refuse(metric: str, place: str, values: Mapping[str, Any], told: dict[str, Any]) -> None:
    """Raise what the rules find wrong, on the column it stands in."""
    first = date_of(values["first"]) if "first" in values else None
    checked = told | {"day": date_of(values["day"]), "first": first}
    for field, problem, fix in rules.faults(metric, checked, today()):
        where = place if field == "value" else field
        raise CellError(f"reading.{field}", problem, fix, field=where)


TRIES = 3
"""A person may enter a reading and remove it again between two looks."""
Who = tuple[str, date, str, str]
"""What a reading is known by, in the order of ``BrandReading.IDENTITY``."""


def _merged(groups: Sequence[Group]) -> Iterator[tuple[Who, int, dict[str, Any]]]:
    """Reading by reading; where a file tells twice of one, the later row adds to the earlier and wins."""
    for group in groups:
        found: dict[Who, tuple[int, dict[str, Any]]] = {}
        for row in sorted(group, key=lambda r: r.number):
            for metric, where, told in row.values["lines"]:
                who = (metric, date_of(row.values["day"]), where, row.values["source"])
                before = found.get(who, (row.number, {}))[1]
                found[who] = (row.number, before | told)
        yield from ((who, *line) for who, line in found.items())


class _Readings:
    """The readings that a chunk of a file may mean, looked up at once."""

    def __init__(self, groups: Sequence[Group], batch: ImportBatch) -> None:
        self.batch = batch
        self.days = {date_of(group[0].values["day"]) for group in groups}
        self._look()

    def _look(self) -> None:
        here = BrandReading.objects.filter(workspace=self.batch.workspace, removed_at=None)
        self.rows = {row.identity: row for row in here.filter(day__in=self.days)}

    def find(self, who: Who) -> BrandReading:
        """The reading that is kept, else one that is not saved and says nothing."""
        return self.rows.get(who) or BrandReading(
            workspace=self.batch.workspace, **self._named(who)
        )

    def make_room(self, told: Sequence[Who]) -> None:
        """Make what is not there yet; where a person enters one at the same moment, theirs is the one."""
        for _ in range(TRIES):
            missing = [self.find(who) for who in dict.fromkeys(told) if who not in self.rows]
            for one in missing:
                one.batch = self.batch.key
            if missing:
                BrandReading.objects.bulk_create(missing, batch_size=PAGE, ignore_conflicts=True)
                self._look()

    def _named(self, who: Who) -> dict[str, Any]:
        return dict(zip(BrandReading.IDENTITY, who, strict=True))
