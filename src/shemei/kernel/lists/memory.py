"""What a list remembers: saved views of a member and of the team, columns put away, density."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect

from shemei.kernel.kept_period import mark_of, was_chosen_here
from shemei.kernel.lists import actions
from shemei.kernel.lists.policies import CHANGE_VIEW
from shemei.kernel.lists.query import ListQuery, PeriodParts
from shemei.kernel.models import ListLayout, SavedView
from shemei.kernel.periods import LASTING
from shemei.kernel.toasts import toast

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from shemei.kernel.actor import Actor
    from shemei.kernel.http import BrandRequest
    from shemei.kernel.lists.listing import Listing

DENSITIES = ("tight", "loose")
VIEW_LIMIT = 40
_GONE = "这个视图已经不在了，或不是你能看到的。请刷新页面再试。"


@dataclass(frozen=True, slots=True)
class ViewTab:
    """A saved view as a tab above the list."""

    key: str
    title: str
    href: str
    is_current: bool
    is_changed: bool
    is_team: bool
    why_not: str
    """Why this member may not change or delete it; empty where they may."""


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    name: str
    label: str
    is_shown: bool


def density(request: HttpRequest) -> str:
    chosen = request.COOKIES.get("s_density", "")
    return chosen if chosen in DENSITIES else ""


def tabs(request: BrandRequest, listing: str, query: ListQuery) -> list[ViewTab]:
    """The member's own views and the team's."""
    return [_tab(view, query, request.actor) for view in _views(request, listing)]


def _tab(view: SavedView, query: ListQuery, actor: Actor) -> ViewTab:
    current = query.get("view") == view.key
    changed = current and _as_saved(query, view).canonical != view.query
    href = f"?{view.query}&view={view.key}" if view.query else f"?view={view.key}"
    why_not = CHANGE_VIEW.why_not(actor, view)
    return ViewTab(view.key, view.title, href, current, changed, view.is_team, why_not)


def _as_saved(query: ListQuery, view: SavedView) -> ListQuery:
    """A view that was saved without a period is not changed by the one the page is looked at with."""
    own = any(ListQuery.read(view.query).get(part) for part in PeriodParts)
    return query if own else query.without(*PeriodParts)


def _to_save(request: BrandRequest, listing: str, query: ListQuery) -> tuple[str, str]:
    """What a view saves of an address, and what is to be said of the rest.

    The period that a member merely works with is not the view's. One that was chosen on this list is, where
    it moves on with the days; so is what the view had before.
    """
    if mark_of(request) is None or not (period := query.only(PeriodParts)).pairs:
        return query.canonical, ""
    before = next((v for v in _views(request, listing) if v.key == query.get("view")), None)
    if (
        before is not None
        and ListQuery.read(before.query).only(PeriodParts).canonical == period.canonical
    ):
        return query.canonical, ""
    plain = query.without(*PeriodParts).canonical
    if not was_chosen_here(request, dict(period.pairs)):
        return plain, ""
    if query.get("range") in LASTING:
        return query.canonical, "；时段也存了，跟着日子走"
    return plain, "；起止日固定的时段不存，打开时看你正在看的那一段"


def _views(request: BrandRequest, listing: str) -> Any:
    mine = Q(member=_member(request)) if _member(request) else Q(pk=None)
    found = SavedView.objects.filter(mine | Q(is_team=True), listing=listing)
    return found.select_related("member__user")[:VIEW_LIMIT]


def _member(request: BrandRequest) -> Any:
    return getattr(request, "member", None)


def hidden_columns(request: BrandRequest, listing: Listing) -> set[str]:
    default = {column.name for column in listing.columns if column.hidden}
    if _member(request) is None:
        return default
    layout = ListLayout.objects.filter(member=_member(request), listing=listing.name).first()
    return default if layout is None else set(layout.hidden)


def column_choices(listing: Listing, hidden: set[str]) -> list[ColumnChoice]:
    """Every column but the first, which always stays."""
    return [ColumnChoice(c.name, c.label, c.name not in hidden) for c in listing.columns[1:]]


def handle(request: BrandRequest, listing: str, query: ListQuery) -> HttpResponse | str:
    """Do what the list's own controls post; returns a response, or why not."""
    act = _ACTS.get(request.POST["_list"])
    if act is None or _member(request) is None:
        return "这一步没有认出要做什么。请刷新页面再试。"
    return act(request, listing, query)


def _goto(request: BrandRequest, href: str) -> HttpResponse:
    url = f"{request.path}{href}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def _save(request: BrandRequest, listing: str, query: ListQuery) -> HttpResponse | str:
    title, is_team = request.POST.get("title", ""), bool(request.POST.get("is_team"))
    wanted, told = _to_save(request, listing, query)
    try:
        view = actions.save_view(listing, title, wanted, is_team=is_team, by=request.member)
    except ValidationError as error:
        return str(error.messages[0])
    toast(request, f"已存为视图「{view.title}」{told}")
    return _goto(request, _tab(view, query, request.actor).href)


def _update(request: BrandRequest, listing: str, query: ListQuery) -> HttpResponse | str:
    view = _named(request, listing)
    if view is None:
        return _GONE
    wanted, told = _to_save(request, listing, query)
    try:
        actions.update_view(view, wanted, by=request.member)
    except ValidationError as error:
        return str(error.messages[0])
    toast(request, f"视图「{view.title}」已更新{told}")
    return _goto(request, _tab(view, query, request.actor).href)


def _delete(request: BrandRequest, listing: str, query: ListQuery) -> HttpResponse | str:
    view = _named(request, listing)
    if view is None:
        return _GONE
    try:
        actions.delete_view(view, by=request.member)
    except ValidationError as error:
        return str(error.messages[0])
    toast(request, f"视图「{view.title}」已删除")
    return _goto(request, query.without("view").href)


def _named(request: BrandRequest, listing: str) -> SavedView | None:
    """The view that is asked for, of those that this member sees."""
    key = request.POST.get("view", "")
    return next((view for view in _views(request, listing) if view.key == key), None)


def _columns(request: BrandRequest, listing: str, query: ListQuery) -> HttpResponse | str:
    shown, known = set(request.POST.getlist("shown")), request.POST.getlist("known")
    ListLayout.objects.update_or_create(
        member=_member(request),
        listing=listing,
        defaults={
            "workspace": request.workspace,
            "hidden": [name for name in known[:60] if name not in shown],
        },
    )
    return ""


_ACTS: dict[str, Callable[[Any, str, ListQuery], HttpResponse | str]] = {
    "save": _save,
    "update": _update,
    "delete": _delete,
    "columns": _columns,
}
