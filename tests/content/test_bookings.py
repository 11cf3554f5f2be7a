"""Totals as platforms tell them become daily bookings; whatever changes, the log sums to the table."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shemei.apps.content.rules import (
    Labels,
    Snapshot,
    added,
    bookings,
    differences,
    exposure,
    fell,
    identify,
    plain_url,
)
from shemei.kernel.tellings import fold, news

LABELS = Labels("xhs", "acc", "", "post", "")
D1, D2, D3 = date(2026, 11, 1), date(2026, 11, 2), date(2026, 11, 3)


def quantities(
    snapshots: list[Snapshot], published: date | None = None
) -> dict[tuple[date, str, str], int]:
    booked = bookings(snapshots, LABELS, published)
    return {(b.day, b.kind, b.action): n for b, n in booked.items()}


def test_totals_of_two_days_become_what_each_day_added() -> None:
    told = [
        Snapshot(D1, {"impressions": 100, "likes": 5}),
        Snapshot(D2, {"impressions": 180, "likes": 9}),
    ]
    assert quantities(told) == {
        (D1, "impression", ""): 100,
        (D2, "impression", ""): 80,
        (D1, "engage", "like"): 5,
        (D2, "engage", "like"): 4,
    }


def test_the_first_totals_belong_to_the_day_of_publication() -> None:
    assert quantities([Snapshot(D3, {"impressions": 500})], D1) == {(D1, "impression", ""): 500}


def test_a_fall_is_a_negative_correction_on_its_own_day_and_is_said() -> None:
    told = [Snapshot(D1, {"likes": 9}), Snapshot(D2, {"likes": 7})]
    assert quantities(told)[(D2, "engage", "like")] == -2
    assert fell(told) == [(D2, "likes", 2)]


def test_plays_stand_for_exposure_only_where_no_impressions_are_told() -> None:
    assert exposure({"plays": 30}) == 30
    assert exposure({"plays": 30, "impressions": 90}) == 90
    assert quantities([Snapshot(D1, {"plays": 30})]) == {(D1, "impression", ""): 30}


def test_a_figure_that_a_day_leaves_out_goes_on_from_the_last_one_told() -> None:
    told = [Snapshot(D1, {"likes": 4}), Snapshot(D2, {"shares": 1}), Snapshot(D3, {"likes": 6})]
    assert quantities(told)[(D3, "engage", "like")] == 2


def test_clicks_as_the_platform_counts_them_stay_out_of_the_log() -> None:
    assert quantities([Snapshot(D1, {"clicks": 40})]) == {}


def test_what_each_day_added_stands_beside_the_totals() -> None:
    rows = added([Snapshot(D2, {"likes": 9}), Snapshot(D1, {"likes": 5})])
    assert [(s.day, plus) for s, plus in rows] == [(D1, {"likes": 5}), (D2, {"likes": 4})]


def test_nothing_is_overwritten_with_nothing_and_the_same_is_no_news() -> None:
    assert fold([{"likes": 5, "plays": 90}, {"plays": 120}]) == {"likes": 5, "plays": 120}
    assert news({"likes": 5, "plays": 130}, {"likes": 5, "plays": 120}) == {"plays": 130}


_told = st.dictionaries(
    st.sampled_from(["impressions", "plays", "likes", "follows"]), st.integers(0, 10_000)
)
_tables = st.dictionaries(st.integers(0, 6), _told, max_size=5)


def _snapshots(table: dict[int, dict[str, int]]) -> list[Snapshot]:
    return [Snapshot(D1 + timedelta(n), told) for n, told in table.items()]


@given(st.lists(_tables, min_size=1, max_size=4), st.booleans())
def test_however_the_table_changes_the_log_sums_to_it(
    tables: list[dict[int, dict[str, int]]], relabel: bool
) -> None:
    log: Counter[object] = Counter()
    before: Counter[object] = Counter()
    for n, table in enumerate(tables):
        labels = Labels("xhs", "acc", "spring" if relabel and n % 2 else "", "post", "")
        after = bookings(_snapshots(table), labels, D1 if n % 2 else None)
        log.update(dict(differences(before, after)))  # type: ignore[arg-type]
        before = after  # type: ignore[assignment]
    assert {k: v for k, v in log.items() if v} == dict(before)


@given(_tables)
def test_bookings_of_a_figure_sum_to_the_last_total_told(table: dict[int, dict[str, int]]) -> None:
    booked = bookings(_snapshots(table), LABELS, None)
    likes = sum(n for b, n in booked.items() if b.action == "like")
    told = [table[day]["likes"] for day in sorted(table) if "likes" in table[day]]
    assert likes == (told[-1] if told else 0)


def test_a_post_is_recognised_by_its_link_without_what_tracks_the_sharer() -> None:
    shared = (
        "https://www.xiaohongshu.com/explore/0123456789abcdef01234567?xsec_token=AB&xsec_source=pc"
    )
    assert plain_url(shared) == "https://www.xiaohongshu.com/explore/0123456789abcdef01234567"
    assert identify(shared) == ("xhs", "0123456789abcdef01234567")
    assert identify("https://www.douyin.com/video/7300000000000000001") == (
        "douyin",
        "7300000000000000001",
    )
    assert identify("https://evil-douyin.com.example/video/7300000000000000001") == ("", "")


def test_an_article_of_a_wechat_account_keeps_what_names_it() -> None:
    link = "https://mp.weixin.qq.com/s?__biz=MzA&mid=22&idx=1&sn=ab&chksm=zz&scene=21#rd"
    assert plain_url(link) == "https://mp.weixin.qq.com/s?__biz=MzA&mid=22&idx=1&sn=ab"
