"""Offline spots: a code each, scans that are check-ins, a poster that can be printed and scanned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError

from shemei.apps.tracking import actions as tracking
from shemei.apps.tracking import book
from shemei.apps.tracking.posters import actions
from shemei.apps.tracking.posters.models import Spot
from shemei.edge.linkbook import LinkBook
from shemei.edge.redirect import Target
from shemei.edge.stamps import Clock
from shemei.edge.visit import read_request
from shemei.kernel.permissions import Forbidden
from shemei.warehouse.channels import DEFAULT_RULES

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


def make(world: World, **values: Any) -> Spot:
    values = {"name": "徐汇店收银台", "url": "https://shop.example/p"} | values
    return actions.create_spot(world.brand, by=world.owner.actor, **values)


def test_a_scan_is_a_check_in_and_a_click_stays_a_click(
    inside: World, home: Home, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        spot = make(inside)
        link = tracking.create_link(
            inside.brand, by=inside.owner.actor, url="https://shop.example/"
        )
    known = LinkBook(home)
    kinds = {code: known.get(code).kind for code in (spot.link.code, link.code)}
    assert kinds == {spot.link.code: "check_in", link.code: "click"}
    record = book.record_of(spot.link)
    from dataclasses import asdict

    target = Target(asdict(record), DEFAULT_RULES)
    clock = Clock()
    ts = clock.now()
    line = target.event("c" * 36, ts, clock.day(ts), "v" * 32, read_request("GET", {}))
    assert b'"kind":"check_in"' in line and spot.link.key.encode() in line
    assert book.check().is_whole


@pytest.mark.parametrize("size", ["a4", "a6"])
def test_a_poster_is_one_page_of_its_size(inside: World, home: Home, size: str) -> None:
    tracking.create_code(
        inside.brand, by=inside.owner.actor, code="MENDIAN", owner_kind="spot", spot="徐汇店"
    )
    spot = make(inside, promo_code="mendian", headline="扫码领小样", words="到店打卡，送 5 毫升")
    answer = inside.client(inside.analyst).get(
        f"{inside.url('posters:poster', spot.key)}?size={size}"
    )
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    assert answer.content.count(b"/Type /Page\n") == 1
    width = {"a4": b"595.2756", "a6": b"297.6378"}[size]
    assert width in answer.content
    assert (
        inside.client().get(f"{inside.url('posters:poster', spot.key)}?size=a0").status_code == 404
    )


def test_what_cannot_be_a_spot_is_refused(inside: World) -> None:
    make(inside)
    with pytest.raises(ValidationError, match="同名"):
        make(inside)
    with pytest.raises(ValidationError, match="没有这个优惠码"):
        make(inside, name="另一处", promo_code="NOPE")
    with pytest.raises(ValidationError):
        make(inside, name="坏网址", url="javascript:alert(1)")
    with pytest.raises(Forbidden):
        actions.create_spot(inside.brand, by=inside.analyst.actor, name="x", url="https://a.cn")


def test_a_spot_is_changed_closed_and_opened_again_with_its_code_kept(inside: World) -> None:
    spot = make(inside)
    code = spot.link.code
    actions.change_spot(spot, by=inside.owner.actor, name="徐汇店门口", headline="来坐坐")
    actions.close_spot(spot, by=inside.owner.actor)
    assert not Spot.objects.select_related("link").get().link.is_active
    actions.reopen_spot(Spot.objects.select_related("link").get(), by=inside.owner.actor)
    again = Spot.objects.select_related("link").get()
    assert (again.name, again.link.code, again.link.is_active) == ("徐汇店门口", code, True)


def test_pages_of_spots(inside: World, home: Home) -> None:
    client = inside.client()
    form = {"name": "静安店", "url": "https://shop.example/", "headline": "扫码打卡"}
    answer = client.post(inside.url("posters:new"), form)
    spot = Spot.objects.get()
    assert answer.status_code == 302 and answer.url == inside.url("posters:spot", spot.key)
    assert "静安店" in client.get(inside.url("posters:spots")).content.decode()
    assert "暂无" in client.get(answer.url).content.decode()
    bad = client.post(inside.url("posters:new"), form | {"promo_code": "NOPE"})
    assert "没有这个优惠码" in bad.content.decode() and 'value="静安店"' in bad.content.decode()
    assert inside.client(inside.stranger).get(answer.url).status_code == 404
    assert inside.client(inside.analyst).post(inside.url("posters:new"), form).status_code == 403


def test_a_name_taken_while_one_saved_is_told_like_one_taken_before(
    inside: World, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(inside)
    looks = iter((lambda spot: None, Spot.full_clean))
    monkeypatch.setattr(Spot, "full_clean", lambda spot: next(looks)(spot))
    with pytest.raises(ValidationError, match="已有同名的点位"):
        make(inside)
    assert Spot.objects.count() == 1


def test_a_headline_too_long_is_refused_and_kept_and_never_cut(inside: World, home: Home) -> None:
    client = inside.client()
    form = {
        "name": "静安店",
        "url": "https://shop.example/",
        "headline": "扫" * 25,
        "words": "送" * 61,
    }
    empty = client.get(inside.url("posters:new")).content.decode()
    assert empty.count('maxlength="24"') == 1 and 'maxlength="60"' not in empty  # the code's own
    assert 'data-limit="24"' in empty and 'data-limit="60"' in empty
    told = client.post(inside.url("posters:new"), form).content.decode()
    assert "最多 24 字，现在 25 字" in told and "最多 60 字，现在 61 字" in told
    assert f'value="{"扫" * 25}"' in told
    assert not Spot.objects.exists()


def test_a_long_headline_is_set_on_two_lines() -> None:
    from shemei.apps.tracking.posters.poster import headline

    lines = headline("换季修护" * 10)
    assert len(lines) == 2 and "".join(words for _, _, words in lines) == "换季修护" * 10
    assert all(size > 6 for _, size, _ in lines)
    assert [words for _, _, words in headline("🎁扫码领小样")] == ["扫码领小样"]
