"""Guess what a text table leaves unsaid: its encoding, its delimiter and which row holds the headers."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from shemei.kernel.imports.errors import ImportError_

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

SAMPLE_BYTES = 256 * 1024
HEADER_SEARCH_ROWS = 20
HEADER_ROWS = 3
"""Headers that are merged over several rows stand in no more than these."""
DELIMITERS = (",", "\t", ";", "|")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HIGH_RUNS = re.compile(rb"[\x80-\xff]+")
_LINE_END = re.compile(r"\r\n|\r|\n")
"""What ends a line of a table; ``str.splitlines`` also breaks at characters that stand inside cells."""
_NUMBERLIKE = re.compile(r"^[\s¥￥$£€+\-\d.,:/%年月日]+$")


def detect_encoding(path: Path) -> str:
    """The encoding that reads the whole file: BOM, UTF-16, UTF-8, GB18030, else Latin-1 (cp1252)."""
    with path.open("rb") as file:
        head = file.read(SAMPLE_BYTES)
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    if wide := _wide(head):
        return wide
    if b"\x00" in head:
        raise ImportError_(
            "这份文件不是表格：里面有二进制内容。请从平台后台重新导出 CSV 或 XLSX，不要改后缀。"
        )
    if _decodes(path, "utf-8"):
        return "utf-8"
    if not _looks_latin(head) and _decodes(path, "gb18030"):
        return "gb18030"
    return "cp1252" if _decodes(path, "cp1252") else "latin-1"


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: nearly every second byte of mostly-ASCII text is NUL."""
    even, odd = head[0:4096:2], head[1:4096:2]
    if len(odd) < 2:
        return ""
    if odd.count(0) > 0.4 * len(odd) and even.count(0) < 0.05 * len(even) + 1:
        return "utf-16-le"
    if even.count(0) > 0.4 * len(even) and odd.count(0) < 0.05 * len(odd) + 1:
        return "utf-16-be"
    return ""


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _looks_latin(head: bytes) -> bool:
    """Accents stand alone between ASCII letters; Chinese characters in GBK come as pairs of high bytes."""
    runs = [len(run) for run in _HIGH_RUNS.findall(head)]
    return bool(runs) and sum(1 for run in runs if run == 1) > 0.6 * len(runs)


def detect_delimiter(text: str) -> str:
    """The delimiter under which most lines have the same, largest number of cells; a comma where none fits."""
    lines = [line for line in _LINE_END.split(text)[:60] if line.strip()]
    if lines and (said := re.match(r"^\"?sep=(.)\"?$", lines[0].strip(), re.IGNORECASE)):
        return said[1]
    scores = {mark: _consistency(lines, mark) for mark in DELIMITERS}
    best = max(DELIMITERS, key=lambda mark: scores[mark])
    return best if scores[best] > 0 else ","


def _consistency(lines: Sequence[str], delimiter: str) -> float:
    try:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
    except csv.Error:
        return 0.0
    wide = [(width, seen) for width, seen in widths.items() if width > 1]
    if not wide:
        return 0.0
    width, seen = max(wide, key=lambda pair: (pair[1], pair[0]))
    return seen / sum(widths.values()) * (1 + width / 1000)


def find_header(rows: Sequence[Sequence[Any]], known: Callable[[str], bool]) -> int:
    """The index of the row that holds the headers: known names first, then the first full row of words."""
    if not rows:
        raise ImportError_("这份文件是空的：没有一行内容。请重新导出。")
    width = max(sum(1 for cell in row if _words(cell)) for row in rows)
    scores = [_header_score(row, width, known) for row in rows[:HEADER_SEARCH_ROWS]]
    return scores.index(max(scores))


def lowest_header(rows: Sequence[Sequence[Any]], index: int, known: Callable[[str], bool]) -> int:
    """Where headers go on below ``index`` (groups above, names below), the row with the last of them.

    A row goes on with the headers if it holds nothing but words, leaves cells under some of them empty, fills
    some that are empty above, and at least two of its words are known names. Rows of groups lie between.
    """
    lowest, above = index, {i for i, cell in enumerate(rows[index]) if _words(cell)}
    for place in range(index + 1, min(index + HEADER_ROWS, len(rows))):
        told = {i: text for i, cell in enumerate(rows[place]) if (text := _words(cell))}
        if any(len(text) > 40 or _NUMBERLIKE.match(text) for text in told.values()):
            break
        goes_on = above - told.keys() and told.keys() - above
        if goes_on and sum(map(known, told.values())) >= 2:
            lowest = place
        above |= told.keys()
    return lowest


def merged_header(rows: Sequence[Sequence[Any]], index: int) -> tuple[int, list[Any]]:
    """The headers that end in row ``index``, empty cells filled from above; and the row they begin in.

    A row above belongs to them if it holds two words or more where this one is empty: a banner holds one.
    """
    cells, top = list(rows[index]), index
    for place in range(index - 1, max(index - HEADER_ROWS, -1), -1):
        above = rows[place]
        width = max(len(cells), len(above))
        cells += [""] * (width - len(cells))
        gaps = [i for i, cell in enumerate(above) if _words(cell) and not _words(cells[i])]
        words = [text for cell in above if (text := _words(cell))]
        if any(_NUMBERLIKE.match(text) for text in words):
            break
        if not gaps or len(words) < 2:
            continue
        top = place
        for i in gaps:
            cells[i] = above[i]
    return top, cells


def _words(cell: Any) -> str:
    return str(cell).strip() if cell is not None else ""


def _header_score(row: Sequence[Any], width: int, known: Callable[[str], bool]) -> float:
    cells = [text for text in map(_words, row) if text]
    if not cells:
        return -1.0
    names = sum(1 for text in cells if known(text))
    plain = sum(1 for text in cells if len(text) <= 40 and not _NUMBERLIKE.match(text))
    unique = len(set(cells)) / len(cells)
    return 10.0 * names + (plain / max(width, 1)) * unique * (1.0 if len(cells) > 1 else 0.3)
