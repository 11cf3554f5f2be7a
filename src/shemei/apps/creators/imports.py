"""Import of creators: followers, quotes, expected results and audience, each kept with its source and day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from shemei.apps.creators import tellings
from shemei.apps.creators.exports import FIELDS, PRESETS
from shemei.apps.creators.models import Creator
from shemei.kernel.imports.errors import CellError
from shemei.kernel.imports.kinds import Group, ImportKind, Option, Row, Staged, Tally
from shemei.kernel.permissions import Permission
from shemei.platforms import CHOICES
from shemei.warehouse.vocabulary import date_of, int_day

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.imports.models import ImportBatch

_ASIDE = ("platform", "day")


class Creators(ImportKind):
    """One row per creator (and day). Rows become tellings; ``finish`` lets the library follow them."""

    key = "creators"
    name = "达人"
    noun = "位"
    permission = Permission.CREATORS
    fields = FIELDS
    presets = PRESETS
    options = (Option("platform", "没有平台列时，算在", CHOICES, "xhs"),)
    done_url = ("看达人库", "creators:creators")

    def prepare(self, row: Row, batch: ImportBatch) -> Staged:
        values = dict(row.values)
        values["name"] = values["name"][:60]
        values.setdefault("platform", batch.option("platform"))
        values.setdefault("day", int_day(timezone.localtime(batch.created_at).date()))
        if date_of(values["day"]) > timezone.localdate():
            raise CellError("creator.future", "数据日期在今天之后", "请核对原表", field="day")
        if any(end is not None and end < 0 for end in values.get("followers", ())):
            raise CellError("creator.negative", "粉丝数小于 0", "请核对原表", field="followers")
        own = values.get("external_id") or values["name"]
        return Staged(values, group=f"{values['platform']}|{own}", at=values["day"])

    def compare(self, groups: Sequence[Group], batch: ImportBatch) -> Tally:
        tally, known, source = Tally(), Known(groups), self._source(batch)
        for group in groups:
            creator = known.find(group[0].values)
            changed = creator is not None and any(
                tellings.fresh(creator, told, source, day) for day, told in _by_day(group)
            )
            tally.count(known=creator is not None, changed=changed)
        return tally

    def write_batch(self, groups: Sequence[Group], batch: ImportBatch, by: Actor) -> Tally:
        tally, known, source = Tally(), Known(groups), self._source(batch)
        for group in groups:
            creator = known.find(group[0].values)
            made = creator is None or creator.batch == batch.key
            creator = creator or known.add(_new(batch, group[0].values))
            told = [
                tellings.put_down(creator, said, day=day, source=source, batch=batch.key)
                for day, said in _by_day(group)
            ]
            tally.count(known=not made, changed=any(told))
        return tally

    def finish(self, batch: ImportBatch, by: Actor) -> list[str]:
        tellings.CreatorLedger(batch.workspace, batch.key).apply()
        return []

    def undo(self, batch: ImportBatch, by: Actor) -> None:
        tellings.CreatorLedger(batch.workspace, batch.key).undo()

    def _source(self, batch: ImportBatch) -> str:
        names = {preset.key: preset.name for preset in self.presets}
        return names.get(batch.preset, f"表格「{batch.file_name}」")[:60]


class Known:
    """Creators that a chunk of rows may mean: by the platform's own number, else by a name only one has."""

    def __init__(self, groups: Sequence[Group]) -> None:
        first = [group[0].values for group in groups]
        self.by_id: dict[tuple[str, str], Creator] = {}
        self.by_name: dict[tuple[str, str], list[Creator]] = {}
        ids = {value for v in first if (value := v.get("external_id"))}
        for creator in _rows("external_id", ids):
            self.by_id[creator.platform, creator.external_id] = creator
        for creator in _rows("handle", ids):
            self.by_id.setdefault((creator.platform, creator.handle), creator)
        for creator in _rows("name", {v["name"] for v in first}):
            self.by_name.setdefault((creator.platform, creator.name), []).append(creator)

    def find(self, values: dict[str, Any]) -> Creator | None:
        platform, own = values["platform"], values.get("external_id", "")
        if own and (found := self.by_id.get((platform, own))):
            return found
        same = [
            creator
            for creator in self.by_name.get((platform, values["name"]), [])
            if not (own and creator.external_id and creator.external_id != own)
        ]
        return same[0] if len(same) == 1 else None

    def add(self, creator: Creator) -> Creator:
        self.by_name.setdefault((creator.platform, creator.name), []).append(creator)
        return creator


def _rows(field: str, wanted: set[str]) -> list[Creator]:
    names = sorted(name for name in wanted if name)
    pages = (names[start : start + 500] for start in range(0, len(names), 500))
    return [row for page in pages for row in Creator.objects.filter(**{f"{field}__in": page})]


def _new(batch: ImportBatch, values: dict[str, Any]) -> Creator:
    """A name that two creators share is told apart by the platform's number."""
    own = values.get("external_id", "")
    return Creator.objects.create(
        workspace=batch.workspace, name=values["name"], platform=values["platform"], external_id=own, handle=own, batch=batch.key,
    )  # fmt: skip


def _by_day(group: Group) -> list[tuple[date, dict[str, Any]]]:
    days: dict[int, dict[str, Any]] = {}
    for row in sorted(group, key=lambda r: r.number):
        told = {name: value for name, value in row.values.items() if name not in _ASIDE}
        if "city" in told:
            told["city"] = told["city"][:30]
        days[row.values["day"]] = days.get(row.values["day"], {}) | told
    return [(date_of(day), told) for day, told in sorted(days.items())]
