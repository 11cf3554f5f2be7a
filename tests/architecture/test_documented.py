"""What an installation can set, run, allow or read in its log stands in the documentation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import pytest

from shemei.__main__ import COMMANDS
from shemei.apps.accounts.rules import ROLES
from shemei.kernel.audit import VERBS
from shemei.kernel.permissions import PERMISSION_NAMES, Permission
from tests.architecture.pages import REFERENCE, ROOT, documented

SOURCE = ROOT / "src" / "shemei"


def variables() -> set[str]:
    texts = [p.read_text() for p in SOURCE.rglob("*.py")] + [(ROOT / "shemei").read_text()]
    found = {name for text in texts for name in re.findall(r"\b(SHEMEI_[A-Z][A-Z_]*)\b", text)}
    return (found | {"DATABASE_URL"}) - INTERNAL


INTERNAL = {"SHEMEI_JOBS_IMMEDIATE", "SHEMEI_TEST_QUICK", "SHEMEI_TEST_STRICT"}
"""Set by the tests alone."""


def test_every_setting_is_documented_and_no_other() -> None:
    assert documented("settings.md") == variables()


def test_every_permission_is_documented_and_named() -> None:
    assert documented("permissions.md") >= {str(p) for p in Permission}
    assert set(PERMISSION_NAMES) == set(Permission)
    text = (REFERENCE / "permissions.md").read_text()
    assert [name for name in ROLES.values() if name not in text] == []


@dataclass(frozen=True, slots=True)
class Site:
    """One ``audit.record(...)`` of the code: the verbs it may record and what it gives to their sentences."""

    where: str
    verbs: frozenset[str]
    gives: frozenset[str]


VERB = re.compile(r"[a-z_]+\.[a-z_]+")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def verbs_in(nodes: Iterable[ast.AST]) -> set[str]:
    found = (n.value for node in nodes for n in ast.walk(node) if isinstance(n, ast.Constant))
    return {text for text in found if isinstance(text, str) and VERB.fullmatch(text)}


def sites_of(path: Path) -> Iterator[Site]:
    tree = ast.parse(path.read_text())
    for function in [n for n in ast.walk(tree) if isinstance(n, Function)]:
        for call in [n for n in ast.walk(function) if isinstance(n, ast.Call)]:
            if ast.unparse(call.func) in ("audit.record", "record") and call.args:
                where = f"{path.relative_to(SOURCE)}:{call.lineno}"
                verbs = verbs_in([call.args[0]]) or _told(call.args[0], function, tree)
                yield Site(where, frozenset(verbs), frozenset(_given(call, function)))


def _told(verb: ast.expr, function: Function, tree: ast.Module) -> set[str]:
    """The verbs a variable may hold: those its callers in the module give it, else those beside it."""
    if isinstance(verb, ast.Name) and verb.id in {a.arg for a in function.args.args}:
        calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)]
        return verbs_in(n for n in calls if ast.unparse(n.func) == function.name)
    return verbs_in(function.body)


def _given(call: ast.Call, function: Function) -> Iterator[str]:
    """Names for the sentence: keywords, and the keys of a dict of this function given with ``**``."""
    yield "label"
    for keyword in call.keywords:
        if keyword.arg:
            yield keyword.arg
            continue
        for node in ast.walk(function):
            named = isinstance(node, ast.Assign) and ast.unparse(node.targets[0])
            if named == ast.unparse(keyword.value) and isinstance(node.value, ast.Dict):
                yield from (str(ast.literal_eval(key)) for key in node.value.keys if key)


SITES = [site for path in sorted(SOURCE.rglob("*.py")) for site in sites_of(path)]


def recorded() -> set[str]:
    """Verbs that the code records."""
    return {verb for site in SITES for verb in site.verbs}


def test_every_recording_is_understood() -> None:
    texts = "".join(p.read_text() for p in SOURCE.rglob("*.py"))
    assert len({site.where for site in SITES}) == len(re.findall(r"\baudit\.record\(", texts))
    assert [site.where for site in SITES if not site.verbs] == []


def test_every_verb_is_recorded_and_no_other() -> None:
    assert recorded() == set(VERBS)


def test_every_verb_is_documented_and_no_other() -> None:
    assert documented("audit.md") == set(VERBS)


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_a_sentence_is_chinese_and_takes_what_it_is_given(verb: str) -> None:
    sentence = VERBS[verb]
    assert re.search(r"[\u4e00-\u9fff]", sentence)
    wanted = {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}
    lacking = [site for site in SITES if verb in site.verbs and not wanted <= site.gives]
    assert lacking == []


def test_every_command_is_documented() -> None:
    assert {f"shemei {name}" for name in COMMANDS} == documented("commands.md")
