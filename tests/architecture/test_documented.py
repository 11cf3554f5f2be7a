"""What an installation can set, run, allow or read in its log stands in the documentation."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from shemei.__main__ import COMMANDS
from shemei.apps.accounts.rules import ROLES
from shemei.kernel.audit import VERBS
from shemei.kernel.permissions import PERMISSION_NAMES, Permission

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"
SOURCE = ROOT / "src" / "shemei"


def documented(page: str) -> set[str]:
    """What stands in code marks in the first column of a page's tables."""
    rows = re.findall(r"^\|([^|]+)\|", (REFERENCE / page).read_text(), re.M)
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


def variables() -> set[str]:
    texts = [p.read_text() for p in SOURCE.rglob("*.py")] + [(ROOT / "shemei").read_text()]
    found = {name for text in texts for name in re.findall(r"\b(SHEMEI_[A-Z][A-Z_]*)\b", text)}
    return (found | {"DATABASE_URL"}) - INTERNAL


INTERNAL = {"SHEMEI_JOBS_IMMEDIATE", "SHEMEI_TEST_STRICT"}
"""Set by the tests alone."""


def test_every_setting_is_documented_and_no_other() -> None:
    assert documented("settings.md") == variables()


def test_every_permission_is_documented_and_named() -> None:
    assert documented("permissions.md") >= {str(p) for p in Permission}
    assert set(PERMISSION_NAMES) == set(Permission)
    text = (REFERENCE / "permissions.md").read_text()
    assert [name for name in ROLES.values() if name not in text] == []


def recorded() -> set[str]:
    """Verbs that the code records: the first argument of every ``audit.record``."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = ast.unparse(node.func)
            if called in ("audit.record", "record") and isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
    return found


def test_every_recorded_verb_has_a_sentence() -> None:
    assert recorded() - set(VERBS) == set()
    assert len(recorded()) > 20


def test_every_verb_is_documented_and_no_other() -> None:
    assert documented("audit.md") == set(VERBS)


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_a_sentence_is_chinese_and_takes_what_it_is_given(verb: str) -> None:
    sentence = VERBS[verb]
    assert re.search(r"[\u4e00-\u9fff]", sentence)
    assert sentence.count("{") == sentence.count("}")


def test_every_command_is_documented() -> None:
    assert {f"shemei {name}" for name in COMMANDS} == documented("commands.md")
