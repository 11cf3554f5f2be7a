"""``shemei demo`` builds a company; ``doctor`` finds it healthy and ``export`` hands its log out."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.commands.process import shemei

pytestmark = pytest.mark.slow
PEOPLE = 1_500


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("demo") / "company"
    said = shemei("demo", "--no-serve", "--people", PEOPLE, "--home", home)
    assert said.returncode == 0, said.stderr
    assert "造好了" in said.stdout and "chen@yuhe.example" in said.stdout
    return home


def noted(company: Path) -> dict[str, str]:
    return json.loads((company / "keys" / "demo.json").read_text())


def brand(company: Path) -> str:
    with sqlite3.connect(company / "db.sqlite3") as database:
        return database.execute("select key from accounts_workspace").fetchone()[0]


def test_a_company_that_is_there_is_opened_not_built(company: Path) -> None:
    before = noted(company)
    said = shemei("demo", "--no-serve", "--home", company)
    assert said.returncode == 0
    assert "造好了" not in said.stdout and before["password"] in said.stdout
    assert noted(company) == before
    assert (company / "keys" / "demo.json").stat().st_mode & 0o077 == 0
    assert [p.name for p in company.parent.iterdir()] == ["company"], "nothing half-built is left"


@pytest.mark.parametrize("more", [(), ("--rebuild",)], ids=["build", "rebuild"])
def test_a_folder_of_something_else_is_not_touched(tmp_path: Path, more: tuple[str, ...]) -> None:
    (tmp_path / "diary.txt").write_text("mine")
    said = shemei("demo", "--no-serve", "--home", tmp_path, *more)
    assert said.returncode == 1
    assert "没有动它" in said.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["diary.txt"]


def findings(company: Path) -> tuple[int, dict[str, dict[str, Any]]]:
    said = shemei("doctor", "--json", "--home", company)
    found = json.loads(said.stdout)
    assert {tuple(one) for one in found} == {("what", "state", "detail", "wrong", "remedy")}
    assert {one["state"] for one in found} <= {"good", "warn", "bad"}
    return said.returncode, {one["what"]: one for one in found}


def test_the_doctor_is_content_and_finds_what_is_broken(company: Path) -> None:
    code, found = findings(company)
    assert code == 0
    assert set(found) >= {
        "版本",
        "磁盘",
        "数据库",
        "密钥文件",
        "事件账目",
        "发件箱",
        "短链",
        "页面资源",
    }
    assert {name: one for name, one in found.items() if one["state"] == "bad"} == {}
    key = next((company / "keys").glob("*.key"))
    key.chmod(0o644)
    try:
        code, found = findings(company)
    finally:
        key.chmod(0o600)
    assert code == 1
    assert found["密钥文件"]["state"] == "bad" and "chmod 600" in found["密钥文件"]["remedy"]


def test_the_doctor_speaks_to_people_too(company: Path) -> None:
    said = shemei("doctor", "--home", company)
    assert said.returncode == 0
    assert "事件账目" in said.stdout


def test_the_log_is_exported_in_three_formats_with_equal_rows(
    company: Path, tmp_path: Path
) -> None:
    asked = ("export", "events", "--workspace", brand(company), "--home", company)
    rows = list(csv.DictReader(io.StringIO(shemei(*asked).stdout)))
    lines = shemei(*asked, "--format", "json").stdout.splitlines()
    file = tmp_path / "events.parquet"
    assert shemei(*asked, "--format", "parquet", "-o", file).returncode == 0
    assert len(rows) == len(lines) == pq.read_metadata(file).num_rows > 1_000
    assert list(rows[0]) == list(json.loads(lines[0])) == pq.read_schema(file).names


def test_credits_of_every_model_sum_to_the_same_money(company: Path) -> None:
    asked = ("export", "credits", "--workspace", brand(company), "--home", company)
    told = [json.loads(line) for line in shemei(*asked, "--format", "json").stdout.splitlines()]
    sums: dict[str, float] = {}
    for one in told:
        assert set(one) == {"model", "channel", "conversions", "value"}
        sums[one["model"]] = sums.get(one["model"], 0) + one["value"]
    assert len(sums) >= 6
    assert list(sums.values()) == pytest.approx([max(sums.values())] * len(sums))


def test_a_brand_without_data_is_said_and_not_an_error(company: Path) -> None:
    said = shemei("export", "paths", "--workspace", "nobody", "--home", company)
    assert said.returncode == 0
    assert "没有数据" in said.stderr
