"""Which version of a landing page is better, said only where the numbers carry it."""

from __future__ import annotations

from shemei.apps.tracking.landing import rules


def said_of(*counted: tuple[str, int, int]) -> str:
    return rules.verdict(counted[0][0], rules.against(counted))


def test_a_difference_is_claimed_only_where_there_is_one() -> None:
    assert said_of(("A", 1, 10), ("B", 5, 12)).startswith("还看不出差别：比的两个版本")
    assert said_of(("A", 50, 500), ("B", 55, 500)).startswith("还看不出差别：现在")
    assert said_of(("A", 50, 1000), ("B", 120, 1000)).startswith("B 比 A 高 4.6 至")
    assert said_of(("A", 120, 1000), ("B", 50, 1000)).startswith("B 比 A 低 4.6 至")
    assert rules.verdict("A", rules.against([("A", 50, 1000)])) == ""
    assert rules.against([]) == []


def test_more_variants_need_a_larger_difference() -> None:
    alone = said_of(("A", 50, 1000), ("B", 71, 1000))
    assert alone.startswith("B 比 A 高")
    among = said_of(("A", 50, 1000), ("B", 71, 1000), ("C", 51, 1000), ("D", 49, 1000))
    assert among.startswith("还看不出差别")


def test_a_variant_with_few_visitors_keeps_no_other_from_being_told() -> None:
    told = rules.against([("A", 50, 1000), ("B", 120, 1000), ("C", 2, 9)])
    assert [one.words for one in told] == [
        "高 4.2 至 9.8 个百分点",
        "两边没有都到 30 位访客，先不比",
    ]
    assert "C" not in rules.verdict("A", told)
