"""Reads a CSV or Parquet file of paths into attribution summaries, in pieces of bounded size.

Pieces are encoded by Arrow kernels on two threads and reduced at once; a piece whose paths repeat
is grouped before it is split. Results come back in file order, so sums are the same every time.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shemei.engines.attribution import PathCounts, Summary, combine, summarise
from shemei.engines.attribution.model import LARGEST_COUNT, total_by
from shemei.warehouse.pathfiles.faults import (
    CONVERSIONS,
    HOURS,
    NULLS,
    PATH,
    SEPARATOR,
    VALUE,
    PathFileError,
    find_fault,
    text_encoding,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from shemei.engines.attribution.model import Floats, Ints

T = TypeVar("T")
R = TypeVar("R")

PIECE_ROWS: Final = 1 << 17
BLOCK_BYTES: Final = 8 << 20
FOLD: Final = 16
SAMPLE_ROWS: Final = 1 << 14
REPEATING_BELOW: Final = 0.75
DICTIONARY_BYTES_PER_ROW: Final = 8
KNOWN: Final = (PATH, CONVERSIONS, VALUE, NULLS, HOURS)


class _Unusable(Exception):
    """A piece holds something that is not a path or a number; where is found out afterwards."""


@dataclass(frozen=True, slots=True)
class PathFile:
    """A file of paths whose header has been read.

    Attributes
    ----------
    path : Path
        CSV (UTF-8, with or without mark, or GB 18030) or Parquet.
    columns : tuple of str
        Those of the known columns that the file has.
    parquet : bool
        Whether it is Parquet.
    """

    path: Path
    columns: tuple[str, ...]
    parquet: bool

    @property
    def has_hours(self) -> bool:
        """Whether touches carry their hours before the conversion."""
        return HOURS in self.columns


def open_paths(path: Path) -> PathFile:
    """Look at the head of a file of paths.

    Parameters
    ----------
    path : Path
        The file. Columns: ``path`` (``a > b > c``), ``total_conversions`` and, if there are any,
        ``total_conversion_value``, ``total_null``, ``hours`` (``30 > 2.5 > 0``, one per touch).

    Raises
    ------
    PathFileError
        When the file cannot be read or lacks a column.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> file = Path(tempfile.mkdtemp()) / "paths.csv"
    >>> _ = file.write_text("path,total_conversions\\na > b,2\\n")
    >>> open_paths(file).columns
    ('path', 'total_conversions')
    """
    if not path.is_file():
        raise PathFileError(path, "没有这个文件", "请检查路径和文件名")
    if path.stat().st_size == 0:
        raise PathFileError(path, "文件是空的", "请导出带表头的 CSV 或 Parquet")
    with path.open("rb") as file:
        parquet = file.read(4) == b"PAR1"
    found = _parquet_columns(path) if parquet else _csv_columns(path)
    for needed in (PATH, CONVERSIONS):
        if needed not in found:
            have = "、".join(found) or "无"
            raise PathFileError(
                path, f"缺少「{needed}」列（现有：{have}）", f"请把这一列命名为 {needed}", line=1
            )
    return PathFile(path, tuple(name for name in KNOWN if name in found), parquet)


def summarise_file(file: PathFile, models: Sequence[str], order: int = 1) -> Summary:
    """Reduce all paths of a file to what ``models`` need; memory does not grow with the file.

    Raises
    ------
    PathFileError
        Where a row cannot be used: file, line, column and what to do.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from shemei.engines.attribution import credits
    >>> file = Path(tempfile.mkdtemp()) / "paths.csv"
    >>> _ = file.write_text("path,total_conversions\\na > b,2\\nb>b,1\\n")
    >>> credits(summarise_file(open_paths(file), ["last"]))["last"]["b"]
    Credit(conversions=3.0, value=0.0)
    """

    def reduce(piece: pa.RecordBatch) -> Summary:
        return summarise(encode(piece, hours="time_decay" in models), models, order)

    try:
        summary = _folded(_in_order(reduce, _pieces(file)))
    except (_Unusable, pa.ArrowException) as error:
        raise find_fault(file.path, file.columns, file.parquet, str(error)) from error
    if summary is None:
        raise PathFileError(file.path, "只有表头，没有数据行", "请确认导出的时间范围里有路径")
    return summary


def encode(piece: pa.RecordBatch, *, hours: bool = False) -> PathCounts:
    """Encode one piece of a file; equal paths are grouped when that is worth it.

    Parameters
    ----------
    piece : pyarrow.RecordBatch
        Columns of the file; numbers of any numeric type.
    hours : bool
        Whether to read the hours of the touches (rows are then not grouped).

    Examples
    --------
    >>> piece = pa.record_batch({"path": ["a > b", "b", "a > b"], "total_conversions": [1, 0, 2]})
    >>> paths = encode(piece)
    >>> paths.names, paths.codes.tolist(), paths.conversions.tolist()
    (('a', 'b'), [0, 1, 1], [3.0, 0.0])
    """
    worth: list[Floats] = [_numbers(piece, name) for name in (CONVERSIONS, VALUE, NULLS)]
    if (worth[1][worth[0] == 0] > 0).any():
        raise _Unusable
    paths = piece.column(PATH)
    if paths.null_count:
        raise _Unusable
    if hours:
        return _with_hours(paths, piece.column(HOURS), worth)
    if not isinstance(paths, pa.DictionaryArray) and _repeats(paths):
        paths = paths.dictionary_encode()
    if isinstance(paths, pa.DictionaryArray):
        group, paths = _used(paths)
        worth = [total_by(group, part, len(paths)) for part in worth]
    conversions, values, nulls = worth
    return PathCounts(*_split(paths), conversions, values, nulls)


def _with_hours(paths: pa.Array, hours: pa.Array, worth: list[Floats]) -> PathCounts:
    if isinstance(paths, pa.DictionaryArray):
        paths = paths.cast(paths.type.value_type)
    if hours.null_count:
        raise _Unusable
    names, offsets, codes = _split(paths)
    listed = pc.split_pattern(_text(hours), SEPARATOR)
    if not np.array_equal(np.asarray(listed.offsets), offsets):
        raise _Unusable
    number = pc.utf8_trim_whitespace(listed.values).cast(pa.float64())
    before = np.asarray(number)
    if not ((before >= 0) & np.isfinite(before)).all():
        raise _Unusable
    conversions, values, nulls = worth
    return PathCounts(names, offsets, codes, conversions, values, nulls, before)


def _used(paths: pa.DictionaryArray) -> tuple[Ints, pa.Array]:
    """Return the number of each path and the paths, without those of other pieces."""
    group, dictionary = np.asarray(paths.indices), paths.dictionary
    if len(dictionary) <= len(group):
        return group, dictionary
    used, group = np.unique(group, return_inverse=True)
    return group, dictionary.take(pa.array(used))


def _split(paths: pa.Array) -> tuple[tuple[str, ...], Ints, Ints]:
    """Split paths at the separator and encode the touches."""
    listed = pc.split_pattern(_text(paths), SEPARATOR)
    touches = listed.values.dictionary_encode()
    stripped = [str(name).strip() for name in touches.dictionary.to_pylist()]
    if "" in stripped:
        raise _Unusable
    code: dict[str, int] = {}
    lookup = np.array([code.setdefault(name, len(code)) for name in stripped], np.int64)
    return tuple(code), np.asarray(listed.offsets), lookup[np.asarray(touches.indices)]


def _text(column: pa.Array) -> pa.Array:
    return column if column.type in (pa.string(), pa.large_string()) else column.cast(pa.string())


def _numbers(piece: pa.RecordBatch, name: str) -> Floats:
    """Return one column of worth; a column the file does not have is 0."""
    if name not in piece.schema.names:
        return np.zeros(piece.num_rows)
    column = piece.column(name).cast(pa.float64(), safe=False)
    numbers = np.asarray(column)
    if column.null_count or not ((numbers >= 0) & (numbers <= LARGEST_COUNT)).all():
        raise _Unusable
    return numbers


def _repeats(paths: pa.Array) -> bool:
    sample = paths.slice(0, SAMPLE_ROWS)
    return bool(len(sample.unique()) < REPEATING_BELOW * len(sample))


def _parquet_columns(path: Path) -> list[str]:
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise PathFileError(path, "不是完整的 Parquet 文件", "请重新导出") from error
    for field in schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        texts = field.name in (PATH, HOURS)
        if field.name in KNOWN and texts != _is_text(kind):
            wanted = "文本" if texts else "数字"
            raise PathFileError(
                path, f"应该是{wanted}，文件里是 {field.type}", "请转换后再导出", column=field.name
            )
    return list(schema.names)


def _is_text(kind: pa.DataType) -> bool:
    return any(
        test(kind)
        for test in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    )


def _csv_columns(path: Path) -> list[str]:
    import csv

    encoding = text_encoding(path).replace("utf-8", "utf-8-sig")
    with path.open(encoding=encoding, newline="", errors="replace") as file:
        return next(csv.reader(file), [])


def _pieces(file: PathFile) -> Iterator[pa.RecordBatch]:
    return _parquet_pieces(file) if file.parquet else _csv_pieces(file)


def _parquet_pieces(file: PathFile) -> Iterator[pa.RecordBatch]:
    import pyarrow.parquet as pq

    data = pq.ParquetFile(file.path)
    if data.metadata.num_rows and _is_dictionary(data.metadata):
        data = pq.ParquetFile(file.path, read_dictionary=[PATH])
    for piece in data.iter_batches(batch_size=PIECE_ROWS, columns=list(file.columns)):
        if piece.num_rows:
            yield piece


def _is_dictionary(metadata: object) -> bool:
    """Whether the paths of the first row group are stored as numbers into a small dictionary."""
    group = metadata.row_group(0)  # type: ignore[attr-defined]
    for i in range(group.num_columns):
        column = group.column(i)
        if column.path_in_schema == PATH:
            small = column.total_uncompressed_size < DICTIONARY_BYTES_PER_ROW * group.num_rows
            return bool(small)
    return False


def _csv_pieces(file: PathFile) -> Iterator[pa.RecordBatch]:
    from pyarrow import csv

    texts = (PATH, HOURS)
    reader = csv.open_csv(
        file.path,
        csv.ReadOptions(block_size=BLOCK_BYTES, encoding=text_encoding(file.path)),
        csv.ParseOptions(newlines_in_values=False),
        csv.ConvertOptions(
            include_columns=list(file.columns),
            column_types={
                name: pa.string() if name in texts else pa.float64() for name in file.columns
            },
            null_values=[],
        ),
    )
    for piece in reader:
        if piece.num_rows:
            yield piece


def _folded(summaries: Iterator[Summary]) -> Summary | None:
    """Combine summaries a few at a time, so that they never pile up."""
    whole: list[Summary] = []
    while some := list(islice(summaries, FOLD)):
        whole = [combine([*whole, *some])]
    return whole[0] if whole else None


def _in_order(work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """Do ``work`` on a few threads and yield its results in the order of ``items``."""
    workers = min(4, os.cpu_count() or 1)
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[R]] = deque()
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
