"""What every page gets: the side bar, the 新建 menu, unread words, open tasks and the look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, reverse

from shemei.kernel import registry, tasks
from shemei.kernel.lists.memory import density
from shemei.kernel.models import LongTask, Notification
from shemei.kernel.urls import wurl

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.urls import ResolverMatch

THEMES = ("auto", "light", "dark")
_SHEETS = "tokens base frame panel controls marks figures table voice overlays charts"
STYLES = tuple(f"shemei/css/{name}.css" for name in _SHEETS.split())


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the side bar or of a menu."""

    label: str
    icon: str
    href: str
    is_current: bool = False
    count: int = 0
    is_hot: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    lines: list[Line]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Template context of the frame; everything is lazy, so that fragments pay for nothing."""
    return {"shell": Shell(request)}


class Shell:
    """Read by ``portal/base.html``; each property asks once."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self._kept: dict[str, Any] = {}

    @property
    def theme(self) -> str:
        user = getattr(self.request, "user", None)
        chosen = getattr(user, "theme", None) or self.request.COOKIES.get("s_theme", "auto")
        return chosen if chosen in THEMES else "auto"

    @property
    def styles(self) -> tuple[str, ...]:
        return STYLES

    @property
    def role(self) -> str:
        member = getattr(self.request, "member", None)
        return str(member.get_role_display()) if member else ""

    @property
    def new_brand_url(self) -> str:
        return _reverse("entry:new_brand")

    @property
    def density(self) -> str:
        return density(self.request)

    @property
    def workspace(self) -> Any:
        return getattr(self.request, "workspace", None)

    @property
    def groups(self) -> list[Group]:
        """Side bar lines that this member may use, in the marketer's order; 设置 stands apart."""
        return [group for group in self._groups() if group.label != "设置"]

    @property
    def settings(self) -> list[Line]:
        return [line for group in self._groups() if group.label == "设置" for line in group.lines]

    def _groups(self) -> list[Group]:
        if "groups" not in self._kept:
            self._kept["groups"] = _groups(self.request)
        kept: list[Group] = self._kept["groups"]
        return kept

    @property
    def tabs(self) -> list[Line]:
        """Two lines of the phone's tab bar: 内容 and 效果, each the first page of its group."""
        first = {group.label: group.lines[0] for group in self._groups() if group.lines}
        home = (
            [Line("总览", "layout-dashboard", first[""].href, first[""].is_current)]
            if "" in first
            else []
        )
        pairs = (("内容", "calendar-week"), ("效果", "chart-line"))
        found = [Line(n, i, first[n].href, self._in(n)) for n, i in pairs if n in first]
        return [*home, *found]

    def _in(self, label: str) -> bool:
        group = next(g for g in self._groups() if g.label == label)
        return any(line.is_current for line in group.lines)

    @property
    def create(self) -> list[Line]:
        found = ((i, _inside(self.request, i.url_name)) for i in registry.create_menu)
        return [
            Line(item.label.removeprefix("新建"), item.icon, href)
            for item, href in found
            if href and _may(self.request, item)
        ]

    @property
    def brands(self) -> list[Line]:
        """Other brands of this person, each leading to the same page where it has one."""
        name = self._current_name()
        others = getattr(self.request, "brands", ())
        spaces = [space for space in others if space.pk != self.workspace.pk]
        return [Line(space.name, "building-store", wurl(space, name)) for space in spaces]

    def _current_name(self) -> str:
        current = next((i for i in registry.navigation if _is_current(self.request, i)), None)
        return current.url_name if current else registry.navigation[0].url_name

    @property
    def unread(self) -> int:
        if "unread" not in self._kept:
            mine = Notification.objects.filter(member=self.request.member, read_at=None)  # type: ignore[attr-defined]
            self._kept["unread"] = mine.count()
        return int(self._kept["unread"])

    @property
    def open_tasks(self) -> list[LongTask]:
        if "tasks" not in self._kept:
            open_states = (LongTask.State.QUEUED, LongTask.State.RUNNING)
            seen = tasks.seen_by(self.request.actor)  # type: ignore[attr-defined]
            self._kept["tasks"] = list(seen.filter(state__in=open_states)[:5])
        kept: list[LongTask] = self._kept["tasks"]
        return kept

    @property
    def account_links(self) -> list[Line]:
        """Pages of the account that are installed."""
        wanted = (
            ("mfa_index", "两步验证与通行密钥", "fingerprint"),
            ("account_change_password", "修改密码", "key"),
            ("usersessions_list", "登录过的设备", "devices"),
        )
        return [Line(label, icon, href) for name, label, icon in wanted if (href := _reverse(name))]


def _reverse(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _may(
    request: HttpRequest,
    item: registry.NavItem | registry.CreateItem | registry.PageTab | registry.PageAction,
) -> bool:
    actor = getattr(request, "actor", None)
    return actor is not None and actor.can(item.permission)


def _groups(request: HttpRequest) -> list[Group]:
    lines: dict[str, list[Line]] = {label: [] for label in registry.GROUPS}
    for item in registry.navigation:
        if _may(request, item) and (href := _inside(request, item.url_name)):
            lines[item.group].append(_line(request, item, href))
    return [Group(label, found) for label, found in lines.items() if found]


def _inside(request: HttpRequest, name: str) -> str:
    """An address in this workspace; empty for a room that is not installed."""
    try:
        return wurl(request.workspace, name)  # type: ignore[attr-defined]
    except NoReverseMatch:
        return ""


def page_tabs(request: HttpRequest, line: str) -> list[tuple[str, str, str]]:
    """Key, label and address of the tabs under one line of the side bar that the member may open."""
    return [
        (tab.key, tab.label, href)
        for tab in registry.page_tabs
        if tab.line == line and _may(request, tab) and (href := _inside(request, tab.url_name))
    ]


def page_actions(request: HttpRequest, line: str) -> list[tuple[registry.PageAction, str]]:
    """The buttons of all rooms for the pages under one line of the side bar that the member may use, with addresses."""
    return [
        (action, href + action.query)
        for action in registry.page_actions
        if action.line == line
        and _may(request, action)
        and (href := _inside(request, action.url_name))
    ]


def _line(request: HttpRequest, item: registry.NavItem, href: str) -> Line:
    return Line(
        label=item.label,
        icon=item.icon,
        href=href,
        is_current=_is_current(request, item),
        count=item.count(request) if item.count else 0,
        is_hot=item.is_hot,
    )


def _is_of_settings(found: ResolverMatch) -> bool:
    """Pages that rooms add to the settings stand there, whatever room they belong to."""
    return any(
        tab.url_name.rpartition(":")[0] == ":".join(found.namespaces)
        and found.url_name in tab.match
        for tab in registry.settings_tabs
    )


def _is_current(request: HttpRequest, item: registry.NavItem) -> bool:
    found = request.resolver_match
    if found is None:
        return False
    if _is_of_settings(found):
        return item.group == "设置"
    names = {item.url_name, *item.match}
    return found.view_name in names or any(space in names for space in found.namespaces)
