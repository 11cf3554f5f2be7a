"""Builds the demo company from its seed: the plan, the people, the rooms, the log, and what boards read."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time

import numpy as np
import pyarrow as pa
from django.db import transaction
from django_scopes import scope

from shemei.apps.advertising.facts import SpendBooked
from shemei.apps.creators.facts import FeeBooked
from shemei.apps.creators.models import Collaboration
from shemei.apps.insight.attribution.truth import write_truth
from shemei.apps.tracking import book
from shemei.demo import events, pages, reach, tracker
from shemei.demo.orders import Orders, place_orders
from shemei.demo.people import Touches, season, simulate, unseen
from shemei.demo.plan import DAYS, Plan, make_plan
from shemei.demo.rooms import Rooms, make_workspace
from shemei.demo.sheet import uuids
from shemei.demo.trials import Trial
from shemei.demo.truth import true_effect
from shemei.kernel.crypto import phone_hash
from shemei.warehouse.computed import settling
from shemei.warehouse.home import Home
from shemei.warehouse.log.loader import append_events
from shemei.warehouse.vocabulary import SCHEMA, SHANGHAI, Event, from_ts, stamp, to_ts

PEOPLE = 255_000
SEED = 20260
NOON = 12 * 3600
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Built:
    """What came out, for the command to say."""

    workspace: str
    events: int
    orders: int
    people: int


def build(
    home: Home, *, now: datetime, password: str, tell: Tell, people: int = PEOPLE, seed: int = SEED
) -> Built:
    """Build everything. Equal arguments give equal figures; only what is secret or keyed to the home differs.

    A later ``now`` of the same day adds what has happened since, and changes nothing before.
    """
    tell("排计划")
    plan = make_plan(now.date(), seed)
    until = (now - datetime.combine(plan.first, time(), SHANGHAI)).total_seconds()
    tell("模拟顾客")
    touches = simulate(plan, people, seed)
    orders = place_orders(plan, touches, seed + 1)
    hashes = [phone_hash(plan.workspace_key, phone) for phone in orders.phones]
    exposure = _until_today(reach.make_reach(plan, season(plan)[0], seed + 2), now.date(), plan)
    tell("算模拟真值")
    write_truth(home, true_effect(plan, touches, people, seed, until))
    tell("写事件")
    log = events.Log(plan, touches, orders, people, until, hashes, seed + 3)
    tables = [*log.tables(), *_reach_tables(log, exposure)]
    tell("填写各个房间")
    tables.append(_fill_rooms(plan, orders, touches, log, exposure, hashes, password, now))
    tell("入库")
    report = append_events(home, pa.concat_tables(tables), stream=f"demo-{plan.workspace_key}")
    tell("汇总")
    settling.settle(home)
    with scope(workspace=None):
        book.republish()
    placed = len(orders.until(until).touch)
    return Built(plan.workspace_key, report.loaded_records, placed, people)


def new_password() -> str:
    """A password for the demo's members, made on this machine."""
    return secrets.token_urlsafe(9)


def _until_today(exposure: reach.Reach, today: date, plan: Plan) -> reach.Reach:
    """Platforms report whole days: nothing of today yet."""
    keep = exposure.day < (today - plan.first).days
    return reach.Reach(
        exposure.post[keep], exposure.day[keep], exposure.impressions[keep], exposure.follows[keep],
        {name: values[keep] for name, values in exposure.actions.items()},
    )  # fmt: skip


def _reach_tables(log: events.Log, exposure: reach.Reach) -> list[pa.Table]:
    rows = [("impression", "", exposure.impressions), ("follow", "", exposure.follows)]
    rows += [("engage", action, exposure.actions[action]) for action in reach.ACTIONS]
    return [
        log.reported(kind, action, exposure.post, exposure.day * 86_400.0 + NOON, quantity)
        for kind, action, quantity in rows
    ]


@transaction.atomic
def _fill_rooms(
    plan: Plan,
    orders: Orders,
    touches: Touches,
    log: events.Log,
    exposure: reach.Reach,
    hashes: list[str],
    password: str,
    now: datetime,
) -> pa.Table:
    workspace = make_workspace(plan, password)
    with scope(workspace=workspace):
        rooms = Rooms(plan, workspace, log.until)
        rooms.brand()
        tracker.put_up(workspace, plan.first)
        rooms.content()
        rooms.metrics(exposure)
        rooms.people()
        rooms.tracking()
        placed = orders.until(log.until)
        known = hashes[: len(placed.phones)]
        rooms.commerce(placed, known, log.order_clicks(), log.order_visitors())
        spends = rooms.advertising(reach.make_spend(plan, season(plan)[0], SEED + 4))
        rooms.goals(_targets(orders, touches))
        page = pages.put_up(workspace, campaign=plan.campaigns[1].key)
        trial = Trial(plan, page, log.midnight, log.until, SEED + 6)
        trial.put_up()
        leads = trial.leads()
        fees = [
            fact
            for deal in Collaboration.objects.with_labels().delivered()
            for fact in FeeBooked(workspace.key, deal.key, (deal.cost,)).to_events()
        ]
        paid = SpendBooked(
            workspace.key, tuple(spend.cost for spend in spends), "import"
        ).to_events()
    return pa.concat_tables([_booked([*fees, *paid, *leads], now), *trial.tables()])


def _booked(booked: list[Event], now: datetime) -> pa.Table:
    rng = np.random.default_rng(SEED + 5)
    numbers = uuids(rng, np.array([event.ts // 1000 for event in booked])).to_pylist()
    rows = [
        stamp(replace(event, event_id=number)).as_dict() | {"ts": from_ts(event.ts)}
        for event, number in zip(booked, numbers, strict=True)
        if event.ts <= to_ts(now)
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _targets(orders: Orders, touches: Touches) -> dict[str, float]:
    """Goals of the campaign, set a little above what its first 54 days promise."""
    traced = ~unseen(touches.person[orders.touch]) | (np.array(orders.code) != "")
    recent = traced & (orders.seconds >= (DAYS - 54) * 86_400)
    pace = float(np.sum(orders.amount[recent])) / 54 * 92
    return {
        "traceable_revenue": round(pace * 0.97 / 1e6) * 1e6,
        "friends": round(int(recent.sum()) * 1.35 / 100) * 100,
        "roi": 3.0,
        "engagement_rate": 0.045,
    }
