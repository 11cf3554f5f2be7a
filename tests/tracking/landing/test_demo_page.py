"""The demo company's page passes its own checks, and its figures tell the story of two variants."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from django.test import Client

from shemei.apps.commerce.models import Product
from shemei.apps.tracking.landing import figures
from shemei.apps.tracking.landing.models import LandingPage, LandingVersion, Lead
from shemei.apps.tracking.models import Link
from shemei.apps.tracking.posters.models import Spot
from shemei.demo import pages
from shemei.demo.build import _booked
from shemei.demo.plan import DAYS, make_plan
from shemei.demo.trials import DAYS_UP, Trial
from shemei.kernel.periods import period_from, today
from shemei.warehouse.computed import settling
from shemei.warehouse.log.loader import append_events
from shemei.warehouse.vocabulary import SHANGHAI

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

UNTIL = (DAYS - 0.4) * 86_400.0


def test_the_demo_has_a_page_that_opens_and_a_spot(inside: World, home: Home) -> None:
    Product.objects.create(workspace=inside.brand, sku="b5", name="屏障修护霜", price=32900)
    pages.put_up(inside.brand)
    variants = LandingPage.objects.get().variants.select_related("version")
    assert [(row.letter, row.version and row.version.number) for row in variants] == [
        ("A", 1),
        ("B", 1),
    ]
    html = Client().get("/p/huanji").content.decode()
    assert "敏感肌" in html and "屏障修护霜" in html
    assert Spot.objects.get().link.is_active


@pytest.fixture
def trial(inside: World, home: Home, campaign: Any) -> Trial:
    plan = replace(make_plan(today(), 11), workspace_key=inside.brand.key)
    midnight = int(datetime.combine(plan.first, time(), SHANGHAI).timestamp())
    page = pages.put_up(inside.brand, campaign=campaign.key)
    return Trial(plan, page, midnight, UNTIL, 7)


def test_the_demo_page_has_leads_with_consent_that_name_their_link(
    inside: World, home: Home, trial: Trial
) -> None:
    trial.put_up()
    leads = trial.leads()
    at = trial.moment(UNTIL)
    append_events(home, pa.concat_tables([_booked(leads, at), *trial.tables()]), stream="demo")
    settling.settle(home)
    period = period_from(
        {"from": str(trial.moment(UNTIL - 27 * 86_400).date()), "to": str(at.date())}
    )
    board = figures.board_of(inside.brand, trial.page, period)
    assert [one.letter for one in board.results] == ["A", "B"]
    assert board.verdict.startswith("B 比 A 高")
    rows = list(Lead.objects.select_related("version__variant", "page"))
    assert 60 < len(rows) == len(leads)
    assert all("同意" in row.consent and row.letter == row.version.variant.letter for row in rows)
    assert {row.state for row in rows} == {"new", "contacted", "closed"}
    came = figures.came_by(inside.brand, rows[:25])
    assert {link.key for link in came.values()} == set(trial.link_keys) and len(came) == 25
    begun = trial.moment((DAYS - DAYS_UP) * 86_400)
    assert {row.created_at for row in LandingVersion.objects.all()} == {begun}
    assert Link.objects.get(platform="other", name__startswith="试用装").stands_on == "offline"


def test_an_earlier_hour_of_the_day_has_the_same_leads_only_fewer(trial: Trial) -> None:
    whole = {(event.ts, event.phone) for event in trial.leads()}
    Lead.objects.all().delete()
    early = Trial(trial.plan, trial.page, trial.midnight, UNTIL - 10 * 86_400, trial.seed)
    told = {(event.ts, event.phone) for event in early.leads()}
    assert told < whole
    clicks, visits = early.tables()
    assert 0 < len(visits) < len(clicks) < len(trial.tables()[0])
