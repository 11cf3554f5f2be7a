"""The analyst's door, and the tutorial that leads through it."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.warehouse.cast import BRAND, FIRST, LAST, everybody
from tests.warehouse.homes import older

from shemei.warehouse import HomeError, Totals, open_home
from shemei.warehouse.computed import shelf
from shemei.warehouse.computed.settling import settle
from shemei.warehouse.log.segments import write_segment
from shemei.warehouse.log.table import OlderLake
from shemei.warehouse.questions import Question, QuestionError

if TYPE_CHECKING:
    from shemei.warehouse.home import Home
    from shemei.warehouse.lake import Lake

DOCS = Path(__file__).resolve().parents[2] / "docs"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.M | re.S)


def test_the_tutorial_runs_from_top_to_bottom(
    november: Lake,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / ".shemei-demo").symlink_to(november.home.path)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    blocks = BLOCK.findall((DOCS / "tutorial" / "ask-the-log.md").read_text())
    for block in blocks:
        exec(block, names)  # our own page
    assert len(blocks) >= 6
    assert names["brand"] == BRAND
    for name in ("weeks", "funnel", "by_channel", "cohorts", "buckets"):
        assert names[name].num_rows, name  # type: ignore[attr-defined]
    printed = capsys.readouterr().out
    assert "1 触达 4 None None" in printed
    assert "50% 的订单：不超过 2 次触达、98.0 小时" in printed
    assert printed.count(" 850.0\n") == len(names["credits"].models)  # type: ignore[attr-defined]


def test_the_guide_names_every_question() -> None:
    page = (DOCS / "howto" / "ask-the-log.md").read_text()
    named = set(re.findall(r"^\| `(\w+)` \|", page, re.M))
    assert named == {kind.__name__ for kind in Question.__subclasses__()}


def test_a_folder_that_is_no_home_is_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(HomeError, match="没有 lake"):
        open_home(tmp_path)
    monkeypatch.setenv("SHEMEI_HOME", str(tmp_path / "none"))
    with pytest.raises(HomeError, match="none"):
        open_home()
    (tmp_path / "lake").mkdir()
    with pytest.raises(QuestionError, match="duckdb, clickhouse, spark"):
        open_home(tmp_path, engine="oracle")


def test_a_home_of_an_older_program_says_what_to_do(home: Home) -> None:
    older(home)
    with pytest.raises(OlderLake, match="先运行一次 shemei serve"):
        open_home(home.path)


def test_a_home_whose_figures_are_of_another_version_answers_no_zeros(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_segment(home.spool / "edge-1", 1, everybody())
    settle(home)
    asked = Totals(BRAND, FIRST, LAST, ("orders",))
    before = open_home(home.path).ask(asked).rows.to_pylist()
    assert before[0]["orders"] > 0
    with monkeypatch.context() as later:
        later.setattr(shelf, "LAYOUT", shelf.LAYOUT + 1)
        (home.lake / shelf.MANIFEST).touch()
        with pytest.raises(OlderLake, match="请先运行 shemei serve，算完再来问"):
            open_home(home.path)
        settle(home)
        assert open_home(home.path).ask(asked).rows.to_pylist() == before


def test_what_a_home_holds(november: Lake) -> None:
    assert november.workspaces() == ["brand", "rival", "walk"]
    assert november.days() == (20261007, 20261202)


@pytest.mark.parametrize("name", ["polars", "pandas"])
def test_a_missing_library_says_what_to_install(
    november: Lake, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    answer = november.ask(Totals(BRAND, FIRST, LAST, ("orders",)))
    with pytest.raises(ModuleNotFoundError, match=f"pip install {name}"):
        getattr(answer, f"to_{name}")()


@pytest.mark.engines
@pytest.mark.filterwarnings("ignore::Warning")
def test_answers_as_polars_and_pandas(november: Lake) -> None:
    answer = november.ask(Totals(BRAND, FIRST, LAST, ("orders", "revenue")))
    assert answer.to_polars().to_dicts() == [{"orders": 7, "revenue": 102_000}]
    assert answer.to_pandas().to_dict("records") == [{"orders": 7, "revenue": 102_000}]
