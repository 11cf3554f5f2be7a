"""Backup, restore, verify and erase as a person calls them: exit codes, words, nothing half done."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from tests.commands.process import shemei
from tests.warehouse import cast
from tests.warehouse.cast import BRAND

from shemei.warehouse.home import Home
from shemei.warehouse.log.segments import write_segment

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose database any command that writes has brought up; tests get copies."""
    home = Home(tmp_path_factory.mktemp("migrated") / "home").ensure()
    (home.path / "empty.csv").write_text("订单号,实付\n")
    shemei("import", home.path / "empty.csv", "--workspace", "w", "--home", home.path)
    return home


@pytest.fixture
def place(migrated: Home, tmp_path: Path) -> Home:
    home = Home(Path(shutil.copytree(migrated.path, tmp_path / "home")))
    write_segment(home.spool / "edge-1", 1, [*cast.everybody(), *cast.rivals()])
    return home


def test_a_person_is_erased_now_with_a_proof(place: Home, tmp_path: Path) -> None:
    asked = ("--workspace", BRAND, "--order", "NO-1", "--now", "--yes", "--home", place.path)
    said = shemei("erase", *asked, "--proof", tmp_path / "proof.json")
    assert said.returncode == 0, said.stderr
    assert f"找到 {len(cast.ali())} 条事件" in said.stderr
    proof = json.loads((tmp_path / "proof.json").read_text())
    assert (proof["complete"], proof["hits"], proof["erased_rows"]) == (True, 0, len(cast.ali()))
    again = shemei("erase", *asked, "--proof", tmp_path / "again.json")
    assert again.returncode == 0, again.stderr
    unknown = shemei(
        "erase", "--workspace", BRAND, "--order", "NO-99", "--yes", "--home", place.path
    )
    assert unknown.returncode == 1
    assert "里没有订单 NO-99" in unknown.stderr
    neither = shemei("erase", "--workspace", BRAND, "--home", place.path)
    assert neither.returncode == 2


def test_a_home_goes_into_a_file_and_comes_out_whole(place: Home, tmp_path: Path) -> None:
    word = tmp_path / "word"
    word.write_text("八个字符以上的口令\n")
    kept = {path.name: path.read_bytes() for path in place.keys.glob("*.key")}
    given = ("--home", place.path, "--with-keys", "--word-file", word)
    said = shemei("backup", tmp_path / "all.tar.gz", *given)
    assert said.returncode == 0, said.stderr
    new = Home(tmp_path / "new")
    back = shemei("restore", tmp_path / "all.tar.gz", "--home", new.path, "--word-file", word)
    assert back.returncode == 0, back.stderr
    assert {path.name: path.read_bytes() for path in new.keys.glob("*.key")} == kept
    assert kept
    with sqlite3.connect(new.database) as connection:
        assert connection.execute("SELECT COUNT(*) FROM django_migrations").fetchone()[0] > 0
    looked = shemei("verify", "--json", "--home", new.path)
    found = {one["what"]: one["state"] for one in json.loads(looked.stdout)}
    assert looked.returncode == 0
    assert set(found.values()) == {"good"}
    assert "短链" in found
    twice = shemei("restore", tmp_path / "all.tar.gz", "--home", new.path, "--word-file", word)
    assert twice.returncode == 1
    assert "不是空的" in twice.stderr


def test_verify_names_what_is_broken_and_fails(place: Home) -> None:
    (place.spool / "edge-1" / "000000000001.seg").write_bytes(b"torn\n")
    said = shemei("verify", "--home", place.path)
    assert said.returncode == 1
    assert "× 分段校验" in said.stdout
    assert "Traceback" not in said.stderr


def test_a_wrong_word_restores_no_key(place: Home, tmp_path: Path) -> None:
    for name in ("right", "wrong"):
        (tmp_path / name).write_text(f"the {name} word")
    archive = tmp_path / "all.tar"
    shemei(
        "backup", archive, "--home", place.path, "--with-keys", "--word-file", tmp_path / "right"
    )
    said = shemei("restore", archive, "--home", tmp_path / "new", "--word-file", tmp_path / "wrong")
    assert said.returncode == 1
    assert "口令不对" in said.stderr
    assert not list((tmp_path / "new" / "keys").iterdir())
