"""Import of creators: followers, quotes, expected results and audience, each kept with its source and day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from shemei.apps.creators.exports import FIELDS, PRESETS
from shemei.apps.creators.models import Creator
from shemei.apps.creators.tellings import CreatorLedger
from shemei.kernel.imports.errors import CellError
from shemei.kernel.imports.kinds import Group, Row, Staged
from shemei.kernel.imports.kinds_told import ToldSubjects, day_of_file
from shemei.kernel.imports.origin import (
    platform_name,
    platform_option,
    platform_problem,
    take_platform,
    told_platform,
)
from shemei.kernel.permissions import Permission
from shemei.warehouse.vocabulary import date_of, int_day

if TYPE_CHECKING:
    from shemei.kernel.imports.models import ImportBatch

WHERE = "没有平台列时，算在"
_ASIDE = ("platform", "day")


class Creators(ToldSubjects):
    """One row per creator (and day). Rows become tellings; ``finish`` lets the library follow them."""

    ledger = CreatorLedger
    key = "creators"
    name = "达人"
    noun = "位"
    permission = Permission.CREATORS
    fields = FIELDS
    presets = PRESETS
    options = (platform_option(WHERE),)
    done_url = ("看达人库", "creators:creators")

    def guess(self, batch: ImportBatch, options: Mapping[str, str]) -> Mapping[str, str]:
        return {"platform": told_platform(batch, options)}

    def mapping_problem(self, columns: Mapping[str, int], options: Mapping[str, str]) -> str:
        return platform_problem(WHERE, columns, options)

    def belongs_to(self, batch: ImportBatch) -> str:
        return platform_name(batch)

    def prepare(self, row: Row, batch: ImportBatch) -> Staged:
        values = dict(row.values)
        values["name"] = values["name"][:60]
        take_platform(values, batch, WHERE)
        values.setdefault("day", int_day(day_of_file(batch)))
        if date_of(values["day"]) > timezone.localdate():
            raise CellError("creator.future", "数据日期在今天之后", "请核对原表", field="day")
        if any(end is not None and end < 0 for end in values.get("followers", ())):
            raise CellError("creator.negative", "粉丝数小于 0", "请核对原表", field="followers")
        own = values.get("external_id") or values["name"]
        return Staged(values, group=f"{values['platform']}|{own}", at=values["day"])

    def ledger_of(self, batch: ImportBatch) -> CreatorLedger:
        return CreatorLedger(batch.workspace, batch.key, self._source(batch))

    def subjects(self, groups: Sequence[Group], batch: ImportBatch) -> Known:
        return Known(groups, batch)

    def told(self, values: dict[str, Any]) -> dict[str, Any]:
        told = {name: value for name, value in values.items() if name not in _ASIDE}
        return told | ({"city": told["city"][:30]} if "city" in told else {})

    def _source(self, batch: ImportBatch) -> str:
        names = {preset.key: preset.name for preset in self.presets}
        return names.get(batch.preset, f"表格「{batch.file_name}」")[:60]


class Known:
    """Creators that a chunk of rows may mean: by the platform's own number, else by a name only one has."""

    def __init__(self, groups: Sequence[Group], batch: ImportBatch) -> None:
        self.batch = batch
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

    def make(self, values: dict[str, Any]) -> Creator:
        """A name that two creators share is told apart by the platform's number."""
        own = values.get("external_id", "")
        creator = Creator.objects.create(
            workspace=self.batch.workspace, name=values["name"], platform=values["platform"], external_id=own, handle=own, batch=self.batch.key,
        )  # fmt: skip
        self.by_name.setdefault((creator.platform, creator.name), []).append(creator)
        return creator


def _rows(field: str, wanted: set[str]) -> list[Creator]:
    names = sorted(name for name in wanted if name)
    pages = (names[start : start + 500] for start in range(0, len(names), 500))
    return [row for page in pages for row in Creator.objects.filter(**{f"{field}__in": page})]
