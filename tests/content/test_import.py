"""Files as the platforms' back-ends give them: recognised, matched, booked once, taken back."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from openpyxl import Workbook
from tests.content.files import CHANNELS, DOUYIN, bring_in, csv, douyin, log_sums

from shemei.apps.brand.actions import add_account
from shemei.apps.content.actions import change_post, record_metrics
from shemei.apps.content.models import Post, PostMetric
from shemei.kernel.imports import actions
from shemei.kernel.imports.screens import check_screen

if TYPE_CHECKING:
    from tests.world import World

    from shemei.kernel.imports.models import ImportBatch
    from shemei.warehouse.home import Home

YESTERDAY = timezone.localdate() - timedelta(1)


@pytest.fixture
def place(inside: World, home: Home) -> World:
    return inside


def test_a_douyin_list_is_recognised_and_makes_posts(place: World) -> None:
    batch = bring_in(
        place, csv(DOUYIN, douyin("把修护霜放进冰箱", 1_000, 50), douyin("小满日记", 200, 9))
    )
    assert (batch.preset, batch.count("new"), batch.error_rows) == ("douyin_works", 2, 0)
    post = Post.objects.get(title="把修护霜放进冰箱")
    assert (post.platform, post.state, post.form) == ("douyin", "published", "短视频")
    row = PostMetric.objects.get(post=post)
    assert (row.day, row.plays, row.finishes, row.impressions) == (YESTERDAY, 1_000, 200, None)
    assert log_sums()[("impression", "")] == 1_200
    assert log_sums()[("engage", "finish")] == 240


def test_the_same_file_twice_changes_nothing(place: World) -> None:
    data = csv(DOUYIN, douyin("冰箱", 1_000, 50))
    bring_in(place, data)
    before = log_sums()
    again = bring_in(place, data)
    assert (again.count("new"), again.count("changed"), again.count("same")) == (0, 0, 1)
    assert log_sums() == before
    assert Post.objects.count() == 1


def test_a_later_file_books_what_was_added_and_says_what_fell(place: World) -> None:
    bring_in(place, csv(DOUYIN, douyin("冰箱", 1_000, 50), douyin("小满", 200, 9)))
    later = bring_in(
        place, csv(DOUYIN, douyin("冰箱", 1_400, 47), douyin("小满", 260, 11)), day="today"
    )
    assert (later.count("new"), later.count("changed")) == (0, 2)
    assert log_sums()[("impression", "")] == 1_660
    assert log_sums()[("engage", "like")] == 58
    assert "「冰箱」" in "".join(later.warnings)


def test_a_stable_id_survives_a_new_title_and_an_empty_cell_keeps_the_old_value(
    place: World,
) -> None:
    first = [
        "冬天的脸",
        "export/UzFfAgtgekIEAQAAAAAAxyz",
        "2026-10-01 12:00",
        "5%",
        "14.7秒",
        800,
        3,
        20,
        4,
        6,
        1,
    ]
    bring_in(place, csv(CHANNELS, first))
    renamed = ["冬天的脸（二）", *first[1:5], 900, 3, "", 5, 6, 1]
    batch = bring_in(place, csv(CHANNELS, renamed))
    assert batch.count("changed") == 1
    row = PostMetric.objects.get()
    assert (row.plays, row.likes, row.comments) == (900, 20, 5)
    assert Post.objects.get().title == "冬天的脸"


def test_a_banner_above_the_headers_and_fullwidth_times_are_read(place: World) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["最多导出排序后前1000条笔记"])
    sheet.append(
        [
            "笔记标题",
            "首次发布时间",
            "体裁",
            "曝光",
            "观看量",
            "封面点击率",
            "点赞",
            "评论",
            "收藏",
            "涨粉",
            "分享",
            "人均观看时长",
            "弹幕",
        ]
    )
    sheet.append(
        [
            "换季烂脸自救",
            "2026年10月01日12时00分00秒",
            "图文",
            "1.2万",
            3_000,
            0.11,
            400,
            20,
            90,
            12,
            8,
            "15.20秒",
            0,
        ]
    )
    out = io.BytesIO()
    book.save(out)
    bring_in(place, out.getvalue(), "笔记列表明细表.xlsx")
    row = PostMetric.objects.get()
    assert (row.impressions, row.plays, row.follows) == (12_000, 3_000, 12)
    assert log_sums()[("impression", "")] == 12_000


def test_same_titles_are_told_apart_by_account_and_time(place: World) -> None:
    head = ["标题", "账号", "平台", "发布时间", "曝光"]
    for name in ("屿禾护肤", "屿禾实验室"):
        add_account(place.brand, by=place.owner.actor, platform="xhs", name=name)
    rows = [
        ["晚安", "屿禾护肤", "小红书", "2026-10-01 08:00", 10],
        ["晚安", "屿禾实验室", "小红书", "2026-10-01 08:00", 20],
    ]
    bring_in(place, csv(head, *rows))
    assert {p.account.name for p in Post.objects.select_related("account")} == {
        "屿禾护肤",
        "屿禾实验室",
    }
    again = bring_in(place, csv(head, *rows))
    assert again.count("same") == 2


def test_an_unknown_account_is_kept_as_author_and_said(place: World) -> None:
    batch = bring_in(
        place, csv(["标题", "账号", "平台", "曝光"], ["晚安", "没登记的号", "抖音", 10])
    )
    assert Post.objects.get().author_name == "没登记的号"
    assert "没登记的号" in "".join(batch.warnings)


def test_rows_that_cannot_be_are_named_and_the_rest_comes_in(place: World) -> None:
    head = ["标题", "平台", "数据日期", "曝光"]
    tomorrow = timezone.localdate() + timedelta(1)
    batch = bring_in(
        place,
        csv(
            head,
            ["好", "抖音", "", 5],
            ["负", "抖音", "", -3],
            ["远", "抖音", tomorrow, 4],
            ["生", "知了", "", 9],
        ),
    )
    assert (batch.error_rows, batch.count("new")) == (3, 1)
    assert Post.objects.get().title == "好"


def test_taking_back_a_file_leaves_what_was_there_before(place: World) -> None:
    by = place.editor.actor
    bring_in(place, csv(DOUYIN, douyin("冰箱", 1_000, 50)))
    before = log_sums()
    second = bring_in(place, csv(DOUYIN, douyin("冰箱", 1_500, 60), douyin("新的", 70, 1)))
    change_post(Post.objects.get(title="冰箱"), by=by, author_name="阿丽")
    actions.undo(second, by=by)
    assert log_sums() == before
    assert list(Post.objects.values_list("title", flat=True)) == ["冰箱"]


def test_a_post_entered_by_hand_is_found_by_its_link(place: World) -> None:
    by = place.editor.actor
    bring_in(
        place,
        csv(
            ["标题", "作品链接", "平台", "曝光"],
            ["旧名", "https://www.douyin.com/video/7300000000000000001?x=1", "抖音", 5],
        ),
    )
    post = Post.objects.get()
    assert post.external_id == "7300000000000000001"
    record_metrics(post, by=by, day=YESTERDAY, likes=2)
    bring_in(
        place,
        csv(
            ["标题", "作品链接", "平台", "曝光"],
            ["新名", "https://www.douyin.com/video/7300000000000000001", "抖音", 9],
        ),
    )
    assert Post.objects.count() == 1
    assert log_sums() == {("impression", ""): 9, ("engage", "like"): 2}


NAMED = ["标题", "作品编号", "作品链接", "平台", "数据日期", "发布时间", "播放或阅读", "点赞"]
LINK = "https://www.douyin.com/video/7300000000000000001"
SHORT = "https://v.douyin.com/iRabc"


@pytest.mark.parametrize("is_known", [False, True])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["晚安", "7300000000000000001", ""], ["", "", LINK]),
        (["晚安", "9", SHORT], ["", "", SHORT]),
        (["晚安", "9", ""], ["晚安", "", SHORT]),
    ],
    ids=["the link holds the number", "both have the link", "both have the title"],
)
def test_a_row_by_number_and_one_by_link_are_one_post(
    place: World, one: list[str], other: list[str], *, is_known: bool
) -> None:
    if is_known:
        bring_in(place, csv(NAMED, [*one, "抖音", "2026-10-01", "", 5, ""]))
    rows = [*one, "抖音", "2026-10-02", "", 70, ""], [*other, "抖音", "2026-10-02", "", "", 8]
    bring_in(place, csv(NAMED, *rows))
    assert Post.objects.count() == 1
    told = PostMetric.objects.order_by("day").last()
    assert told and (told.plays, told.likes) == (70, 8)
    again = bring_in(place, csv(NAMED, *rows))
    assert (again.count("new"), again.count("changed")) == (0, 0)


def test_posts_on_several_days_of_one_file_are_made_once(place: World) -> None:
    rows = [
        [title, "", "", "抖音", f"2026-10-0{day}", f"2026-09-01 {hour}:00", 10 * day, ""]
        for day in (2, 3)
        for title, hour in (("晚安", "08"), ("晚安", "20"), ("早安", "08"))
    ]
    bring_in(place, csv(NAMED, *rows))
    assert Post.objects.count() == 3
    assert sorted(PostMetric.objects.values_list("plays", flat=True)) == [20, 20, 20, 30, 30, 30]


def test_the_check_page_says_which_figures_change(inside: World, home: Home) -> None:
    bring_in(inside, csv(DOUYIN, douyin("早八底妆", 900, 50)), platform="douyin")
    by = inside.editor.actor
    data = csv(DOUYIN, douyin("早八底妆", 1_900, 50))
    batch = actions.receive(
        inside.brand, io.BytesIO(data), "又.csv", by=by, kind="post_metrics",
        options={"platform": "douyin"},
    )  # fmt: skip
    actions.check(batch, by=by)
    told = [(c.row, c.label, c.old, c.new) for c in check_screen(batch).changes]
    assert (2, "播放或阅读", "900", "1,900") in told


def test_figures_count_posts_not_their_days(place: World) -> None:
    """Two posts told of on three days each are two, however the days lie between each other in the file."""
    days = [f"{YESTERDAY - timedelta(n):%Y-%m-%d}" for n in (2, 1, 0)]
    head = ["标题", "数据日期", "播放量"]

    def file(*plays: int) -> bytes:
        rows = [
            [title, day, base + n]
            for n, day in enumerate(days)
            for title, base in zip(("修护日记", "防晒怎么选"), plays, strict=True)
        ]
        return csv(head, *rows)

    def counted(batch: ImportBatch) -> tuple[int, int, int]:
        return batch.count("new"), batch.count("changed"), batch.count("same")

    first = bring_in(place, file(100, 500), platform="douyin")
    assert counted(first) == (2, 0, 0) and Post.objects.count() == 2
    assert "2 篇在表里不止一天：各天的数都收了，新增与变化里各只算一篇。" in first.remarks
    again = bring_in(place, file(100, 600), "又一份.csv", platform="douyin")
    assert counted(again) == (0, 1, 1)
    page = place.client().get(place.url("imports:batch", first.key)).content.decode()
    history = place.client().get(place.url("imports:history")).content.decode()
    assert "各只算一篇" in page
    assert '2 <span class="sm t3">篇</span>' in history
