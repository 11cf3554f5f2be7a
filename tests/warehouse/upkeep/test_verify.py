"""Verify finds each thing that can be wrong with a home, and nothing in one that is whole."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.warehouse import cast
from tests.warehouse.cast import BRAND, FIRST, LAST
from tests.warehouse.homes import bad, lived_in, older

from shemei.warehouse.computed.settling import settle
from shemei.warehouse.computed.shelf import Shelf
from shemei.warehouse.log import table
from shemei.warehouse.log.loader import append_events
from shemei.warehouse.log.tombstones import Tombstone, exclude
from shemei.warehouse.upkeep import retention
from shemei.warehouse.upkeep.erasure import erase, find_person
from shemei.warehouse.upkeep.maintenance import carry_out, expire
from shemei.warehouse.upkeep.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from shemei.warehouse.home import Home


def test_a_whole_home_has_nothing_wrong(home: Home) -> None:
    assert bad(home) == []
    lived_in(home)
    assert bad(home) == []
    assert [one.what for one in verify(home) if one.state == "warn"] == ["事件账目"]
    (home.keys / "pepper.key").unlink()
    assert [one.what for one in verify(home) if one.state == "warn"] == ["事件账目", "钥匙"]


def test_what_was_erased_undone_or_past_its_time_is_in_the_sum(home: Home) -> None:
    cast.put(home, [*cast.everybody(), cast.event("spend", "11-02 10:00", batch="b-1")])
    erase(home, find_person(home, BRAND, order="NO-1"))
    exclude(home, Tombstone("b-1", BRAND, FIRST, LAST))
    settle(home)
    assert carry_out(home) > 0
    retention.keep(home, BRAND, {"impression": 1})
    assert expire(home, LAST) == 1
    sums = {one.what: one for one in verify(home)}["日志行数"]
    assert sums.state == "good"
    assert "删除、撤销、到期 10" in sums.detail


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def _log_file(home: Home) -> Path:
    return Path(table.live_files(table.open_table(home))[0].path)


def _computed_file(home: Home) -> Path:
    return Path(Shelf(home).path(next(iter(Shelf(home).current().files.values()))))


WRONG: dict[str, tuple[str, Callable[[Home], None]]] = {
    "a loaded segment": (
        "分段校验",
        lambda home: _flip(home.spool / "edge-1" / "loaded" / "000000000001.seg"),
    ),
    "a lost file of the log": ("日志文件", lambda home: _log_file(home).unlink()),
    "a short file of the log": (
        "日志文件",
        lambda home: _log_file(home).write_bytes(_log_file(home).read_bytes()[:-9]),
    ),
    "a lost computed file": ("汇总文件", lambda home: _computed_file(home).unlink()),
    "open keys": ("钥匙权限", lambda home: home.keys.chmod(0o755)),
    "no keys": ("钥匙权限", lambda home: shutil.rmtree(home.keys)),
    "a broken database": ("数据库 db.sqlite3", lambda home: _flip_pages(home.database)),
    "a stream that was deleted": ("日志行数", lambda home: shutil.rmtree(home.spool / "edge-1")),
}


def _flip_pages(path: Path) -> None:
    path.with_name(path.name + "-wal").unlink(missing_ok=True)
    path.write_bytes(b"\xff" * 8192)


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_found_and_named(home: Home, case: str) -> None:
    lived_in(home)
    what, spoil = WRONG[case]
    spoil(home)
    assert what in {one.what for one in bad(home)}


def test_a_repeated_id_is_told_and_is_no_loss(home: Home) -> None:
    import pyarrow as pa

    from shemei.warehouse.vocabulary import SCHEMA

    rows = pa.Table.from_pylist([one.as_dict() for one in cast.ali()], schema=SCHEMA)
    append_events(home, rows, stream="one")
    append_events(home, rows, stream="two")
    ids = {one.what: one for one in verify(home)}["事件编号"]
    assert (ids.state, "8 条是重发" in ids.detail) == ("good", True)


def test_a_log_of_an_older_program_waits_to_be_checked(home: Home) -> None:
    older(home)
    told = next(one for one in verify(home) if one.what == "事件编号")
    assert (told.state, "shemei serve" in told.remedy) == ("warn", True)
    table.upgrade_home(home)
    assert next(one for one in verify(home) if one.what == "事件编号").state == "good"
