"""The documentation keeps its word: links lead somewhere, facts are all named."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path

import pytest

from tests.architecture.pages import documented

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_to_a_file(page: Path) -> None:
    broken = [to for to in LINK.findall(page.read_text()) if not (page.parent / to).exists()]
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_page_has_one_title(page: Path) -> None:
    outside_code = re.sub(r"```.*?```", "", page.read_text(), flags=re.S)
    assert len(re.findall(r"^# ", outside_code, re.M)) == 1


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_row_stands_in_a_table(page: Path) -> None:
    outside_code = re.sub(r"```.*?```", "", page.read_text(), flags=re.S)
    blocks = [block.splitlines() for block in re.split(r"\n\s*\n", outside_code)]
    tables = [[line for line in block if line.startswith("|")] for block in blocks]
    assert [
        rows[0] for rows in tables if rows and not re.match(r"\|[ :|-]+$", "".join(rows[1:2]))
    ] == []


TELL_OF_MARKS = ("add-the-tag.md", "send-events.md", "mini-program.md")


@pytest.mark.parametrize("guide", TELL_OF_MARKS)
def test_every_guide_that_tells_what_is_read_of_an_address_tells_of_the_mark(guide: str) -> None:
    lines = (ROOT / "docs" / "howto" / guide).read_text().splitlines()
    told = [line for line in lines if "UTM" in line and re.search("只取|读进入", line)]
    assert told and all("`_sh`" in line for line in told)


def test_every_guide_is_reached_from_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    reached = {(index.parent / to).resolve() for to in LINK.findall(index.read_text())}
    assert {page for page in PAGES if "docs" in page.parts} - {index} - reached == set()


def facts() -> set[str]:
    found = set()
    for path in (ROOT / "src" / "shemei" / "apps").glob("*/facts.py"):
        module = importlib.import_module(f"shemei.apps.{path.parent.name}.facts")
        own = [
            c
            for _, c in inspect.getmembers(module, inspect.isclass)
            if c.__module__ == module.__name__
        ]
        found |= {c.__name__ for c in own if "workspace" in getattr(c, "__dataclass_fields__", {})}
    return found


def test_every_fact_is_documented_and_no_other() -> None:
    assert documented("facts.md") == facts()
    assert len(facts()) >= 6
