"""Sizes, imports and words of the code itself."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.files import ROOT, SOURCE, faults, long_lines, named, text_of, tree_of

MODULES = [p for p in sorted(SOURCE.rglob("*.py")) if "migrations" not in p.parts]
LONGEST_MODULE, LONGEST_FUNCTION, LONGEST_LINE = 400, 40, 200
LOWER = ("actions", "queries", "facts")
FREE = {"accounts.models", "accounts.rules"}
"""What higher rooms may take from accounts besides: types of members and roles."""


def test_the_modules_are_found() -> None:
    assert len(MODULES) > 400


def test_a_module_is_short_and_says_what_it_is_for() -> None:
    assert faults(MODULES, lambda path: text_of(path).count("\n") > LONGEST_MODULE) == {}
    written = [path for path in MODULES if text_of(path).strip()]
    assert faults(written, lambda path: not ast.get_docstring(tree_of(path))) == {}


def test_a_line_can_be_read_in_a_review() -> None:
    """What is kept from the formatter, and long words in Chinese, may pass its 100; no line is a wall.

    ``exports.py`` holds the tables of what platforms call their columns, one field a line.
    """
    paths = [path for path in MODULES if path.name != "exports.py"]
    assert faults(paths, lambda path: long_lines(path, LONGEST_LINE)) == {}


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    body = function.body[0]
    is_text = ast.get_docstring(function) is not None
    told = (body.end_lineno or 0) - body.lineno + 1 if is_text else 0
    return (function.end_lineno or 0) - function.lineno + 1 - told


def long_functions(path: Path) -> list[tuple[str, int]]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    found = [n for n in ast.walk(tree_of(path)) if isinstance(n, functions)]
    return [(f.name, length(f)) for f in found if length(f) > LONGEST_FUNCTION]


def test_a_function_fits_on_a_screen() -> None:
    assert faults(MODULES, long_functions) == {}


def test_floors_and_rooms_import_downwards_alone() -> None:
    tool = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([tool, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_no_room_reaches_upwards_through_the_registry_of_models() -> None:
    assert faults(MODULES, lambda path: "get_model(" in text_of(path)) == {}


def imported(path: Path) -> set[str]:
    """Modules of other rooms that a module of a room imports, as ``room.module``."""
    room = path.relative_to(SOURCE / "apps").parts[0]
    found = {".".join(parts) for parts in _parts(tree_of(path))}
    return {name for name in found if name.split(".")[0] != room}


def _parts(tree: ast.Module) -> Iterator[list[str]]:
    """What stands after ``shemei.apps`` in each import, whichever way it is written."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            names = whole if (node.module or "").count(".") < 3 else [node.module or ""]
        else:
            continue
        yield from (n.split(".")[2:] for n in names if n.startswith("shemei.apps."))


@pytest.mark.parametrize(
    "written",
    [
        "import shemei.apps.tracking.models",
        "import shemei.apps.tracking.models as t, os",
        "from shemei.apps.tracking.models import Link",
        "from shemei.apps.tracking import models",
        "from shemei.apps import tracking",
        "def f():\n    import shemei.apps.tracking",
    ],
)
def test_an_import_is_seen_however_it_is_written(written: str) -> None:
    found = list(_parts(ast.parse(written)))
    assert found in ([["tracking", "models"]], [["tracking"]])


def taken(path: Path) -> set[str]:
    """What a module takes from other rooms past their doors."""
    found = imported(path)
    return found - {n for n in found if n.rpartition(".")[2].split("_")[0] in LOWER} - FREE


def test_a_room_takes_from_a_lower_room_its_doors_alone() -> None:
    rooms = [p for p in MODULES if named(p).startswith("apps/") and p.parent.name != "apps"]
    assert len(rooms) > 200
    assert faults(rooms, taken) == {}


UNTYPED = re.compile(r"\b(request|workspace): Any\b")


def test_requests_and_brands_have_their_types() -> None:
    """``BrandRequest`` or ``ApiRequest`` of ``kernel.http``, ``Workspace`` of ``kernel.workspace``."""
    assert faults(MODULES, lambda path: UNTYPED.findall(text_of(path))) == {}


BELOW = ("actions", "facts", "figures", "imports", "models", "queries", "rules", "tellings")


REQUEST = re.compile(r"\b(?:Brand|Api|Http)Request\b")


def test_below_the_views_nobody_knows_a_request() -> None:
    paths = [p for p in MODULES if p.stem.split("_")[0] in BELOW]
    assert len(paths) > 60
    assert faults(paths, lambda path: REQUEST.findall(text_of(path))) == {}


HOST = re.compile(r"https?://([\w.-]+)")


@pytest.mark.parametrize(
    "name",
    [
        "package-lock.json",
        "requirements.lock",
        "requirements-dev.lock",
        "requirements-engines.lock",
    ],
)
def test_lock_files_name_no_host(name: str) -> None:
    lines = [line for line in (ROOT / name).read_text().splitlines() if "funding" not in line]
    hosts = {host for line in lines for host in HOST.findall(line)}
    kept = {h for h in hosts if not re.search(r"github|opencollective|patreon|tidelift", h)}
    assert kept == set()


def test_no_third_party_code_is_committed() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    names = listed.stdout.splitlines()
    assert not [n for n in names if "node_modules" in n or "/vendor/" in n or n.endswith(".min.js")]


def test_no_test_module_lends_its_helpers_to_another() -> None:
    """What two of them need stands in a module of its own, with a name that says what it is."""
    lending = re.compile(r"^\s*(?:from tests\.[\w.]*\btest_\w+ import|import tests\.[\w.]*\btest_)", re.M)  # fmt: skip
    paths = sorted((ROOT / "tests").rglob("*.py"))
    assert [str(p.relative_to(ROOT)) for p in paths if lending.search(p.read_text())] == []
