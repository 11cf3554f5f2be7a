"""Assets: icons exist, templates and scripts keep the strict policy, locks name no host."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import types
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PORTAL = ROOT / "src/shemei/portal"
TEMPLATES = sorted((ROOT / "src/shemei").rglob("templates/**/*.html"))
VENDOR = PORTAL / "static/vendor"


def _icon_list() -> set[str]:
    lines = (PORTAL / "icons.txt").read_text(encoding="utf-8").splitlines()
    return {name for line in lines for name in line.partition("#")[0].split()}


def _used_icons() -> set[str]:
    found: set[str] = set()
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r"{% icon '([a-z0-9-]+)'", text))
        found |= set(re.findall(r'<c-icon name="([a-z0-9-]+)"', text))
        found |= set(re.findall(r'\bicon="([a-z0-9-]+)"', text))
    for path in (ROOT / "src/shemei").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r'\bicon(?::\s*str)?\s*=\s*"([a-z0-9-]+)"', text))
        found |= set(
            re.findall(r'(?:NavItem|CreateItem)\((?:\s*"[^"]*",)+?\s*"([a-z][a-z0-9-]+)"', text)
        )
    return found


def test_every_icon_in_use_is_in_the_sprite() -> None:
    assert sorted(_used_icons() - _icon_list()) == []
    sprite = VENDOR / "icons.svg"
    if sprite.exists():
        drawn = set(re.findall(r'id="i-([a-z0-9-]+)"', sprite.read_text(encoding="utf-8")))
        assert sorted(_icon_list() - drawn) == []


LOOSE = (
    r"\son(click|change|submit|load|input)\s*=",
    r"<style\b|javascript:",
    r"<script(?![^>]*(?:\bsrc=|application/json))",
    r'style="[^"]*(#[0-9A-Fa-f]{3,6}\b|color|background)',
    "TODO",
)
"""What the strict policy, the tokens or a reader would not have in a page."""


@pytest.mark.parametrize("loose", LOOSE)
def test_templates_keep_the_strict_policy(loose: str) -> None:
    pages = [p for p in TEMPLATES if "/email/" not in str(p)]
    assert len(pages) > 250
    found = re.compile(loose)
    assert [str(p) for p in pages if found.search(p.read_text(encoding="utf-8"))] == []


def test_styles_take_every_colour_from_the_tokens() -> None:
    for path in sorted((PORTAL / "static/shemei/css").glob("*.css")):
        if path.name != "tokens.css":
            assert re.findall(r"#[0-9A-Fa-f]{3,8}\b", path.read_text(encoding="utf-8")) == [], (
                path.name
            )


def test_light_and_dark_define_the_same_colours() -> None:
    text = (PORTAL / "static/shemei/css/tokens.css").read_text(encoding="utf-8")
    light, dark = text.split('[data-bs-theme="dark"] {', 1)
    names = set(re.findall(r"(--[a-z0-9-]+): #", light)) - {
        "--on-image",
        "--on-cover",
        "--done-solid",
    }
    assert names - set(re.findall(r"(--[a-z0-9-]+): #", dark.split("}", 1)[0])) == set()


def test_locks_name_no_host() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert [name for name, entry in lock["packages"].items() if "resolved" in entry] == []


def test_the_build_hook_draws_the_icons_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = types.ModuleType("hatchling.builders.hooks.plugin.interface")
    stand_in.BuildHookInterface = object  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, stand_in.__name__, stand_in)
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec and spec.loader
    hook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hook)
    (tmp_path / "a.svg").write_text('<svg x="1"><path stroke="none" d="M0"/><path d="M1 1"/></svg>')
    assert (
        hook._sprite(tmp_path, ["a"]).splitlines()[1]
        == '<symbol id="i-a" viewBox="0 0 24 24"><path d="M1 1"/></symbol>'
    )
    with pytest.raises(FileNotFoundError, match="asks for 'b'"):
        hook._sprite(tmp_path, ["b"])
