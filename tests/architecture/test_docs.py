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
