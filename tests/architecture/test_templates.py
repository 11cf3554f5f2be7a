"""Templates and styles hold to the strict policy and to the tokens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "shemei"
TEMPLATES = sorted(SOURCE.rglob("*.html"))
SHEETS = [p for p in sorted(SOURCE.rglob("*.css")) if "vendor" not in p.parts]
SCRIPTS = [p for p in sorted(SOURCE.rglob("*.js")) if "vendor" not in p.parts]
SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.S)
STYLE = re.compile(r'\sstyle="([^"]*)"')
HEX = re.compile(r"#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})\b(?!-)")
LONGEST_LINE = 250
NUMBERS = re.compile(r"^(?:--[\w-]+|width|height|left|right|top|bottom|flex|grid-column)$")


def named(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def without_tags(text: str) -> str:
    return re.sub(r"\{[%#].*?[%#]\}|\{\{.*?\}\}", "0", text, flags=re.S)


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_no_script_stands_in_a_page(path: Path) -> None:
    for script in SCRIPT.finditer(path.read_text()):
        attributes = script["attributes"]
        assert "src=" in attributes or "application/json" in attributes, script[0][:80]


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_no_style_stands_in_a_page_but_numbers(path: Path) -> None:
    text = path.read_text()
    assert "<style" not in text
    for rules in STYLE.findall(text):
        for rule in filter(None, without_tags(rules).split(";")):
            name, _, value = rule.partition(":")
            assert NUMBERS.match(name.strip()), rule
            assert re.match(r"^[\d.\-]*[\w%]*$", value.strip()), rule


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_no_handler_stands_in_an_attribute(path: Path) -> None:
    assert not re.findall(r"\son[a-z]+\s*=", without_tags(path.read_text()))
    assert "javascript:" not in path.read_text()


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_no_colour_is_written_in_a_page(path: Path) -> None:
    text = re.sub(
        r'(?:href|hx-target|hx-select|data-target|action)="[^"]*"|&#\w+;', "", path.read_text()
    )
    assert not HEX.findall(text)


@pytest.mark.parametrize("path", [p for p in SHEETS if p.name != "tokens.css"], ids=named)
def test_colours_come_from_the_tokens(path: Path) -> None:
    assert not HEX.findall(re.sub(r"/\*.*?\*/|url\([^)]*\)", "", path.read_text(), flags=re.S))


@pytest.mark.parametrize("path", SCRIPTS, ids=named)
def test_scripts_need_no_loosened_policy(path: Path) -> None:
    text = path.read_text()
    assert "eval(" not in text
    assert "new Function" not in text


BORROWED = re.compile(r"\{%-?\s*(?:include|extends)\s+[\"']([\w/.-]+)")
OWNERS = {p.name: p.parents[1] for p in SOURCE.rglob("templates/*") if p.is_dir()}
"""By the first folder of a template's name, the room or the floor it belongs to."""
FRAMES = {"accounts/settings_base.html"}
"""The settings are one page of many rooms' tabs: their frame is lent, as the shell's is."""


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_room_takes_no_template_of_another_room(path: Path) -> None:
    """What a room puts on another's page it registers: tabs, buttons, parts of a page, hits of the search."""
    borrowed = BORROWED.findall(path.read_text())
    room = SOURCE / Path(*path.relative_to(SOURCE).parts[:2])
    strange = [name for name in borrowed if name not in FRAMES if not _is_lent(name, room)]
    assert strange == []


def _is_lent(name: str, room: Path) -> bool:
    """Whether a template is the room's own, the shell's, the kernel's or a package's (none of ours)."""
    owner = OWNERS.get(name.partition("/")[0], room)
    return room in (owner, *owner.parents) or not owner.is_relative_to(SOURCE / "apps")


def test_what_is_lent_is_told_from_what_is_taken() -> None:
    insight, landing = (SOURCE / "apps" / name for name in ("insight", "tracking"))
    taken = "{% include \"brand/readings.html\" %}{%- extends 'insight/told.html' %}"
    assert BORROWED.findall(taken) == ["brand/readings.html", "insight/told.html"]
    lent = {name: _is_lent(name, insight) for name in BORROWED.findall(taken)}
    assert lent == {"brand/readings.html": False, "insight/told.html": True}
    assert _is_lent("portal/base.html", insight) and _is_lent(
        "tracking/landing/pages.html", landing
    )


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_line_can_be_read_in_a_review(path: Path) -> None:
    """A change in a line of a thousand characters is a change nobody sees.

    Where a blank would show, a line is broken inside a tag, before an attribute.
    """
    lines = enumerate(path.read_text().splitlines(), 1)
    assert [number for number, line in lines if len(line) > LONGEST_LINE] == []
