"""The link book and the sites file: what is published is read, soon and whole."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shemei.edge import linkbook
from shemei.edge.linkbook import LinkBook, LinkRecord, book_path, publish, rewrite
from shemei.edge.sites import Site, Sites, publish_sites
from shemei.warehouse.channels import DEFAULT_RULES

if TYPE_CHECKING:
    from shemei.warehouse.home import Home

LINK = LinkRecord(code="a1", url="https://x.cn/", workspace="w", link="key", utm={"utm_term": "茶"})


def test_a_published_link_is_found_after_a_refresh(home: Home) -> None:
    book = LinkBook(home)
    assert book.get("a1") is None
    assert publish(home, [LINK, replace(LINK, code="b2")]) == 2
    assert book.stale()
    assert book.refresh()
    assert book.get("a1") == LINK
    assert len(book) == 2
    assert not book.refresh()


def test_the_last_line_of_a_code_holds_and_inactive_takes_it_out(home: Home) -> None:
    publish(home, [LINK])
    book = LinkBook(home)
    publish(home, [replace(LINK, url="https://new.cn/")])
    book.refresh()
    assert book.get("a1") == replace(LINK, url="https://new.cn/")
    publish(home, [replace(LINK, active=False)])
    book.refresh()
    assert book.get("a1") is None


def test_an_older_version_that_comes_late_is_ignored(home: Home) -> None:
    publish(home, [replace(LINK, v=5), replace(LINK, v=4, url="https://old.cn/")])
    assert LinkBook(home).get("a1") == replace(LINK, v=5)


def test_a_rewrite_is_a_new_generation(home: Home) -> None:
    publish(home, [LINK])
    book = LinkBook(home)
    assert rewrite(home, [replace(LINK, code="c3")]) == 1
    assert book.get("a1") == LINK
    book.refresh()
    assert book.get("a1") is None
    assert book.get("c3") is not None
    publish(home, [LINK])
    assert book.refresh()
    assert book.get("a1") == LINK


def test_a_line_torn_by_a_crash_spoils_nothing(home: Home) -> None:
    publish(home, [LINK])
    with book_path(home).open("ab") as file:
        file.write(b'{"v":1,"code":"torn","url":"https://')
    book = LinkBook(home)
    assert book.get("torn") is None
    publish(home, [replace(LINK, code="b2")])
    assert book.refresh()
    assert book.get("torn") is None
    assert book.get("b2") is not None
    assert LinkBook(home).get("a1") == LINK


def test_a_line_half_written_is_waited_for(home: Home) -> None:
    publish(home, [LINK])
    whole = book_path(home).read_bytes()
    book_path(home).write_bytes(whole[:-30])
    book = LinkBook(home)
    assert book.get("a1") is None
    with book_path(home).open("ab") as file:
        file.write(whole[-30:])
    assert book.refresh()
    assert book.get("a1") == LINK


@pytest.mark.parametrize("code", ["", "a/b"])
def test_a_code_no_address_can_hold_is_refused(home: Home, code: str) -> None:
    with pytest.raises(ValueError, match="slash"):
        publish(home, [replace(LINK, code=code)])


@settings(max_examples=40)
@given(st.lists(st.tuples(st.text(min_size=1, max_size=8), st.text(max_size=30)), max_size=8))
def test_any_text_comes_back(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]]
) -> None:
    from shemei.warehouse.home import Home

    home = Home(tmp_path_factory.mktemp("book"))
    records = [
        replace(LINK, code=code.replace("/", "-"), url=url, platform_account=url)
        for code, url in pairs
    ]
    rewrite(home, records)
    book = LinkBook(home)
    for code, record in {record.code: record for record in records}.items():
        assert book.get(code) == record


def test_a_large_book_loads_and_polls_fast(home: Home) -> None:
    rewrite(home, (replace(LINK, code=f"c{number}") for number in range(20_000)))
    began = time.process_time()
    book = LinkBook(home)
    loaded = time.process_time() - began
    publish(home, [replace(LINK, code="new")])
    began = time.process_time()
    assert book.refresh()
    assert time.process_time() - began < 0.05
    assert len(book) == 20_001
    assert loaded < 1.0


def test_no_line_is_parsed_to_find_where_its_code_stands(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruled = replace(LINK, code="b2", v=12, rules={"cases": [{"ways": [{"kind": "url"}]}]})
    scanned, ended = replace(LINK, code="c3", kind="check_in"), replace(LINK, code="d4")
    rewrite(home, [LINK, ruled, scanned, replace(ended, active=False)])
    parsed: list[bytes] = []
    with monkeypatch.context() as patched:
        patched.setattr(linkbook.orjson, "loads", lambda line: parsed.append(line) or {})
        book = LinkBook(home)
    assert len(book) == 4
    assert [line[:13] for line in parsed] == [b'{"generation"']
    assert [book.get(code) for code in ("a1", "b2", "c3", "d4")] == [LINK, ruled, scanned, None]


@pytest.mark.parametrize("left", [b'{"utm_term":"x"}', b'"active":true', b'{"kind":"click"}'])
def test_a_line_torn_behind_a_brace_is_no_link(home: Home, left: bytes) -> None:
    publish(home, [LINK])
    with book_path(home).open("ab") as file:
        file.write(b'{"v":1,"code":"torn","url":"https://x.cn/","utm":' + left)
    publish(home, [replace(LINK, code="b2")])
    book = LinkBook(home)
    assert book.get("torn") is None
    assert book.get("b2") is not None


def test_links_are_answered_from_the_old_book_while_a_new_one_is_read(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(home, [LINK])
    book = LinkBook(home)
    rewrite(home, (replace(LINK, code=f"c{number}") for number in range(2_000)))
    asked = []
    monkeypatch.setattr(linkbook.time, "sleep", lambda _: asked.append(book.get("a1")))
    assert book.refresh()
    assert asked == [LINK] * 3
    assert book.get("a1") is None
    assert book.get("c1999") is not None


def test_sites_are_read_again_when_replaced(home: Home) -> None:
    sites = Sites(home)
    assert sites.get("k") is None
    publish_sites(home, {"sites": {"k": {"workspace": "w", "hosts": ["A.cn"]}}})
    assert sites.refresh()
    assert sites.get("k") == Site("w", frozenset({"a.cn"}))
    assert not sites.refresh()


def test_a_broken_sites_file_leaves_the_last_good_one(home: Home) -> None:
    publish_sites(home, {"sites": {"k": {"workspace": "w"}}})
    sites = Sites(home)
    (home.links / "sites.json").write_text('{"sites": [')
    assert not sites.refresh()
    assert sites.get("k") is not None
    with pytest.raises(KeyError):
        publish_sites(home, {"sites": {"k": {}}})


def test_rules_that_cannot_be_used_fall_back_to_the_usual_ones(home: Home) -> None:
    bad = [{"field": "moon", "pattern": "x", "channel": "y"}]
    good = [{"field": "utm_source", "pattern": "x", "channel": "y"}]
    publish_sites(home, {"sites": {}, "channel_rules": {"bad": bad, "good": good}})
    sites = Sites(home)
    assert sites.rules("bad") is DEFAULT_RULES
    assert sites.rules("good").decide(utm_source="x") == "y"
