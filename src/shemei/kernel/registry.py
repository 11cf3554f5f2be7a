"""Registries that rooms fill in ``apps.py``: navigation, the 新建 menu, search, to-dos. The shell reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from shemei.kernel.http import BrandRequest
    from shemei.kernel.permissions import Permission
    from shemei.kernel.workspace import Workspace

GROUPS: tuple[str, ...] = ("", "策划", "内容", "增长", "效果", "客户", "守护", "设置")


@dataclass(frozen=True, slots=True)
class NavItem:
    """One line of the side bar. ``match`` are URL namespaces or names that mark it as current.

    ``is_hot`` makes its count red: only for open urgent alerts.
    """

    group: str
    label: str
    icon: str
    url_name: str
    permission: Permission
    order: int = 0
    match: tuple[str, ...] = ()
    count: Callable[[Any], int] | None = None
    is_hot: bool = False


@dataclass(frozen=True, slots=True)
class CreateItem:
    """One line of the 新建 menu."""

    label: str
    icon: str
    url_name: str
    permission: Permission
    order: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """One result of the search box."""

    kind: str
    title: str
    url: str
    icon: str = "search"
    note: str = ""


@dataclass(frozen=True, slots=True)
class SearchProvider:
    """``find(request, text, limit)`` returns hits that the member may see."""

    kind: str
    permission: Permission
    find: Callable[[Any, str, int], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing that waits for this member."""

    title: str
    url: str
    icon: str = "clipboard-check"
    tone: str = "info"
    note: str = ""
    count: int = 1


navigation: list[NavItem] = []
create_menu: list[CreateItem] = []
search: list[SearchProvider] = []
todo: list[Callable[[Any], Iterable[Todo]]] = []


def add_navigation(*items: NavItem) -> None:
    navigation.extend(items)
    navigation.sort(key=lambda item: (GROUPS.index(item.group), item.order))


def add_create(*items: CreateItem) -> None:
    create_menu.extend(items)
    create_menu.sort(key=lambda item: item.order)


def add_search(*providers: SearchProvider) -> None:
    search.extend(providers)


def add_todo(*sources: Callable[[Any], Iterable[Todo]]) -> None:
    todo.extend(sources)


def todos_of(request: BrandRequest) -> list[Todo]:
    """Everything that waits for this member, room after room; asked once per request."""
    if not hasattr(request, "todos"):
        request.todos = [item for source in todo for item in source(request)]
    found: list[Todo] = request.todos
    return found


@dataclass(frozen=True, slots=True)
class Named:
    """What a key of another room means to people: enough to show it and to choose it."""

    key: str
    name: str
    note: str = ""
    platform: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class NameSource:
    """How one kind of key (``content``, ``creator``, ``campaign`` …) is read; works inside a workspace's scope.

    ``lookup`` takes a workspace and keys and returns what it knows of them; ``choose`` takes a workspace, a
    text and a limit and returns what a member may pick.
    """

    label: str
    lookup: Callable[[Any, Iterable[str]], dict[str, Named]]
    choose: Callable[[Any, str, int], list[Named]]


names: dict[str, NameSource] = {}


def add_names(kind: str, source: NameSource) -> None:
    names[kind] = source


def names_of(kind: str, workspace: Workspace, keys: Iterable[str]) -> dict[str, Named]:
    """The known keys of one kind; a key that no room knows any more is left out."""
    wanted = [key for key in keys if key]
    return names[kind].lookup(workspace, wanted) if kind in names and wanted else {}


CHOICES_SHOWN = 500


def offered(kind: str, workspace: Workspace, *kept: str) -> list[Named]:
    """What a form lets one choose of another room's rows; what is chosen already is always among it."""
    if kind not in names:
        return []
    found = {row.key: row for row in names[kind].choose(workspace, "", CHOICES_SHOWN)}
    return list((found | names_of(kind, workspace, kept)).values())


@dataclass(frozen=True, slots=True)
class SettingsTab:
    """A tab that a room adds to the settings; ``match`` are the URL names that mark it as current."""

    url_name: str
    label: str
    permission: Permission
    words: str
    match: tuple[str, ...]


settings_tabs: list[SettingsTab] = []


def add_settings_tab(*tabs: SettingsTab) -> None:
    settings_tabs.extend(tabs)


@dataclass(frozen=True, slots=True)
class PageTab:
    """A tab of pages that several rooms share; pages name themselves as ``tab`` by its ``key``.

    ``line`` is the line of the side bar they stand under.
    """

    line: str
    key: str
    label: str
    url_name: str
    permission: Permission
    order: int


page_tabs: list[PageTab] = []


def add_page_tab(*tabs: PageTab) -> None:
    page_tabs.extend(tabs)
    page_tabs.sort(key=lambda tab: tab.order)


@dataclass(frozen=True, slots=True)
class PageAction:
    """A button that a room puts at the head of the pages under one line of the side bar, another room's among them.

    ``query`` is what stands behind the address; ``is_main`` is the one that the page is for.
    """

    line: str
    label: str
    icon: str
    url_name: str
    permission: Permission
    query: str = ""
    is_main: bool = False


page_actions: list[PageAction] = []


def add_page_action(*actions: PageAction) -> None:
    page_actions.extend(actions)
