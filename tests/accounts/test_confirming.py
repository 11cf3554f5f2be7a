"""Whether a brand counts orders that only its site told is a setting, and the warehouse hears of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shemei.apps.accounts.models import Workspace
from shemei.apps.tracking import jobs
from shemei.kernel import outbox
from shemei.kernel.models import AuditEntry
from shemei.kernel.ways.words import unproven
from shemei.warehouse.log.confirming import confirmed_only

if TYPE_CHECKING:
    from shemei.warehouse.home import Home
    from tests.world import World

FORM = {"attribution_model": "shapley", "lookback_days": 30}


def test_the_rule_goes_to_the_warehouse_and_comes_back(world: World, home: Home) -> None:
    client, page = world.client(world.analyst), world.url("accounts:attribution")
    client.post(page, FORM | {"confirmed_only": "on"})
    outbox.dispatch()
    assert confirmed_only(home) == (world.brand.key,)
    with world.scope():
        assert "只算核实过的订单" in AuditEntry.objects.latest("id").sentence
    shown = client.get(world.url("accounts:brand")).content.decode()
    assert "只算核实过的订单" in shown and "checked" in shown
    client.post(page, FORM)
    outbox.dispatch()
    assert confirmed_only(home) == ()


def test_an_editor_does_not_set_it(world: World, home: Home) -> None:
    client = world.client(world.editor)
    answer = client.post(world.url("accounts:attribution"), FORM | {"confirmed_only": "on"})
    assert answer.status_code == 403 and not Workspace.objects.filter(confirmed_only=True).exists()


def test_a_home_that_lost_the_rule_hears_it_again(world: World, home: Home) -> None:
    Workspace.objects.filter(pk=world.brand.pk).update(confirmed_only=True)
    jobs.mend()
    assert confirmed_only(home) == (world.brand.key,)


def test_the_way_of_a_buyer_says_what_an_order_is_worth() -> None:
    assert unproven({"kind": "order", "source": "tag"}) == "未核实，只有网站报过"
    assert unproven({"kind": "order", "source": "hook"}) == ""
    assert unproven({"kind": "visit", "source": "tag"}) == ""
