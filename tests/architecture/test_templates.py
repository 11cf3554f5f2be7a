"""Templates and styles hold to the strict policy and to the tokens."""

from __future__ import annotations

import re
from pathlib import Path

from tests.architecture.files import SOURCE, faults, long_lines, text_of

TEMPLATES = sorted(SOURCE.rglob("*.html"))
SHEETS = [p for p in sorted(SOURCE.rglob("*.css")) if "vendor" not in p.parts]
SCRIPTS = [p for p in sorted(SOURCE.rglob("*.js")) if "vendor" not in p.parts]
SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.S)
STYLE = re.compile(r'\sstyle="([^"]*)"')
HEX = re.compile(r"#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})\b(?!-)")
LONGEST_LINE = 250
NUMBERS = re.compile(r"^(?:--[\w-]+|width|height|left|right|top|bottom|flex|grid-column)$")


def without_tags(text: str) -> str:
    return re.sub(r"\{[%#].*?[%#]\}|\{\{.*?\}\}", "0", text, flags=re.S)


def test_the_templates_are_found() -> None:
    assert len(TEMPLATES) > 250 and len(SHEETS) > 15 and len(SCRIPTS) > 15


def test_no_script_stands_in_a_page() -> None:
    def written(path: Path) -> list[str]:
        scripts = SCRIPT.finditer(text_of(path))
        known = ("src=", "application/json")
        return [one[0][:80] for one in scripts if not any(k in one["attributes"] for k in known)]

    assert faults(TEMPLATES, written) == {}


def strange_rules(style: str) -> list[str]:
    """The parts of a style attribute that are no numbers."""
    found = []
    for rule in filter(None, without_tags(style).split(";")):
        name, _, value = rule.partition(":")
        if not (NUMBERS.match(name.strip()) and re.match(r"^[\d.\-]*[\w%]*$", value.strip())):
            found.append(rule)
    return found


def test_no_style_stands_in_a_page_but_numbers() -> None:
    assert strange_rules("width:{{ row.percent }}%; color: red") == [" color: red"]
    assert faults(TEMPLATES, lambda path: "<style" in text_of(path)) == {}
    assert faults(
        TEMPLATES, lambda path: [r for one in STYLE.findall(text_of(path)) for r in strange_rules(one)]
    ) == {}  # fmt: skip


OWN_EMPTINESS = {"landing/page.html"}
"""Their figures are kept by a mark that sums of days do not have; they say themselves that nobody came."""


def test_every_page_of_a_period_says_where_the_data_is_if_not_there() -> None:
    of_a_period = [path for path in TEMPLATES if "<c-range-picker" in text_of(path)]
    assert len(of_a_period) > 15
    silent = {path for path in of_a_period if "<c-elsewhere" not in text_of(path)}
    assert {f"{path.parent.name}/{path.name}" for path in silent} == OWN_EMPTINESS


def test_no_handler_stands_in_an_attribute() -> None:
    handler = re.compile(r"\son[a-z]+\s*=")
    assert faults(TEMPLATES, lambda path: handler.findall(without_tags(text_of(path)))) == {}
    assert faults(TEMPLATES, lambda path: "javascript:" in text_of(path)) == {}


def test_no_colour_is_written_in_a_page() -> None:
    address = re.compile(r'(?:href|hx-target|hx-select|data-target|action)="[^"]*"|&#\w+;')
    assert faults(TEMPLATES, lambda path: HEX.findall(address.sub("", text_of(path)))) == {}


def test_colours_come_from_the_tokens() -> None:
    aside = re.compile(r"/\*.*?\*/|url\([^)]*\)", re.S)
    sheets = [path for path in SHEETS if path.name != "tokens.css"]
    assert faults(sheets, lambda path: HEX.findall(aside.sub("", text_of(path)))) == {}


def test_scripts_need_no_loosened_policy() -> None:
    loose = ("eval(", "new Function")
    assert faults(SCRIPTS, lambda path: [word for word in loose if word in text_of(path)]) == {}


BORROWED = re.compile(r"\{%-?\s*(?:include|extends)\s+[\"']([\w/.-]+)")
OWNERS = {p.name: p.parents[1] for p in SOURCE.rglob("templates/*") if p.is_dir()}
"""By the first folder of a template's name, the room or the floor it belongs to."""
FRAMES = {"accounts/settings_base.html"}
"""The settings are one page of many rooms' tabs: their frame is lent, as the shell's is."""


def test_a_room_takes_no_template_of_another_room() -> None:
    """What a room puts on another's page it registers: tabs, buttons, parts of a page, hits of the search."""

    def strange(path: Path) -> list[str]:
        borrowed = BORROWED.findall(text_of(path))
        room = SOURCE / Path(*path.relative_to(SOURCE).parts[:2])
        return [name for name in borrowed if name not in FRAMES if not _is_lent(name, room)]

    assert faults(TEMPLATES, strange) == {}


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


def test_a_line_can_be_read_in_a_review() -> None:
    """A change in a line of a thousand characters is a change nobody sees.

    Where a blank would show, a line is broken inside a tag, before an attribute.
    """
    assert faults(TEMPLATES, lambda path: long_lines(path, LONGEST_LINE)) == {}
