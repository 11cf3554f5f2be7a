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


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_line_can_be_read_in_a_review(path: Path) -> None:
    """A change in a line of a thousand characters is a change nobody sees.

    Where a blank would show, a line is broken inside a tag, before an attribute.
    """
    lines = enumerate(path.read_text().splitlines(), 1)
    assert [number for number, line in lines if len(line) > LONGEST_LINE] == []
