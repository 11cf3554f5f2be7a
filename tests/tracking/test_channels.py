"""A brand's own channel rules: written, tried, published to the edge, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError

from shemei.apps.tracking import actions, channeling
from shemei.apps.tracking.models import ChannelRuleSet
from shemei.edge.sites import Sites
from shemei.kernel.models import AuditEntry
from shemei.kernel.permissions import Forbidden

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

pytestmark = pytest.mark.usefixtures("home")
MOMENTS = {"field": "utm_medium", "pattern": "moments", "channel": "朋友圈广告"}
BASE = "http://localhost:8001"


def save(world: World, *rows: dict[str, str], seen: str | None = None) -> ChannelRuleSet | None:
    return actions.set_channel_rules(world.brand, by=world.editor.actor, rows=rows, seen=seen)


def test_rules_reach_the_edge_when_they_are_saved_and_the_brand_next_door_keeps_the_usual_ones(
    inside: World, home: Home, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        save(inside, MOMENTS)
    at_the_edge = Sites(home)
    decided = at_the_edge.rules(inside.brand.key).decide(utm_medium="Moments", utm_source="wechat")
    next_door = at_the_edge.rules(inside.other_brand.key).decide(
        utm_medium="moments", utm_source="wechat"
    )
    assert (decided, next_door) == ("朋友圈广告", "wechat")


def test_names_become_what_the_log_calls_them_and_empty_rows_are_dropped(inside: World) -> None:
    row = {"field": "in_app", "pattern": "微信 | 抖音", "channel": "小红书"}
    made = save(inside, row, {"field": "utm_source", "pattern": " ", "channel": ""})
    assert made is not None
    assert made.rows == [{"field": "in_app", "pattern": "wechat|douyin", "channel": "xhs"}]
    assert channeling.sentences(made.rows) == ["在哪个应用里打开是「微信、抖音」 → 小红书"]


def test_a_second_condition_has_to_hold_too(inside: World) -> None:
    save(inside, {**MOMENTS, "also_field": "in_app", "also_pattern": "微信"})
    rules = channeling.rules_of(inside.brand)
    assert rules.decide(utm_medium="moments", in_app="wechat") == "朋友圈广告"
    assert rules.decide(utm_medium="moments", in_app="douyin") == "douyin"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({**MOMENTS, "channel": ""}, "第 1 条规则：需要填写匹配内容和渠道"),
        ({**MOMENTS, "pattern": "a*b*c*d"}, "第 1 条规则：一个词里最多用 2 个 *"),
        ({**MOMENTS, "pattern": "a" * 301}, "第 1 条规则：匹配内容有 301 个字"),
        ({**MOMENTS, "channel": "渠" * 21}, "第 1 条规则：渠道名最多 20 个字"),
        ({**MOMENTS, "field": "page"}, "字段「page」不存在"),
        ({**MOMENTS, "field": "share_depth", "pattern": "1|第三手"}, "不认得「第三手」"),
        ({**MOMENTS, "also_field": "share_depth", "also_pattern": "51"}, "经过几手写 1 至 50"),
        ({**MOMENTS, "also_field": "in_app", "also_pattern": ""}, "需要填写匹配内容和渠道"),
    ],
)
def test_a_rule_the_edge_could_not_use_is_never_stored(
    inside: World, row: dict[str, str], told: str
) -> None:
    with pytest.raises(ValidationError, match="规则"):
        try:
            save(inside, row)
        except ValidationError as error:
            assert told in " ".join(error.messages)
            raise
    assert not ChannelRuleSet.objects.exists()


def test_who_saved_meanwhile_is_not_written_over(inside: World) -> None:
    first = save(inside, MOMENTS, seen="")
    assert first is not None
    with pytest.raises(ValidationError, match="别人保存过"):
        save(inside, seen="")
    save(inside, seen=first.key)
    assert channeling.rows_of(inside.brand) == []


def test_going_back_keeps_the_history_and_says_so(inside: World) -> None:
    first = save(inside, MOMENTS)
    save(inside)
    actions.restore_channel_rules(inside.brand, first, by=inside.owner.actor)
    assert channeling.rows_of(inside.brand) == [MOMENTS]
    assert ChannelRuleSet.objects.count() == 3
    told = AuditEntry.objects.filter(verb="channels.restored").get()
    assert "朋友圈广告" in told.details["rules"]
    actions.restore_channel_rules(inside.brand, None, by=inside.owner.actor)
    assert channeling.rules_of(inside.brand).decide(utm_medium="moments") == "other"


def test_saving_the_same_again_is_no_new_version(inside: World) -> None:
    assert save(inside, MOMENTS) == save(inside, MOMENTS)
    assert ChannelRuleSet.objects.count() == 1


def test_a_rule_that_never_gets_its_turn_is_named() -> None:
    rows = [
        {"field": "utm_source", "pattern": "a|b", "channel": "x"},
        {"field": "utm_source", "pattern": "B", "channel": "y"},
        {"field": "utm_source", "pattern": "b|c", "channel": "y"},
    ]
    assert channeling.never_reached(rows) == [2]
    hands = [{"field": "share_depth", "pattern": word, "channel": "x"} for word in ("*", "1")]
    assert channeling.never_reached(hands) == [2]


def test_an_address_is_judged_as_the_edge_would_judge_it(inside: World) -> None:
    link = actions.create_link(
        inside.brand, by=inside.owner.actor, url="https://brand.cn/a", platform="xhs"
    )

    def tried(
        address: str, referrer: str = "", in_app: str = "", hands: str = ""
    ) -> channeling.Tried:
        return channeling.try_out(
            inside.brand, [MOMENTS],
            address=address, referrer=referrer, in_app=in_app, hands=hands, base=BASE,
        )  # fmt: skip

    own = tried("https://brand.cn/?utm_medium=moments")
    assert (own.channel, own.own, own.usual) == ("朋友圈广告", 1, 0)
    short = tried(f"{BASE}/r/{link.code}", in_app="wechat")
    assert (short.channel, short.link, short.own) == ("小红书", link.name, 0)
    assert tried("", "www.baidu.com").channel == "搜索"
    assert tried("https://brand.cn/", "https://brand.cn/b").own_site
    assert tried("").channel == "直接访问"
    marked = "brand.cn/quiz?_sh=0123456789ab-3"
    passed = tried(marked, in_app="wechat")
    assert (passed.channel, passed.told["经过几手转发"]) == ("朋友转发", "第 3 手")
    assert passed.rule == "经过几手转发是「任意几手」 → 朋友转发"
    assert tried(marked, hands="1").told["经过几手转发"] == "第 1 手"
    assert tried(f"{marked}&utm_medium=moments").channel == "朋友圈广告"
    assert tried("", in_app="wechat", hands="2").channel == "朋友转发"
    assert tried("", hands="<b>").channel == "直接访问"
    assert tried(f"{BASE}/r/{link.code}", hands="2").channel == "小红书"


def test_the_page_saves_in_the_order_shown_and_offers_the_way_back(world: World) -> None:
    client = world.client(world.editor)
    page = world.url("tracking:channels")
    assert "内置的规则" in client.get(page).content.decode()
    sent = {
        "seen": "",
        "field": ["utm_medium", "in_app"],
        "pattern": ["moments", "知乎"],
        "also_field": ["", ""],
        "also_pattern": ["", ""],
        "channel": ["朋友圈广告", "外部链接"],
    }
    answer = client.post(page, sent, follow=True)
    told = answer.content.decode()
    assert "已保存渠道规则" in told
    assert world.url("tracking:restore_channels", "none") in told
    with world.scope():
        assert [row["channel"] for row in channeling.rows_of(world.brand)] == [
            "朋友圈广告",
            "referral",
        ]
    client.post(world.url("tracking:restore_channels", "none"))
    with world.scope():
        assert channeling.rows_of(world.brand) == []


def test_what_is_typed_stays_where_it_is_refused(world: World) -> None:
    sent = {"seen": "", "field": ["utm_source"], "pattern": ["热词"], "also_field": [""],
            "also_pattern": [""], "channel": [""]}  # fmt: skip
    told = world.client().post(world.url("tracking:channels"), sent).content.decode()
    assert "需要填写匹配内容和渠道" in told
    assert 'value="热词"' in told


def test_the_try_out_judges_by_what_is_on_the_page(world: World) -> None:
    sent = {"field": ["utm_source"], "pattern": ["pop"], "also_field": [""], "also_pattern": [""],
            "channel": ["快闪店"], "try_address": "https://brand.cn/?utm_source=pop"}  # fmt: skip
    told = world.client(world.analyst).post(world.url("tracking:try_channel"), sent)
    assert "快闪店" in told.content.decode()
    broken = world.client().post(world.url("tracking:try_channel"), sent | {"try_address": "ftp:x"})
    assert "http" in broken.content.decode()


def test_a_rule_by_hands_is_written_and_tried_in_words(world: World) -> None:
    sent = {"field": ["share_depth"], "pattern": ["第1手"], "also_field": ["in_app"],
            "also_pattern": ["微信"], "channel": ["微信公众号"],
            "try_hands": "1", "try_in_app": "wechat"}  # fmt: skip
    client = world.client()
    page = world.url("tracking:try_channel")
    told = client.post(page, sent).content.decode()
    assert "微信公众号" in told and "由你的第 1 条规则判定" in told
    further = client.post(page, sent | {"try_hands": "2"}).content.decode()
    assert "朋友转发" in further and "任意几手" in further
    client.post(world.url("tracking:channels"), sent | {"seen": ""})
    with world.scope():
        (row,) = channeling.rows_of(world.brand)
    assert (row["pattern"], row["also_pattern"], row["channel"]) == ("1", "wechat", "wechat")
    shown = client.get(world.url("tracking:channels")).content.decode()
    assert 'value="第 1 手"' in shown and 'name="try_hands"' in shown


def test_who_may_not_track_reads_and_does_not_save(world: World) -> None:
    client = world.client(world.analyst)
    page = world.url("tracking:channels")
    assert client.get(page).status_code == 200
    assert client.post(page, {"seen": ""}).status_code == 403
    assert client.post(world.url("tracking:restore_channels", "none")).status_code == 403
    with world.scope(), pytest.raises(Forbidden):
        actions.set_channel_rules(world.brand, by=world.analyst.actor, rows=[MOMENTS])


def test_a_version_of_another_brand_is_not_there(world: World) -> None:
    with world.scope():
        made = save(world, MOMENTS)
    assert made is not None
    stranger = world.client(world.stranger)
    foreign = f"/w/{world.other_brand.key}/links/channels/{made.key}/restore/"
    assert stranger.post(foreign).status_code == 404
    assert stranger.get(world.url("tracking:channels")).status_code in (403, 404)


def test_no_rule_holds_what_no_database_keeps() -> None:
    typed = [{"field": "utm_source", "pattern": "mo\0ments", "channel": "私\0域"}]
    assert channeling.tidy_rows(typed) == [
        {"field": "utm_source", "pattern": "moments", "channel": "私域"}
    ]
