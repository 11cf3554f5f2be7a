"""What every page of figures asks of the log, and the small shapes it shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch

from shemei.edge.bots import SUSPECT_NAMES
from shemei.edge.useragent import DEVICE_NAMES, IN_APP_NAMES
from shemei.kernel.figures import ask, lake
from shemei.kernel.periods import Period, promos_within
from shemei.kernel.urls import wurl
from shemei.portal.charts import Band, Chart, Series
from shemei.warehouse import questions
from shemei.warehouse.attribution import attribute
from shemei.warehouse.channels import channel_name
from shemei.warehouse.vocabulary import KIND_NAMES, SHANGHAI, date_of, from_ts, int_day

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace

MOST_ROWS = 2_000
SHOWN_ROWS = 15
Where = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """What one link or code brought in a period; None is "nothing in the log", never 0."""

    clicks: int | None = None
    people: int | None = None
    orders: float | None = None
    revenue: float | None = None


NOTHING = Figure()


@dataclass(frozen=True, slots=True)
class Share:
    """One bar of a small breakdown."""

    name: str
    count: int
    percent: float
    platform: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """One event of the log as a row on a page."""

    at: Any
    what: str
    in_app: str
    device: str
    region: str
    referrer: str
    page: str
    channel: str
    suspect: str
    order_id: str = ""
    amount: int = 0


def span(workspace: Workspace, period: Period) -> dict[str, Any]:
    return {"workspace": workspace.key, "first": period.first_day, "last": period.last_day}


def totals(
    workspace: Workspace,
    period: Period,
    metrics: tuple[str, ...],
    *,
    by: tuple[str, ...] = (),
    where: Where = (),
    include_suspect: bool = False,
) -> list[dict[str, Any]]:
    question = questions.Totals(
        **span(workspace, period),
        metrics=metrics,
        by=by,
        where=where,
        include_suspect=include_suspect,
    )
    rows: list[dict[str, Any]] = ask(question).rows.to_pylist()
    return rows


def rows(
    workspace: Workspace,
    period: Period,
    where: Where,
    *,
    kinds: tuple[str, ...] = (),
    limit: int = SHOWN_ROWS,
    include_suspect: bool = False,
) -> tuple[list[dict[str, Any]], Any]:
    """Events themselves, the newest first, and until when the log is complete."""
    answer = ask(
        questions.Rows(
            **span(workspace, period),
            kinds=kinds,
            where=where,
            limit=limit,
            include_suspect=include_suspect,
        )
    )
    return answer.rows.to_pylist(), moment(answer.as_of)


def credits(workspace: Workspace, period: Period, by: str) -> dict[str, Any]:
    """Orders and money by the workspace's one model."""
    model = workspace.attribution_model
    told = attribute(
        lake(),
        workspace.key,
        period.first_day,
        period.last_day,
        by=by,
        models=(model,),
        lookback_days=workspace.lookback_days,
    )
    return {key: credit for key, credit in told.models[model].items() if key}


def chart(name: str, period: Period, series: list[Series]) -> Chart:
    labels = tuple(_label(day) for day in days(period))
    bands = tuple(
        Band(
            promo.label,
            _label(int_day(max(promo.first, period.first))),
            _label(int_day(min(promo.last, period.last))),
        )
        for promo in promos_within(period)
    )
    return Chart(
        name, "stack", x=labels, series=tuple(series), bands=bands, height=240, totals=True
    )


def days(period: Period) -> list[int]:
    return [int_day(period.first + timedelta(n)) for n in range(period.days)]


def _label(day: int) -> str:
    return date_of(day).strftime("%m-%d")


def shares(counts: Counter[str], name: Callable[[str], str]) -> list[Share]:
    total, most = sum(counts.values()), max(counts.values(), default=0)
    return [
        Share(name(key), count, 100 * count / most, key)
        for key, count in counts.most_common(8)
        if total
    ]


def journey(workspace: Workspace, order_id: str) -> str:
    """Where an order's whole path is shown, in a house that has that room."""
    try:
        return wurl(workspace, "insight:journey", order_id)
    except NoReverseMatch:
        return ""


def in_app_name(key: str) -> str:
    return IN_APP_NAMES.get(key, key)


def seen(row: Mapping[str, Any]) -> Seen:
    return Seen(
        at=event_time(row),
        what=KIND_NAMES.get(row["kind"], row["kind"]),
        in_app=in_app_name(row["in_app"]),
        device=DEVICE_NAMES.get(row["device"], row["device"]),
        region=row["region"],
        referrer=row["referrer_host"],
        page=row["page"],
        channel=channel_name(row["channel"]),
        suspect=SUSPECT_NAMES.get(row["suspect"], row["suspect"]) if row["suspect"] else "",
        order_id=row["order_id"],
        amount=row["amount"],
    )


def event_time(row: Mapping[str, Any], name: str = "ts") -> Any:
    value = row[name]
    return moment(value) if isinstance(value, int) else value.astimezone(SHANGHAI)


def moment(ts: int) -> Any:
    return from_ts(ts).astimezone(SHANGHAI) if ts else None
