"""Built half an hour after midnight, the demo company tells nothing of the hours to come."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from django_scopes import scope

from shemei.apps.accounts.models import Workspace
from shemei.apps.advertising.models import Spend
from shemei.apps.commerce.models import Order
from shemei.apps.content.models import Post, PostMetric
from shemei.apps.creators.models import Collaboration
from shemei.apps.tracking.models import Link
from shemei.demo.build import build
from shemei.kernel.figures import lake
from shemei.warehouse.questions import Series
from shemei.warehouse.vocabulary import SHANGHAI, int_day

if TYPE_CHECKING:
    from shemei.warehouse.home import Home

TODAY = date(2026, 11, 24)
NOW = datetime.combine(TODAY, time(0, 30), SHANGHAI)
YESTERDAY = TODAY - timedelta(1)


@pytest.mark.slow
@pytest.mark.django_db
def test_nothing_lies_after_the_moment_it_is_built(home: Home) -> None:
    built = build(home, now=NOW, password="example-password", tell=lambda step: None, people=4_000)
    workspace = Workspace.objects.get(key=built.workspace)
    with scope(workspace=workspace):
        assert not Post.objects.filter(published_at__gt=NOW).exists()
        assert not Order.objects.filter(paid_at__gt=NOW).exists()
        posts = set(Post.objects.values_list("key", flat=True))
        assert (
            set(Link.objects.exclude(content_key="").values_list("content_key", flat=True)) == posts
        )
        delivered = Collaboration.objects.filter(state="delivered").order_by("delivered_on").last()
        assert delivered is not None and delivered.delivered_on <= YESTERDAY
        assert PostMetric.objects.order_by("day").last().day == YESTERDAY
        booked = sum(Spend.objects.filter(day=YESTERDAY).values_list("amount", flat=True))
        assert booked and Spend.objects.order_by("day").last().day == YESTERDAY
    days = lake().ask(
        Series(workspace.key, int_day(YESTERDAY), int_day(TODAY), metrics=("spend", "impressions"))
    )
    told = {row["bucket"]: row for row in days.rows.to_pylist()}
    assert told[int_day(YESTERDAY)]["spend"] >= booked
    assert not any(told.get(int_day(TODAY), {}).get(name) for name in ("spend", "impressions"))
