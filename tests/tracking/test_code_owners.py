"""An order told by the site's tag alone is credited to the owner of its code at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from shemei.apps.tracking import actions
from shemei.edge.collect import Collector
from shemei.edge.sites import Sites
from shemei.edge.stamps import Clock, Ids
from shemei.edge.useragent import Agent
from shemei.edge.visit import Came
from shemei.kernel.periods import today
from shemei.warehouse.computed.settling import settle
from shemei.warehouse.lake import Lake
from shemei.warehouse.log.segments import write_segment
from shemei.warehouse.questions import PathTable
from shemei.warehouse.vocabulary import Event, int_day

if TYPE_CHECKING:
    from tests.world import World

    from shemei.apps.tracking.models import Site
    from shemei.warehouse.home import Home

pytestmark = pytest.mark.usefixtures("home")
WECHAT = Came(Agent("ios", "wechat", ""), "", "")


def told(home: Home, site: Site, code: str, **more: Any) -> Event:
    """The event the edge makes of an order the page tells of."""
    order = {
        "site": site.key,
        "kind": "order",
        "order_id": "o1",
        "amount": 9900,
        "promo_code": code,
        "visitor": "a-visitor-of-ours",
        "url": "https://shop.brand.cn/thanks",
    }
    (line,) = (
        Collector(Sites(home), Clock(), Ids()).batch(orjson.dumps(order | more), WECHAT, "").lines
    )
    return Event(**orjson.loads(line))


@pytest.fixture
def site(inside: World, django_capture_on_commit_callbacks: Any) -> Site:
    """A site with the tag, and a code of a creator's and one of a place."""
    actor = inside.editor.actor
    with django_capture_on_commit_callbacks(execute=True):
        made = actions.create_site(inside.brand, by=actor, name="商城", hosts="shop.brand.cn")
        actions.create_code(inside.brand, by=actor, code="AZHI30", creator="creator-azhi")
        actions.create_code(
            inside.brand, by=actor, code="BOX", owner_kind="spot", spot="包裹卡", platform="other"
        )
    return made


def test_the_order_carries_the_owner_and_the_channel_of_its_code(home: Home, site: Site) -> None:
    event = told(home, site, " azhi30 ")
    assert (event.creator, event.platform, event.channel) == ("creator-azhi", "xhs", "xhs")
    assert told(home, site, "box").channel == "offline"


def test_a_code_nobody_owns_leaves_the_order_as_it_came(home: Home, site: Site) -> None:
    for code in ("NOBODY", ""):
        event = told(home, site, code)
        assert (event.creator, event.channel) == ("", "wechat")
    visit = told(home, site, "AZHI30", kind="view")
    assert visit.creator == ""


def test_the_touch_stands_in_the_path_before_the_shops_file_comes(
    inside: World, home: Home, site: Site
) -> None:
    write_segment(home.spool / "test-stream", 1, [told(home, site, "azhi30")])
    settle(home)
    day = int_day(today())
    rows = Lake(home).ask(PathTable(inside.brand.key, day, day)).rows.to_pylist()
    assert [(row["kind"], row["creator"], row["channel"]) for row in rows] == [
        ("redeem", "creator-azhi", "xhs")
    ]


def test_many_codes_at_once_write_the_file_once(
    inside: World, home: Home, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True) as waiting:
        made = actions.create_codes_for(
            inside.brand,
            by=inside.editor.actor,
            creators=["creator-azhi", "creator-mu"],
            prefix="D11",
        )
    assert len([one for one in waiting if "sites" in getattr(one, "__name__", "")]) == 1
    assert Sites(home).owner(inside.brand.key, made[1].code)["creator"] == "creator-mu"
