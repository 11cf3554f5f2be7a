"""Making, changing and archiving links, and what of it reaches the edge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django_scopes import ScopeError, scope

from shemei.apps.tracking import actions, book, jobs
from shemei.apps.tracking.models import Link
from shemei.edge.linkbook import LinkBook
from shemei.kernel.models import AuditEntry
from shemei.kernel.permissions import Forbidden

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


def make(world: World, **values: Any) -> Link:
    values.setdefault("url", "https://shop.brand.cn/p/8")
    return actions.create_link(world.brand, by=world.editor.actor, **values)


def test_a_link_gets_sensible_defaults(inside: World, campaign: Any) -> None:
    link = make(
        inside, url="shop.brand.cn/p/8?spm=1", creator="creator-azhi", campaign=campaign.key
    )
    assert link.url == "https://shop.brand.cn/p/8"
    assert link.platform == "xhs"
    assert link.name == "小红书 · 阿栀 · 双11"
    assert link.utm == {
        "utm_source": "xhs",
        "utm_medium": "kol",
        "utm_campaign": "double11",
    }
    assert len(link.code) == 7
    assert AuditEntry.objects.get(verb="link.created").actor_name == "阿丽"


def test_a_pasted_source_tells_the_platform_where_nobody_else_does(inside: World) -> None:
    pasted = "https://shop.brand.cn/p/8?utm_source=douyin"
    link = make(inside, url=pasted)
    assert (link.platform, link.utm_medium) == ("douyin", "video")
    assert link.name.startswith("抖音 · ")
    assert make(inside, url=pasted, platform="other").platform == "other"
    assert make(inside, url=pasted, creator="creator-azhi").platform == "xhs"
    assert make(inside, url="https://shop.brand.cn/p/8?utm_source=letter").platform == "other"


def test_utm_typed_comes_before_utm_pasted_before_defaults(inside: World) -> None:
    link = make(
        inside,
        url="https://brand.cn/?utm_source=old&utm_term=cream",
        platform="weibo",
        utm={"utm_source": "Mine", "utm_content": ""},
    )
    assert link.utm == {"utm_source": "mine", "utm_medium": "social", "utm_term": "cream"}


def test_a_taken_alias_is_refused_even_in_another_brand(inside: World) -> None:
    make(inside, alias="Double11")
    with (
        scope(workspace=inside.other_brand),
        pytest.raises(ValidationError, match="已被用"),
    ):
        actions.create_link(
            inside.other_brand,
            by=inside.stranger.actor,
            url="https://gebi.cn/",
            alias="double11",
        )


def test_a_random_code_that_is_taken_is_thrown_again(
    inside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    thrown = iter(["aaaaaaa", "aaaaaaa", "bbbbbbb"])
    monkeypatch.setattr("shemei.apps.tracking.actions.links.new_code", lambda: next(thrown))
    assert make(inside).code == "aaaaaaa"
    assert make(inside).code == "bbbbbbb"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "http://localhost:8001/r/abc"}, "url"),
        ({"creator": "creator-of-others"}, "creator"),
        ({"content": "post-of-others"}, "content"),
        ({"campaign": "campaign-of-others"}, "campaign"),
        ({"account": "account-of-others"}, "account"),
        ({"alias": "a"}, "alias"),
        ({"platform": "myspace"}, "platform"),
    ],
)
def test_what_cannot_be_used_is_told_at_its_field(
    inside: World, values: dict[str, str], field: str
) -> None:
    with pytest.raises(ValidationError) as told:
        make(inside, **values)
    assert list(told.value.message_dict) == [field]
    assert Link.objects.count() == 0


def test_who_may_not_track_is_refused(inside: World) -> None:
    for member in (inside.analyst, inside.external):
        with pytest.raises(Forbidden):
            actions.create_link(inside.brand, by=member.actor, url="https://brand.cn")
    link = make(inside)
    with pytest.raises(Forbidden):
        actions.archive_links([link], by=inside.analyst.actor)
    with pytest.raises(Forbidden):
        actions.change_link(link, by=inside.analyst.actor, url=link.url)


def test_links_of_one_brand_are_not_seen_in_another(inside: World) -> None:
    make(inside)
    with scope(workspace=inside.other_brand):
        assert Link.objects.count() == 0


def test_links_are_not_read_without_a_brand(db: None) -> None:
    with pytest.raises(ScopeError):
        Link.objects.count()


def test_one_address_for_several_owners_makes_one_link_each(inside: World) -> None:
    links = actions.create_links_for(
        inside.brand,
        by=inside.editor.actor,
        url="https://brand.cn/a",
        targets=[{"creator": "creator-azhi"}, {"creator": "creator-mu"}, {"platform": "weibo"}],
    )
    told = [(link.platform, link.creator_key, link.utm_medium) for link in links]
    assert told == [
        ("xhs", "creator-azhi", "kol"),
        ("bilibili", "creator-mu", "kol"),
        ("weibo", "", "social"),
    ]
    assert len({link.code for link in links}) == 3


def test_several_owners_are_all_or_none(inside: World) -> None:
    with pytest.raises(ValidationError):
        actions.create_links_for(
            inside.brand,
            by=inside.editor.actor,
            url="https://brand.cn/a",
            targets=[{"creator": "creator-azhi"}, {"creator": "nobody"}],
        )
    assert Link.objects.count() == 0


def test_the_edge_knows_a_link_as_soon_as_it_is_saved(
    inside: World, home: Home, campaign: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        link = make(inside, creator="creator-azhi", content="post-1", campaign=campaign.key)
    record = LinkBook(home).get(link.code)
    assert record == book.record_of(link)
    assert (record.workspace, record.link) == (inside.brand.key, link.key)
    assert (record.creator, record.content) == ("creator-azhi", "post-1")
    assert record.campaign == campaign.key
    assert record.utm["utm_source"] == "xhs"


def test_a_change_and_an_archive_reach_the_edge(
    inside: World, home: Home, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        link = make(inside)
    edge = LinkBook(home)
    with django_capture_on_commit_callbacks(execute=True):
        actions.change_link(link, by=inside.editor.actor, url="https://brand.cn/new")
    edge.refresh()
    assert edge.get(link.code).url == "https://brand.cn/new"
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.archive_links([link], by=inside.editor.actor) == 1
    edge.refresh()
    assert edge.get(link.code) is None
    with django_capture_on_commit_callbacks(execute=True):
        actions.restore_links([link], by=inside.editor.actor)
    edge.refresh()
    assert edge.get(link.code).url == "https://brand.cn/new"
    verbs = AuditEntry.objects.filter(subject_key=link.key).values_list("verb", flat=True)
    assert set(verbs) == {"link.created", "link.changed", "link.archived", "link.restored"}


def test_a_late_writer_does_not_bring_back_an_old_address(inside: World, home: Home) -> None:
    link = make(inside)
    old = book.record_of(link)
    actions.change_link(link, by=inside.editor.actor, url="https://brand.cn/new")
    book.publish([link.pk])
    book.linkbook.publish(home, [old])
    assert LinkBook(home).get(link.code).url == "https://brand.cn/new"


def test_a_change_that_changes_nothing_is_not_recorded(inside: World) -> None:
    link = make(inside)
    actions.change_link(link, by=inside.editor.actor, url=link.url, utm=link.utm)
    assert link.version == 1
    assert not AuditEntry.objects.filter(verb="link.changed").exists()


def test_a_book_that_cannot_be_written_is_tried_again(
    inside: World,
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def full(ids: list[int]) -> int:
        raise OSError(28, "No space left on device")

    later: list[list[int]] = []
    monkeypatch.setattr(book, "publish", full)
    monkeypatch.setattr(jobs, "publish_links", later.append)
    with django_capture_on_commit_callbacks(execute=True):
        link = make(inside)
    assert later == [[link.pk]]
    assert "tries again" in caplog.text


def test_a_name_the_system_made_follows_the_target_and_a_chosen_one_stays(inside: World) -> None:
    wrong = actions.create_link(inside.brand, by=inside.owner.actor, url="https://wrong.cn/a")
    assert wrong.name == "wrong.cn"
    told = {"url": "https://shop.brand.cn/p/8", "by": inside.owner.actor}
    actions.change_link(wrong, name="wrong.cn", **told)
    assert wrong.name == "shop.brand.cn"
    actions.change_link(wrong, name="双 11 主推", **told)
    assert (
        actions.change_link(wrong, name="双 11 主推", url="https://b.cn", by=told["by"]).name
        == "双 11 主推"
    )


def test_the_preview_of_a_change_shows_the_code_and_the_name_as_they_will_be(
    inside: World, home: Home
) -> None:
    link = actions.create_link(inside.brand, by=inside.owner.actor, url="https://wrong.cn/a")
    form = inside.client().get(inside.url("tracking:edit", link.key)).content.decode()
    page = f"{inside.url('tracking:preview')}?link={link.key}"
    assert f'hx-get="{page}"' in form
    shown = inside.client().get(f"{page}&url=https://shop.brand.cn/&name=wrong.cn").content.decode()
    assert f"/r/{link.code}<" in shown and "由系统起" not in shown
    assert '<dd class="b">shop.brand.cn</dd>' in shown


def test_the_whole_book_is_written_from_the_database(inside: World, home: Home) -> None:
    link, gone = make(inside), make(inside)
    actions.archive_links([gone], by=inside.editor.actor)
    assert not book.check().is_whole
    assert book.republish() == 2
    edge = LinkBook(home)
    assert edge.get(link.code) == book.record_of(link)
    assert edge.get(gone.code) is None
    state = book.check()
    assert (state.is_whole, state.links, state.live) == (True, 2, 1)


def test_a_stale_book_is_mended_and_a_whole_one_left_alone(inside: World, home: Home) -> None:
    link = make(inside)
    assert jobs.mend()
    generation = (home.links / "book.ndjson").read_bytes().splitlines()[0]
    assert not jobs.mend()
    assert (home.links / "book.ndjson").read_bytes().splitlines()[0] == generation
    assert LinkBook(home).get(link.code) is not None


def test_the_short_address_follows_the_brands_domain(inside: World, settings: Any) -> None:
    link = make(inside)
    assert book.short_url(link) == f"http://localhost:{settings.SHEMEI_EDGE_PORT}/r/{link.code}"
    link.workspace.link_host = "s.brand.cn/"
    assert book.short_url(link) == f"https://s.brand.cn/r/{link.code}"
