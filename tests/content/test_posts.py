"""Posts and their figures on a real database: what is entered, what the log is told, who may."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from shemei.apps.brand.actions import add_account, create_campaign
from shemei.apps.content import actions, queries, tellings
from shemei.apps.content.models import MetricEntry, Post, PostMetric
from shemei.kernel.models import AuditEntry, OutboxEvent
from shemei.kernel.permissions import Forbidden
from shemei.warehouse.vocabulary import SHANGHAI

if TYPE_CHECKING:
    from tests.world import World

TODAY = timezone.localdate()


def told() -> list[dict[str, Any]]:
    return [
        orjson.loads(text)
        for text in OutboxEvent.objects.order_by("id").values_list("event", flat=True)
    ]


def log_sums() -> dict[tuple[str, str], int]:
    sums: Counter[tuple[str, str]] = Counter()
    for event in told():
        sums[(event["kind"], event["action"])] += event["quantity"]
    return {key: n for key, n in sums.items() if n}


@pytest.fixture
def post(inside: World) -> Post:
    return actions.create_post(
        inside.brand,
        by=inside.editor.actor,
        title="换季烂脸自救",
        platform="xhs",
        state="published",
        published_at=datetime.combine(TODAY - timedelta(5), datetime.min.time(), SHANGHAI),
        url="https://www.xiaohongshu.com/explore/0123456789abcdef01234567?xsec_token=x",
    )


def test_a_link_gives_a_post_its_own_id(post: Post) -> None:
    assert post.external_id == "0123456789abcdef01234567"
    assert "xsec_token" not in post.url
    assert AuditEntry.objects.get(subject_key=post.key).sentence == "新建内容「换季烂脸自救」"


def test_the_same_work_is_not_entered_twice(post: Post, inside: World) -> None:
    with pytest.raises(ValidationError, match="已登记过"):
        actions.create_post(
            inside.brand, by=inside.editor.actor, title="又一次", platform="xhs", url=post.url
        )


def test_figures_of_two_days_reach_the_log_as_additions(post: Post, inside: World) -> None:
    day = TODAY - timedelta(2)
    actions.record_metrics(post, by=inside.editor.actor, day=day, impressions=1_000, likes=40)
    actions.record_metrics(
        post, by=inside.editor.actor, day=day + timedelta(1), impressions=1_300, likes=38
    )
    assert log_sums() == {("impression", ""): 1_300, ("engage", "like"): 38}
    fall = told()[-1] if told()[-1]["action"] == "like" else told()[-2]
    assert (fall["quantity"], fall["props"], fall["source"]) == (-2, '{"correction":true}', "entry")
    assert {e["channel"] for e in told()} == {"xhs"}
    assert {e["content"] for e in told()} == {post.key}
    assert not any(e["visitor"] for e in told())


def test_the_same_figures_again_say_nothing(post: Post, inside: World) -> None:
    day = TODAY - timedelta(1)
    assert actions.record_metrics(post, by=inside.editor.actor, day=day, likes=4)
    before = OutboxEvent.objects.count()
    assert not actions.record_metrics(post, by=inside.editor.actor, day=day, likes=4)
    assert OutboxEvent.objects.count() == before


def test_a_later_campaign_takes_the_figures_along(post: Post, inside: World) -> None:
    actions.record_metrics(post, by=inside.editor.actor, day=TODAY, impressions=700)
    campaign = create_campaign(
        inside.brand, by=inside.editor.actor, name="冬季修护", starts_on=TODAY, ends_on=TODAY
    )
    actions.change_post(post, by=inside.editor.actor, campaign_key=campaign.key)
    by_campaign: Counter[str] = Counter()
    for event in told():
        by_campaign[event["campaign"]] += event["quantity"]
    assert by_campaign == {"": 0, campaign.key: 700}


@pytest.mark.parametrize(
    ("day", "figures", "word"),
    [
        (TODAY, {}, "一个数都没有填"),
        (TODAY + timedelta(1), {"likes": 1}, "今天之后"),
        (TODAY - timedelta(9), {"likes": 1}, "早于发布日期"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    post: Post, inside: World, day: date, figures: dict[str, int], word: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        actions.record_metrics(post, by=inside.editor.actor, day=day, **figures)
    assert word in "".join(refused.value.messages)
    assert not MetricEntry.objects.exists()


def test_an_import_can_be_taken_back_and_the_hand_entry_stays(post: Post, inside: World) -> None:
    day = TODAY - timedelta(1)
    actions.record_metrics(post, by=inside.editor.actor, day=day, likes=4)
    tellings.PostLedger(inside.brand, "b1").put_down({"likes": 9, "shares": 2}, post, day)
    assert log_sums() == {("engage", "like"): 4}
    tellings.PostLedger(inside.brand, "b1").apply()
    assert log_sums() == {("engage", "like"): 9, ("engage", "share"): 2}
    tellings.PostLedger(inside.brand, "b1").undo()
    assert log_sums() == {("engage", "like"): 4}
    assert PostMetric.objects.get(post=post).told == {"likes": 4}


def test_another_brands_campaign_cannot_be_named(post: Post, inside: World) -> None:
    with pytest.raises(LookupError):
        actions.change_post(post, by=inside.editor.actor, campaign_key="of-another-brand")


def test_an_account_is_named_by_key(inside: World) -> None:
    account = add_account(inside.brand, by=inside.owner.actor, platform="xhs", name="屿禾护肤")
    post = actions.create_post(
        inside.brand, by=inside.editor.actor, title="一", platform="xhs", account_key=account.key
    )
    assert post.labels.platform_account == account.key


def test_an_analyst_may_not_write(post: Post, inside: World) -> None:
    with pytest.raises(Forbidden):
        actions.change_post(post, by=inside.analyst.actor, title="改")


def test_other_rooms_read_rows_and_names(post: Post, inside: World) -> None:
    assert queries.posts(inside.brand, [post.key])[post.key].title == "换季烂脸自救"
    named = queries.post_names(inside.brand, [post.key, "gone"])
    assert list(named) == [post.key]
    assert [n.key for n in queries.choose_posts(inside.brand, "烂脸", 5)] == [post.key]
