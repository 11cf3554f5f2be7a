"""Pages of the content room with a real lake behind them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from shemei.apps.content import actions
from shemei.apps.content.models import Post, PostMetric
from shemei.kernel import outbox
from shemei.warehouse.computed.settling import settle
from shemei.warehouse.vocabulary import SHANGHAI

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

TODAY = timezone.localdate()


@pytest.fixture
def place(inside: World, home: Home) -> World:
    return inside


@pytest.fixture
def post(place: World) -> Post:
    moment = datetime.combine(TODAY - timedelta(3), datetime.min.time(), SHANGHAI)
    return actions.create_post(
        place.brand,
        by=place.editor.actor,
        title="换季烂脸自救",
        platform="xhs",
        state="published",
        published_at=moment,
    )


def test_a_post_is_made_and_changed(place: World) -> None:
    browser = place.client(place.editor)
    typed = {"title": "小满日记", "platform": "douyin", "form": "短视频", "state": "draft"}
    made = browser.post(place.url("content:new_post"), typed, follow=True)
    assert "小满日记" in made.content.decode()
    row = Post.objects.get()
    assert (row.form, row.published_at) == ("短视频", None)
    browser.post(
        place.url("content:edit_post", row.key), {**typed, "state": "published", "title": "小满"}
    )
    row.refresh_from_db()
    assert (row.title, row.published_at is not None) == ("小满", True)


def test_figures_typed_in_reach_list_and_page(place: World, post: Post, home: Home) -> None:
    browser = place.client(place.editor)
    url = place.url("content:enter_metrics", post.key)
    for ago, seen, likes in ((2, 1_000, 40), (1, 1_500, 38)):
        browser.post(
            url, {"day": str(TODAY - timedelta(ago)), "impressions": str(seen), "likes": str(likes)}
        )
    outbox.relay(home)
    settle(home)
    listed = browser.get(place.url("content:posts")).content.decode()
    assert "1,500" in listed
    assert "2.53%" in listed
    page = browser.get(place.url("content:post", post.key)).content.decode()
    assert "平台更正过 1 处" in page
    assert "点赞少了 2" in page
    assert "每天的曝光" in page


def test_no_figures_is_not_nought(place: World, post: Post) -> None:
    browser = place.client()
    assert "还没有它的数据" in browser.get(place.url("content:post", post.key)).content.decode()
    assert "没有</span>" in browser.get(place.url("content:posts")).content.decode()


def test_a_refused_day_keeps_what_was_typed(place: World, post: Post) -> None:
    typed = {"day": str(TODAY + timedelta(2)), "impressions": "98765"}
    page = place.client().post(place.url("content:enter_metrics", post.key), typed).content.decode()
    assert "今天之后" in page
    assert "98765" in page
    assert not PostMetric.objects.exists()


def test_an_empty_list_teaches_the_import(place: World) -> None:
    page = place.client().get(place.url("content:posts")).content.decode()
    assert "还没有内容" in page
    assert "导入内容数据" in page


def test_an_analyst_reads_but_does_not_write(place: World, post: Post) -> None:
    browser = place.client(place.analyst)
    assert browser.get(place.url("content:post", post.key)).status_code == 200
    assert browser.get(place.url("content:edit_post", post.key)).status_code == 403
    assert browser.post(place.url("content:enter_metrics", post.key), {}).status_code == 403


def test_an_external_partner_sees_content_without_figures(place: World, post: Post) -> None:
    actions.change_post(post, by=place.editor.actor, keeper_key=place.external.key)
    page = place.client(place.external).get(place.url("content:post", post.key)).content.decode()
    assert "换季烂脸自救" in page
    assert "点击率" not in page


def test_a_share_text_is_pasted_whole_and_counts_as_written(place: World) -> None:
    browser = place.client(place.editor)
    share = "76 发了一篇笔记 https://www.xiaohongshu.com/explore/0123456789abcdef01234567?xsec_token=x 复制"
    typed = {
        "title": "分享口令",
        "platform": "xhs",
        "form": "图文",
        "state": "published",
        "url": share,
    }
    browser.post(place.url("content:new_post"), typed)
    row = Post.objects.get(title="分享口令")
    assert row.url == "https://www.xiaohongshu.com/explore/0123456789abcdef01234567"
    assert row.external_id == "0123456789abcdef01234567"
    page = browser.get(place.url("content:enter_metrics", row.key)).content.decode()
    assert f'value="{TODAY}"' in page
    told = {"day": str(TODAY), "impressions": "1.2万", "likes": "1,204"}
    browser.post(place.url("content:enter_metrics", row.key), told)
    (metric,) = PostMetric.objects.filter(post=row)
    assert (metric.told["impressions"], metric.told["likes"]) == (12_000, 1_204)


def test_what_no_platform_has_told_is_unknown_not_nought(place: World, post: Post) -> None:
    page = place.client(place.owner).get(place.url("content:post", post.key))
    assert page.context["figures"]["impressions"] is None


def test_posts_sort_by_a_figure_of_the_log(place: World, post: Post, home: Home) -> None:
    quiet = actions.create_post(
        place.brand, by=place.editor.actor, title="安静", platform="xhs", state="published"
    )
    browser = place.client(place.owner)
    told = {"day": str(TODAY), "impressions": "900"}
    browser.post(place.url("content:enter_metrics", post.key), told)
    outbox.relay(home)
    settle(home)
    for asked, first in (("-impressions", post), ("impressions", quiet)):
        page = browser.get(place.url("content:posts"), {"sort": asked}).context["page"]
        assert page.rows[0].label == str(first)
