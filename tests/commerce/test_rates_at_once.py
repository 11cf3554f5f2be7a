"""Several people and programs at the rates of one brand in the same moment: every figure is told once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import CaptureQueriesContext
from django_scopes import scope
from tests.commerce.conftest import brought
from tests.commerce.rate_files import FILE, figures, pounds, rate

from shemei.apps.commerce import conversion, rates
from shemei.apps.commerce.actions import record_refund
from shemei.apps.commerce.models import ExchangeRate, Order, Product, Refund
from shemei.apps.commerce.rules import converted
from shemei.kernel.actor import SYSTEM
from shemei.warehouse.vocabulary import SHANGHAI

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


def at_once(world: World, *acts: Callable[[], Any]) -> list[Any]:
    """Run acts in threads of their own, all from one moment; what was refused comes back as its error."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            with scope(workspace=world.brand):
                start.wait(30)
                return act()
        except ValidationError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("values", [("9", "9"), ("9", "9.5")])
def test_two_people_who_enter_a_rate_at_once_make_one(
    world: World, home: Home, values: Sequence[str]
) -> None:
    with world.scope():
        brought(world, FILE, currency="GBP")
    done = at_once(world, *(lambda v=value: rate(world, v) for value in values))
    with world.scope():
        row = ExchangeRate.objects.get()
        refused = [one for one in done if isinstance(one, ValidationError)]
        assert len(refused) == len(set(values)) - 1
        assert str(row.rate.normalize()) in values
        gross = sum(converted(amount, row.rate) for amount in (13_000, 55, 2_000))
        back = converted(505, row.rate)
        assert figures(world, home) == (3, gross, back, gross - back)
        assert not conversion.left_to_tell(world.brand)


@pytest.mark.django_db(transaction=True)
def test_a_rate_that_comes_while_orders_do_leaves_none_behind(world: World, home: Home) -> None:
    acts: list[Callable[[], Any]] = [lambda: rate(world, "9")]
    acts += [lambda n=n: pounds(world, f"N{n}", 100) for n in range(4)]
    at_once(world, *acts)
    with world.scope():
        conversion.tell_due(world.brand)
        assert not Order.objects.filter(waiting=True).exists()
        assert figures(world, home)[:2] == (4, 3_600)


@pytest.mark.django_db(transaction=True)
def test_a_rate_corrected_while_money_goes_back_keeps_both_at_one_rate(
    world: World, home: Home
) -> None:
    with world.scope():
        row = rate(world, "9")
        order = pounds(world, "N1", 55)
    moment = datetime(2026, 11, 20, tzinfo=SHANGHAI)
    at_once(
        world,
        lambda: rates.correct_rate(row, since=row.since, rate=Decimal("9.3"), by=SYSTEM),
        lambda: record_refund(order, amount=55, refunded_at=moment, by=SYSTEM),
        lambda: conversion.tell_due(world.brand),
        lambda: conversion.tell_due(world.brand),
    )
    with world.scope():
        assert figures(world, home) == (1, 512, 512, 0)


def test_an_older_home_remembers_what_its_log_holds(inside: World, home: Home) -> None:
    brought(inside, FILE)
    head = "订单编号,付款时间,实付金额,商品名称,商家编码,数量,单价\n"
    brought(inside, f"{head}P1,2026-11-03,50,霜,S1,1,50\n", "b.csv", currency="GBP")
    Order.objects.update(reported=None, rate=None, waiting=None)
    Order.objects.filter(number="G1").update(currency="GBP")
    Refund.objects.update(currency="GBP")
    Product.objects.update(currency="CNY")
    migration = import_module("shemei.apps.commerce.migrations.0005_what_was_told")
    migration.remember(apps, None)
    told = dict(Order.objects.values_list("number", "reported"))
    assert told == {"G1": 13_000, "G2": None, "G3": None, "P1": 5_000}
    assert list(Refund.objects.values_list("reported", "waiting")) == [(505, True)]
    assert Product.objects.get().currency == "GBP"
    assert conversion.waiting_of(inside.brand)[0].raw == 2
    assert conversion.waiting_of(inside.brand)[0].oldest == date(2026, 11, 3)
    migration.forget(apps, None)
    for model in (Order, Refund):
        assert not model.objects.exclude(reported=None, waiting=None).exists()


@pytest.mark.django_db(transaction=True)
def test_the_indexes_of_what_waits_are_built_anew_beside_who_writes() -> None:
    """Also over ones that are there already, or that a break left half built."""
    module = import_module("shemei.apps.commerce.migrations.0007_waiting_indexes")
    state = MigrationExecutor(connection).loader.project_state(("commerce", "0006_days_told"))
    with CaptureQueriesContext(connection) as asked, connection.schema_editor(atomic=False) as ed:
        module.Migration("0007_waiting_indexes", "commerce").apply(state, ed)
    built = [row["sql"] for row in asked if "CREATE INDEX" in row["sql"]]
    assert len(built) == 2
    if connection.vendor == "postgresql":
        assert all("CONCURRENTLY" in sql for sql in built)
    with connection.cursor() as cursor:
        for model, name in ((Order, "order_waiting"), (Refund, "refund_waiting")):
            table = model._meta.db_table
            assert name in connection.introspection.get_constraints(cursor, table)
