"""``shemei import``: exit codes and the answer that a program reads."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from django_scopes import scope

from shemei.__main__ import main
from shemei.apps.commerce.models import Order

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

HEADER = "订单编号,付款时间,实付金额,订单状态\n"
GOOD = HEADER + "D1,2026-11-03 09:05,1329.00,已发货\nD2,2026-11-03 10:00,299,交易成功\n"
MIXED = GOOD + "D3,no day,88,已发货\n"
SHAPE = {
    "batch": str,
    "state": str,
    "kind": str,
    "noun": str,
    "rows": int,
    "new": int,
    "changed": int,
    "same": int,
    "errors": int,
    "seconds": float,
    "notes": list,
    "warnings": list,
    "problems": list,
    "mapping": dict,
}
"""What a program may count on, once a file was looked at."""


@pytest.fixture
def order_file(tmp_path: Path, home: Home) -> Path:
    return tmp_path / "订单.csv"


def imported(file: Path, text: str, brand: str, *more: str) -> tuple[int, dict[str, Any]]:
    file.write_text(text, encoding="utf-8")
    told = CliRunner().invoke(main, ["import", str(file), "--workspace", brand, "--json", *more])
    assert told.stderr == ""
    return told.exit_code, json.loads(told.stdout)


def orders(world: World) -> list[str]:
    with scope(workspace=world.brand):
        return sorted(Order.objects.values_list("number", flat=True))


def test_a_file_without_errors_is_zero_also_the_second_time(world: World, order_file: Path) -> None:
    code, told = imported(order_file, GOOD, world.brand.key)
    assert code == 0
    assert {key: type(told[key]) for key in SHAPE} == SHAPE
    assert (told["state"], told["kind"], told["new"], told["errors"]) == ("done", "orders", 2, 0)
    assert orders(world) == ["D1", "D2"]
    code, again = imported(order_file, GOOD, world.brand.name)
    assert code == 0
    assert (again["state"], again["new"], again["changed"]) == ("same", 0, 0)
    assert again["batch"] == told["batch"] and "没有再写" in again["message"]


def test_rows_with_errors_are_one_and_the_others_are_in(world: World, order_file: Path) -> None:
    code, told = imported(order_file, MIXED, world.brand.key)
    assert code == 1
    assert (told["state"], told["new"], told["errors"]) == ("done", 2, 1)
    assert "no day" in told["problems"][0] and Path(told["error_file"]).exists()
    assert orders(world) == ["D1", "D2"]


def test_a_dry_run_writes_nothing(world: World, order_file: Path) -> None:
    code, told = imported(order_file, MIXED, world.brand.key, "--dry-run")
    assert code == 1
    assert (told["state"], told["batch"], told["errors"]) == ("checked", "", 1)
    assert orders(world) == []


@pytest.mark.parametrize(
    ("text", "brand", "more", "said"),
    [
        (GOOD, "nobody", (), "没有找到品牌空间「nobody」"),
        (GOOD, "屿禾护肤", ("--kind", "dreams"), "没有「dreams」这一种"),
        (GOOD, "屿禾护肤", ("--mapping", "saved"), "还没有存过对应"),
        (GOOD, "屿禾护肤", ("--currency", "XYZ"), "不能是「XYZ」"),
        ("", "屿禾护肤", (), "空"),
    ],
)
def test_what_cannot_come_in_is_two_and_says_why(
    world: World, order_file: Path, text: str, brand: str, more: tuple[str, ...], said: str
) -> None:
    code, told = imported(order_file, text, brand, *more)
    assert code == 2
    assert list(told) == ["error"] and said in told["error"]
    assert orders(world) == []


def test_people_read_a_table_and_sentences(world: World, order_file: Path) -> None:
    order_file.write_text(MIXED, encoding="utf-8")
    told = CliRunner().invoke(main, ["import", str(order_file), "--workspace", world.brand.key])
    assert told.exit_code == 1
    assert (
        re.search(r"新增\W+2 单", told.stdout)
        and "第 4 行" in told.stdout
        and "已入库" in told.stdout
    )
