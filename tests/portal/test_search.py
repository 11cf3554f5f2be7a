"""What the search box finds in the rooms, and for whom."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shemei.apps.insight.boards import actions as board_actions
from shemei.apps.insight.models import BoardPanel
from shemei.apps.tracking.landing import actions as pages
from shemei.apps.tracking.posters import actions as posters

if TYPE_CHECKING:
    from shemei.apps.accounts.models import Member
    from shemei.warehouse.home import Home
    from tests.world import World

HIT = re.compile(r'href="([^"]+)">\s*<svg.*?<span class="clip">([^<]+)</span>', re.DOTALL)


def found(world: World, text: str, who: Member | None = None) -> list[tuple[str, str]]:
    """Hits as address and title."""
    answer = world.client(who).get(world.url("portal:search"), {"q": text})
    assert answer.status_code == 200
    return HIT.findall(answer.content.decode())


def test_landing_pages_are_found_by_name_and_address(inside: World, home: Home) -> None:
    page = pages.create_page(inside.brand, by=inside.owner.actor, name="换季修护", slug="huanji")
    hit = [(inside.url("landing:page", page.key), "换季修护")]
    assert found(inside, "修护") == hit
    assert found(inside, "https://yuhe.example/p/huanji/?utm_source=xhs") == hit
    assert found(inside, "修护", inside.external) == []


def test_spots_are_found_by_what_their_poster_says(inside: World, home: Home) -> None:
    spot = posters.create_spot(
        inside.brand, by=inside.owner.actor, name="徐汇店收银台", address="漕溪北路 8 号",
        headline="扫码领小样", url="https://shop.example/p",
    )  # fmt: skip
    hit = (inside.url("posters:spot", spot.key), "徐汇店收银台")
    assert hit in found(inside, "收银台")  # the spot's link bears its name too
    assert found(inside, "漕溪北路") == found(inside, "领小样") == [hit]


def test_boards_are_found_until_they_are_removed(inside: World, home: Home) -> None:
    board = board_actions.make_board(
        inside.brand, title="周一例会", note="看种草", by=inside.owner.actor
    )
    for title in ("小红书加购", "小红书收藏"):
        BoardPanel.objects.create(workspace=inside.brand, board=board, title=title)
    hit = [(inside.url("insight:board", board.key), "周一例会")]
    assert found(inside, "例会") == found(inside, "种草") == found(inside, "红书加") == hit
    assert found(inside, "例会", inside.analyst) == hit
    board_actions.remove_board(board, by=inside.owner.actor)
    assert found(inside, "例会") == []
