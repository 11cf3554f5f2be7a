"""From a figure down: how it is computed, the orders behind it, and one person's whole way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render

from shemei.apps.commerce import queries as commerce
from shemei.apps.insight.attribution.credit_rows import CreditStory, credit_rows
from shemei.apps.insight.attribution.paths import (
    OrderPath,
    common_paths,
    order_paths,
    part_of,
)
from shemei.apps.insight.attribution.paths_file import tables_of
from shemei.apps.insight.attribution.terms import MODEL_TERMS, TERMS
from shemei.apps.insight.notes import notes_on
from shemei.apps.insight.policies import REMOVE_NOTE
from shemei.apps.insight.queries import DIMENSIONS, Board, named, other_says
from shemei.apps.insight.reports.brand_health import ToldStory
from shemei.apps.insight.rules import apportioned
from shemei.apps.insight.stories import MetricStory
from shemei.apps.insight.views import asked_model, board_of
from shemei.engines.attribution.summary import ADDITIVE
from shemei.kernel.figures import MODEL_NAMES
from shemei.kernel.kept_period import keeps_period
from shemei.kernel.lists import show
from shemei.kernel.permissions import Permission
from shemei.kernel.views import allow, beside
from shemei.kernel.ways.way import way_to
from shemei.warehouse.catalogue import METRICS
from shemei.warehouse.vocabulary import from_ts

if TYPE_CHECKING:
    from shemei.kernel.http import BrandRequest

PAGE = 25
ASK_AGAIN = 6


@allow(Permission.VIEW)
@beside("insight:overview")
def metric(request: BrandRequest, key: str) -> HttpResponse:
    """The drawer behind a figure: its formula with the numbers in it, by platform, and where its rows are."""
    return metric_drawer(request, key)


def metric_drawer(
    request: BrandRequest, key: str, *, typed: str = "", error: str = ""
) -> HttpResponse:
    """The drawer of a figure with what members say of it; a note that was refused keeps its text."""
    if key not in METRICS:
        raise Http404("指标目录里没有这个指标。")
    board, found = board_of(request), METRICS[key]
    if not found.in_log and not found.told:
        raise Http404("这个指标按账号算，请到「设置，平台账号」里看。")
    story = ToldStory(board, found) if found.told else MetricStory(board, found)
    context = {
        "story": story, "metric": story.metric, "may_enter": request.actor.can(Permission.ACCOUNTS),
        "notes": [(n, REMOVE_NOTE.allows(request.actor, n)) for n in notes_on(key, story.board.period)],
        "rows": [] if found.told else story.rows_for(request.actor), "typed": typed, "error": error,
    }  # fmt: skip
    page = "insight/told.html" if found.told else "insight/metric.html"
    return render(request, page, context, status=422 if error else 200)


@allow(Permission.VIEW)
@beside("insight:attribution")
def models(request: BrandRequest) -> HttpResponse:
    """The drawer of all models and of the page's words, a sentence each."""
    context = {
        "models": MODEL_NAMES, "workspace": request.workspace,
        "model_terms": MODEL_TERMS, "terms": TERMS,
    }  # fmt: skip
    return render(request, "insight/models.html", context)


@allow(Permission.VIEW)
@beside("insight:overview")
def traced(request: BrandRequest) -> HttpResponse:
    """The drawer behind the traced revenue: what it is made of, channel by channel."""
    board = board_of(request)
    answer = board.channels_now
    credits = answer.models[board.model]
    ranked = sorted(credits, key=lambda key: -credits[key].value)
    names = board.named("channel", ranked)
    values = apportioned([credits[key].value for key in ranked])
    orders = apportioned([100 * credits[key].conversions for key in ranked])
    rows = [
        {"key": key, "name": names[key].name, "orders": hundredths / 100, "value": value}
        for key, hundredths, value in zip(ranked, orders, values, strict=True)
    ]
    context = {
        "board": board,
        "answer": answer,
        "rows": rows,
        "whole": answer.totals.value + answer.untracked.value,
        "model_name": MODEL_NAMES[board.model],
        "other_says": other_says("channel", ranked),
    }
    return render(request, "insight/traced.html", context)


@allow(Permission.CUSTOMERS)
@beside("insight:attribution")
def part(request: BrandRequest) -> HttpResponse:
    """The drawer behind a cell: how a channel, content, creator or campaign takes part, and one person's way."""
    board, by, key = board_of(request), request.GET.get("by", "channel"), request.GET.get("key", "")
    if by not in DIMENSIONS:
        raise Http404("没有这个维度。")
    found = order_paths(board)
    role, inside = part_of(found, by, key)
    column = request.GET.get("show", "value")
    model = asked_model(request)
    context: dict[str, Any] = {
        "board": board, "by": by, "key": key, "role": role, "named": named(by, board.workspace, [key])[key],
        "story": CreditStory(board, found, by, key, model or board.model, column), "asked": model,
        "paths": common_paths(inside, 5),
    }  # fmt: skip
    if inside:
        telling = max(inside[:200], key=lambda path: (len(set(path.channels)), path.paid_ts))
        context |= {
            "path": telling,
            "way": way_to(request.workspace, telling.order_id),
        }
    return render(request, "insight/part.html", context)


@allow(Permission.CUSTOMERS)
@beside("insight:paths")
def journey(request: BrandRequest, order_id: str) -> HttpResponse:
    """The drawer of one order: what the person behind it did until they paid."""
    told = way_to(request.workspace, order_id)
    if not told and commerce.orders_by_number(request.workspace, [order_id]):
        return _not_yet(request, order_id)
    if not told:
        raise Http404("这一单没有留下可追踪的路径。")
    return render(request, "insight/journey.html", {"order_id": order_id, "way": told})


def _not_yet(request: BrandRequest, order_id: str) -> HttpResponse:
    """An order that has come in but is not in the log yet: the drawer asks again a few times."""
    asked = request.GET.get("asked", "0")
    again = int(asked) + 1 if asked in map(str, range(ASK_AGAIN)) else 0
    context = {"order_id": order_id, "again": again}
    return render(request, "insight/journey_soon.html", context)


@allow(Permission.CUSTOMERS)
@keeps_period
def paths(request: BrandRequest) -> HttpResponse:
    board, by, key = board_of(request), request.GET.get("by", ""), request.GET.get("key", "")
    found, shares = _chosen(board, by, key), {}
    asked = asked_model(request)
    model = asked or board.model
    if by in DIMENSIONS:
        shares = {row.order_id: row for row in credit_rows(found, by, key, model)}
    if asked and shares:
        found = [path for path in found if path.order_id in shares]
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    last = {
        path.order_id: next((key for key in reversed(path.contents) if key), "")
        for path in page.object_list
    }
    contents = named("content", board.workspace, {key for key in last.values() if key})
    rows = [
        {
            "path": path,
            "channels": path.channels,
            "paid_at": from_ts(path.paid_ts),
            "content": contents.get(last[path.order_id]),
            "share": shares.get(path.order_id),
        }
        for path in page.object_list
    ]
    context = {
        "board": board, "by": by, "key": key, "page": page, "rows": rows, "value": sum(path.value for path in found),
        "named": named(by, board.workspace, [key])[key] if by in DIMENSIONS else None, "common": common_paths(found, 10),
        "model_name": MODEL_NAMES[model] if shares else "", "credited": sum(row.value for row in shares.values()),
        "credited_orders": sum(row.share for row in shares.values()),
        "shareless": MODEL_NAMES[model] if by in DIMENSIONS and model not in ADDITIVE else "",
    }  # fmt: skip
    return show(request, tables_of(board, found), "insight/paths.html", context)


def _chosen(board: Board, by: str, key: str) -> list[OrderPath]:
    found = order_paths(board)
    return part_of(found, by, key)[1] if by in DIMENSIONS else found
