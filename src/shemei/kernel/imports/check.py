"""The check of an import: every cell parsed, right rows staged, wrong ones listed with what to do."""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from shemei.kernel.imports import files
from shemei.kernel.imports.cells import clean, ratio
from shemei.kernel.imports.errors import CellError
from shemei.kernel.imports.kinds import Field, Row, Skip, Staged
from shemei.kernel.imports.mapping import normal, without_unit
from shemei.kernel.imports.reader import Table, remove_unpacked
from shemei.kernel.imports.stage import Stage, reasons

if TYPE_CHECKING:
    from collections.abc import Callable

    from shemei.kernel.imports.models import ImportBatch

TOTALS = frozenset({"合计", "总计", "小计", "汇总", "total", "grand total"})
ERROR_COLUMNS = ("行号", "列", "问题", "怎么办")
HELD = ("", "同一组里有错行", "改好错行后一起再传")
_TELL_EVERY = 2_000
MOST_HINTS = 20
"""Different remarks on rows that come in all the same; more would be a list, not a remark."""


Wrong = tuple[CellError, Any]
"""What is wrong with a cell, and the cell."""


class Parser:
    """Turns the cells of one row into values, remembering what it has read before."""

    def __init__(self, batch: ImportBatch) -> None:
        self.repairs = set(batch.repairs)
        fields = {field.key: field for field in batch.kind_of.fields}
        self.columns = [
            (index, fields[key], self._reader(fields[key], _header(batch, index)))
            for key, index in batch.mapping.items()
            if key in fields
        ]
        self.required = [field for field in fields.values() if field.required]

    def _reader(self, field: Field, header: str) -> Callable[[Any], Any]:
        in_percent = field.parse is ratio and "%" in header

        def read(value: Any) -> Any:
            cleaned = clean(value)
            if in_percent and cleaned != "" and not str(cleaned).endswith(("%", "％")):
                cleaned = f"{cleaned}%"
            if cleaned == "":
                return None
            try:
                return field.parse(cleaned)
            except CellError as error:
                if error.suggestion and f"{field.key}:{error.code}" in self.repairs:
                    return field.parse(error.suggestion)
                error.field = field.key
                raise

        return lru_cache(maxsize=8192, typed=True)(read)

    def typed(self, key: str, cells: list[Any]) -> Any:
        """The cell of a field as the file has it; nothing where the file has none."""
        place = next((index for index, field, _ in self.columns if field.key == key), None)
        return cells[place] if place is not None and place < len(cells) else ""

    def values(self, cells: list[Any]) -> tuple[dict[str, Any], list[Wrong]]:
        found: dict[str, Any] = {}
        wrong: list[Wrong] = []
        width = len(cells)
        for index, field, read in self.columns:
            if index >= width:
                continue
            try:
                value = read(cells[index])
            except CellError as error:
                wrong.append((error, cells[index]))
                continue
            if value is not None:
                found[field.key] = value
        bad = {error.field for error, _ in wrong}
        missing = (f for f in self.required if f.key not in found and f.key not in bad)
        wrong.extend((_blank(field), "") for field in missing)
        return found, wrong


def _header(batch: ImportBatch, index: int) -> str:
    return unicodedata.normalize("NFKC", batch.headers[index]) if index < len(batch.headers) else ""


def _named(batch: ImportBatch, field: Field) -> str:
    """A field as the system calls it, and as the file does where that is another name."""
    header = _header(batch, batch.mapping[field.key]) if field.key in batch.mapping else ""
    if not header or normal(field.label) in (normal(header), without_unit(header)):
        return field.label
    return f"{field.label}（表里的「{header[:30]}」）"


def _blank(field: Field) -> CellError:
    fix = f"请补上，例如 {field.example}" if field.example else "请补上"
    return CellError("blank", "空白", fix, field=field.key)


class Checker:
    """Reads a table into a stage and keeps the counts."""

    def __init__(self, batch: ImportBatch, stage: Stage, width: int) -> None:
        self.batch, self.stage, self.width = batch, stage, width
        self.kind = batch.kind_of
        self.parser = Parser(batch)
        self.prepare = self.kind.preparing(batch)
        self.labels = {field.key: _named(batch, field) for field in self.kind.fields}
        self.spared = {field.key for field in self.kind.fields if field.spared}
        self.skips: Counter[str] = Counter()
        self.hints: dict[str, list[int]] = {}
        self.left_out: dict[str, list[int]] = {}
        self.rows = self.errors = 0

    def take(self, number: int, cells: list[Any]) -> None:
        self.rows += 1
        if len(cells) > self.width and any(cell not in (None, "") for cell in cells[self.width :]):
            self._wrong(number, [(_too_wide(cells, self.width), "")], "")
            return
        values, wrong = self.parser.values(cells)
        if wrong and _is_total(cells):
            self.skips["合计行"] += 1
            return
        if all(error.field in self.spared for error, _ in wrong):
            wrong = self._prepared(Row(number, values), cells, wrong)
        if wrong:
            self._wrong(number, wrong, str(values.get(self.kind.group_field, "")))

    def _prepared(self, row: Row, cells: list[Any], spared: list[Wrong]) -> list[Wrong]:
        """What keeps the row out, if anything does; else it comes in, without the spared cells."""
        try:
            staged = self.prepare(row)
        except CellError as error:
            return [(error, self.parser.typed(error.field, cells)), *spared]
        if isinstance(staged, Staged):
            self.stage.add(row.number, staged)
            self._hint(row.number, staged.hints)
            self._leave_out(row.number, spared)
        elif isinstance(staged, Skip):
            self.skips[staged.reason] += 1
        return []

    def _hint(self, number: int, hints: tuple[str, ...]) -> None:
        for said in hints:
            if said in self.hints or len(self.hints) < MOST_HINTS:
                self.hints.setdefault(said, []).append(number)

    def _leave_out(self, number: int, spared: list[Wrong]) -> None:
        for error, value in spared:
            label = self.labels[error.field]
            self.left_out.setdefault(label, []).append(number)
            self.stage.leave_out(number, error, label, str(value))

    def _wrong(self, number: int, wrong: list[Wrong], group: str) -> None:
        self.errors += 1
        for error, value in wrong:
            self.stage.problem(number, error, self.labels.get(error.field, ""), str(value), group)


def _too_wide(cells: list[Any], width: int) -> CellError:
    return CellError(
        "row.wide",
        f"这一行有 {len(cells)} 格，表头只有 {width} 格",
        "多半是内容里的分隔符没加引号，请核对原表",
    )


def _is_total(cells: list[Any]) -> bool:
    words = [str(cell).strip().lower() for cell in cells if cell not in (None, "")]
    return bool(words) and words[0].rstrip("：:") in TOTALS


def check_rows(
    batch: ImportBatch, table: Table, tell: Callable[[int, int | None, str | None], None]
) -> tuple[dict[str, Any], list[str]]:
    """Stage a whole table; returns the counts and, as sentences, what was left out and why."""
    place = files.make(batch.key)
    tell(0, None, "读取并核对")
    with Stage(place / files.STAGE, fresh=True) as stage:
        checker = Checker(batch, stage, len(table.headers))
        for number, cells in table.rows():
            checker.take(number, cells)
            if checker.rows % _TELL_EVERY == 0:
                tell(checker.rows, None, None)
        stage.flush()
        held = stage.held_rows() if checker.errors else set()
        usable = stage.size()
        write_errors(batch, table, stage, held)
    remove_unpacked(place)
    counts = {
        "rows": checker.rows,
        "usable": usable,
        "errors": checker.errors,
        "held": len(held),
        "left_out": sum(map(len, checker.left_out.values())),
        "skipped": sum(checker.skips.values()),
        "skips": dict(checker.skips.most_common()),
    }
    told = [*_spared(checker.left_out), *reasons(checker.skips), *_hinted(checker.hints)]
    return counts, told


def _spared(left_out: dict[str, list[int]]) -> list[str]:
    return [
        f"「{label}」有 {len(rows):,} 格读不懂，没有收，那一行的其余照收（第 {_few(rows)}行）"
        for label, rows in left_out.items()
    ]


def _hinted(hints: dict[str, list[int]]) -> list[str]:
    """「优惠码「X」没有登记过…：3 行（第 2、5、9 行）」, the most frequent first."""
    ranked = sorted(hints.items(), key=lambda pair: -len(pair[1]))
    return [f"{said}：{len(rows):,} 行（第 {_few(rows)}行）" for said, rows in ranked]


def _few(rows: list[int]) -> str:
    return "、".join(map(str, rows[:3])) + (" 等" if len(rows) > 3 else " ")


def write_errors(batch: ImportBatch, table: Table, stage: Stage, held: set[int]) -> None:
    """The error file: the original rows with what is wrong, whole groups together, ready to be mended."""
    path = files.folder(batch.key) / files.ERRORS
    path.unlink(missing_ok=True)
    said: dict[int, list[tuple[str, str, str]]] = {}
    for number, label, problem, fix in stage.problem_rows():
        said.setdefault(number, []).append((label, problem, fix))
    if not said:
        return
    width = len(table.headers)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow([*table.headers, *ERROR_COLUMNS])
        for number, cells in table.rows():
            if number in said or number in held:
                padded = [*map(_safe, cells[:width]), *[""] * (width - len(cells))]
                notes = said.get(number, [HELD])
                out.writerow(
                    [*padded, number, *("；".join(part) for part in zip(*notes, strict=True))]
                )


def _safe(cell: Any) -> Any:
    """A cell that a spreadsheet would run as a formula is kept as text; the reader drops the mark again."""
    return (
        f"'{cell}"
        if isinstance(cell, str) and cell.startswith(("=", "@", "+", "-")) and not _numeric(cell)
        else cell
    )


def _numeric(text: str) -> bool:
    return text.lstrip("+-").replace(".", "", 1).replace(",", "").isdigit()
