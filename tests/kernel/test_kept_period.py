"""The period a member works with goes along from page to page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from time_machine import travel

from shemei.kernel.models import SavedView
from shemei.kernel.periods import STANDARD, period_from
from shemei.kernel.urls import wurl
from tests.insight.own_boards import made
from tests.world import member

if TYPE_CHECKING:
    from django.test import Client

    from shemei.warehouse.home import Home
    from tests.world import World

PAGES = (
    "insight:overview",
    "insight:attribution",
    "insight:paths",
    "insight:report",
    "insight:report_content",
    "insight:funnel",
    "insight:spreading",
    "insight:reconciliation",
    "insight:untracked",
    "insight:quality",
    "insight:left_out",
    "tracking:links",
    "tracking:codes",
    "tracking:suspects",
    "posters:spots",
    "advertising:spends",
)


def opened(client: Client, world: World, name: str, query: str = "") -> dict[str, str]:
    """The query of the address at which a page that is asked for opens in the end."""
    answer = client.get(world.url(name) + query, follow=True)
    assert answer.status_code == 200
    ends = answer.redirect_chain[-1][0] if answer.redirect_chain else query
    return {key: values[-1] for key, values in parse_qs(urlsplit(ends).query).items()}


def test_what_is_chosen_on_one_page_stands_on_every_other(world: World, home: Home) -> None:
    client = world.client()
    assert opened(client, world, "tracking:links") == {}
    for chosen, name in (("7d", "tracking:links"), ("90d", "insight:funnel")):
        opened(client, world, name, f"?range={chosen}&keep=1")
        for page in PAGES:
            assert client.get(world.url(page)).headers["Location"].endswith(f"/?range={chosen}")
    assert opened(client, world, "insight:overview") == {"range": "90d"}


def test_every_page_opens_on_the_same_days(world: World, home: Home) -> None:
    client = world.client()
    for name in ("insight:overview", "insight:report", "tracking:links"):
        shown = client.get(world.url(name))
        period = shown.context.get("period") or shown.context["board"].period
        assert period == period_from({}) == period_from({"range": STANDARD})


def test_the_rest_of_an_address_stays(world: World, home: Home) -> None:
    client = world.client()
    opened(client, world, "tracking:links", "?range=7d&keep=1")
    found = opened(client, world, "insight:attribution", "?by=content&show=share")
    assert found == {"by": "content", "show": "share", "range": "7d"}


def test_the_standard_period_is_a_choice_too(world: World, home: Home) -> None:
    client = world.client()
    opened(client, world, "tracking:links", "?range=7d&keep=1")
    opened(client, world, "tracking:codes", f"?range={STANDARD}&keep=1")
    assert opened(client, world, "tracking:links") == {}


def test_what_cannot_be_read_changes_nothing(world: World, home: Home) -> None:
    client = world.client()
    opened(client, world, "tracking:links", "?range=7d&keep=1")
    opened(client, world, "tracking:codes", "?range=soon&keep=1")
    assert opened(client, world, "tracking:codes") == {"range": "7d"}


@pytest.mark.parametrize(
    ("query", "kept"), [("?range=month", True), ("?from=2026-11-01&to=2026-11-11", False)]
)
def test_days_of_ones_own_are_for_the_day(world: World, home: Home, query: str, kept: bool) -> None:
    with travel("2026-12-05T04:00:00Z", tick=True):
        client = world.client()
        opened(client, world, "tracking:links", f"{query}&keep=1")
        assert client.get(world.url("tracking:codes")).headers["Location"].endswith(query)
    with travel("2026-12-05T17:00:00Z", tick=True):
        assert bool(opened(client, world, "tracking:codes")) == kept


def test_it_is_of_one_person_and_one_brand(world: World, home: Home) -> None:
    client = world.client()
    opened(client, world, "tracking:links", "?range=7d&keep=1")
    assert opened(world.client(world.editor), world, "tracking:links") == {}
    member(world.other_brand, "陈总", "chen@yuhe.example", "owner")
    assert client.get(wurl(world.other_brand, "tracking:links")).status_code == 200
    assert client.get(world.url("tracking:links")).status_code == 302


def test_a_part_of_a_page_is_never_led_elsewhere(world: World, home: Home) -> None:
    client = world.client()
    opened(client, world, "tracking:links", "?range=7d&keep=1")
    part = client.get(world.url("tracking:links"), headers={"HX-Request": "true"})
    assert part.status_code == 200


def test_a_saved_view_without_a_period_is_not_changed_by_one(world: World, home: Home) -> None:
    client, url = world.client(), world.url("tracking:links")
    client.post(url, {"_list": "save", "title": "我的"})
    key = client.get(url).context["page"].views[0].key
    opened(client, world, "tracking:codes", "?range=7d&keep=1")
    view = client.get(f"{url}?view={key}", follow=True).context["page"].current_view
    assert view is not None and not view.is_changed


def test_an_address_that_names_a_period_shows_it_and_keeps_nothing(
    world: World, home: Home
) -> None:
    """An own board at seven days leads to rows of seven days; the member goes on with ninety."""
    client = world.client()
    assert opened(client, world, "tracking:links", "?range=90d&keep=1") == {"range": "90d"}
    assert client.get(world.url("tracking:codes") + "?range=7d").context["period"].key == "7d"
    assert opened(client, world, "tracking:links") == {"range": "90d"}


def test_the_picker_and_nothing_else_keeps(world: World, home: Home) -> None:
    client = world.client()
    page = client.get(world.url("tracking:links"))
    assert 'href="?keep=1&amp;range=7d"' in page.text
    assert '<input type="hidden" name="keep" value="1">' in page.text
    board = made(world, 数={"kind": "number", "metrics": ["clicks"]})
    assert "keep=1" not in client.get(world.url("insight:board", board.key)).text


def saved(client: Client, world: World, query: str) -> str:
    """What a view keeps that is saved where the list stands now."""
    url = world.url("tracking:links")
    client.post(f"{url}{query}", {"_list": "save", "title": "我的"})
    with world.scope():
        kept = SavedView.objects.latest("pk").query
    return str(kept)


def test_a_view_saves_the_period_only_where_it_was_chosen_on_that_list(
    world: World, home: Home
) -> None:
    client = world.client()
    opened(client, world, "tracking:codes", "?range=7d&keep=1")
    assert saved(client, world, "?range=7d&sort=name") == "sort=name"
    assert saved(client, world, "?range=90d") == "", "a link from elsewhere"
    opened(client, world, "tracking:links", "?range=7d&keep=1")
    assert saved(client, world, "?range=7d&sort=name") == "range=7d&sort=name"
    opened(client, world, "tracking:links", f"?range={STANDARD}&keep=1")
    assert saved(client, world, f"?range={STANDARD}") == f"range={STANDARD}"
    days = "?from=2026-11-01&to=2026-11-11"
    opened(client, world, "tracking:links", f"{days}&keep=1")
    assert saved(client, world, days) == ""
    said = client.get(world.url("tracking:links") + days).text
    assert "起止日固定的时段不存" in said


def test_a_view_with_a_period_keeps_it_when_it_is_changed(world: World, home: Home) -> None:
    client, url = world.client(), world.url("tracking:links")
    opened(client, world, "tracking:links", "?range=7d&keep=1")
    saved(client, world, "?range=7d")
    opened(client, world, "tracking:codes", "?range=90d&keep=1")
    with world.scope():
        key = SavedView.objects.get().key
    client.post(f"{url}?range=7d&sort=name&view={key}", {"_list": "update", "view": key})
    with world.scope():
        assert SavedView.objects.get().query == "range=7d&sort=name"


@pytest.mark.parametrize(
    "wrong", ["start=2026-11-01&end=2026-11-30", "from=soon&to=2026-11-30", "range=no-such"]
)
def test_a_period_that_cannot_be_read_is_said_and_goes_from_the_address(
    world: World, home: Home, wrong: str
) -> None:
    client = world.client()
    answer = client.get(f"{world.url('insight:overview')}?{wrong}&page=2")
    assert answer.text.count("网址里写的时段读不懂") == 1
    good = client.get(f"{world.url('insight:overview')}?from=2026-11-01&to=2026-11-30")
    assert good.status_code == 200 and "读不懂" not in good.text
    report = client.get(f"{world.url('insight:report')}?{wrong}&q=a").text
    assert "读不懂" in report and wrong.split("&")[0] not in report, "no link carries it on"
