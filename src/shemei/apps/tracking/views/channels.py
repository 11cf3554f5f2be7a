"""The page of the rules that decide the channel of a touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from shemei.apps.tracking import actions, channeling
from shemei.apps.tracking.book import link_base
from shemei.apps.tracking.models import ChannelRuleSet
from shemei.edge.useragent import IN_APP_NAMES
from shemei.kernel.addresses import BadInput
from shemei.kernel.permissions import Permission as P
from shemei.kernel.permissions import require
from shemei.kernel.toasts import toast
from shemei.kernel.urls import wurl
from shemei.kernel.views import allow, get_row
from shemei.warehouse.channels import CHANNELS, DEFAULT_RULES, RuleError, channel_name

if TYPE_CHECKING:
    from django.http import QueryDict

    from shemei.kernel.http import BrandRequest

NAMES = ("field", "pattern", "also_field", "also_pattern", "channel")
SHOWN_VERSIONS = 10
NONE = "none"


@allow(P.VIEW)
@require_http_methods(["GET", "POST"])
def channels(request: BrandRequest) -> HttpResponse:
    workspace, actor = request.workspace, request.actor
    if request.method != "POST":
        return _page(request, channeling.rows_of(workspace))
    require(actor, P.TRACK)
    rows, before = typed_rows(request.POST), channeling.latest(workspace)
    try:
        actions.set_channel_rules(workspace, by=actor, rows=rows, seen=request.POST.get("seen", ""))
    except ValidationError as error:
        return _page(request, rows, " ".join(error.messages))
    undo = wurl(workspace, "tracking:restore_channels", before.key if before else NONE)
    toast(request, "已保存渠道规则，1 秒内生效", undo)
    return redirect(wurl(workspace, "tracking:channels"))


@allow(P.TRACK)
@require_POST
def restore(request: BrandRequest, key: str) -> HttpResponse:
    version = None if key == NONE else get_row(ChannelRuleSet.objects.all(), key)
    before = channeling.latest(request.workspace)
    actions.restore_channel_rules(request.workspace, version, by=request.actor)
    undo = wurl(request.workspace, "tracking:restore_channels", before.key if before else NONE)
    toast(request, "已退回到那一版渠道规则，1 秒内生效", undo)
    return redirect(wurl(request.workspace, "tracking:channels"))


@allow(P.VIEW)
@require_POST
def try_out(request: BrandRequest) -> HttpResponse:
    """What the rules as they stand on the page, saved or not, make of an address."""
    typed = {name: request.POST.get(f"try_{name}", "") for name in ("address", "referrer")}
    context: dict[str, Any] = {}
    try:
        rows = channeling.tidy_rows(typed_rows(request.POST))
        context["late"] = channeling.never_reached(rows)
        seen = {name: request.POST.get(f"try_{name}", "") for name in ("in_app", "hands")}
        if any(text.strip() for text in (*typed.values(), *seen.values())):
            context["tried"] = channeling.try_out(
                request.workspace,
                rows,
                **typed,
                **seen,
                base=link_base(request.workspace),
            )
    except (BadInput, RuleError) as error:
        context["problem"] = str(error)
    return render(request, "tracking/_tried.html", context)


def typed_rows(data: QueryDict) -> list[dict[str, str]]:
    """The rows in the order they stand on the page, which dragging changes."""
    columns = [data.getlist(name) for name in NAMES]
    return [dict(zip(NAMES, values, strict=False)) for values in zip(*columns, strict=False)]


def _page(request: BrandRequest, rows: list[dict[str, str]], problem: str = "") -> HttpResponse:
    found = channeling.latest(request.workspace)
    context = {
        "tab": "channels",
        "rows": [_shown(row) for row in rows],
        "problem": problem,
        "seen": request.POST.get("seen", "") if problem else (found.key if found else ""),
        "fields": channeling.FIELD_NAMES.items(),
        "names": [channel.name for channel in CHANNELS],
        "hands": range(1, channeling.HANDS + 1),
        "apps": [(key, name) for key, name in IN_APP_NAMES.items() if key],
        "late": [] if problem else channeling.never_reached(rows),
        "usual": [_usual(rule) for rule in DEFAULT_RULES.rules],
        "versions": _versions(),
    }
    return render(request, "tracking/channels.html", context, status=200)


def _shown(row: dict[str, str]) -> dict[str, str]:
    """A row as its fields show it: names instead of keys."""
    words = {
        name: channeling.shown(row.get(of, ""), row.get(name, "")).replace("、", "|")
        for name, of in (("pattern", "field"), ("also_pattern", "also_field"))
    }
    channel = row.get("channel", "")
    return {**row, **words, "channel": channel_name(channel) if channel else ""}


def _usual(rule: Any) -> dict[str, str]:
    return {
        "field": channeling.FIELD_NAMES[rule.field],
        "pattern": channeling.shown(rule.field, rule.pattern),
        "channel": channel_name(rule.channel),
    }


def _versions() -> list[tuple[ChannelRuleSet, list[str]]]:
    found = ChannelRuleSet.objects.all()[:SHOWN_VERSIONS]
    return [(row, channeling.sentences(row.rows)) for row in found]
