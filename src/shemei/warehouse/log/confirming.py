"""Orders that only a site's own tag has told: whoever knows the site's code can send them.

They count until a brand says that an order counts once its shop has told it too; then they carry a
reason to be left out, as suspect events do, and a switch takes it off again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shemei.warehouse.log.lists import change_list, read_list

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shemei.warehouse.home import Home
    from shemei.warehouse.reading.dialects import Dialect

NAME = "confirmed_only.json"
UNCONFIRMED = "unconfirmed"
"""The reason such an order is left out for."""


def publish(home: Home, workspaces: Iterable[str]) -> bool:
    """Make ``workspaces`` all that count confirmed orders alone; returns whether that changed anything.

    Orders and paths are computed again at the next settle, the rest of the figures stays.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from shemei.warehouse.home import Home
    >>> home = Home(Path(tempfile.mkdtemp())).ensure()
    >>> publish(home, ["w"]), publish(home, ["w"]), confirmed_only(home)
    (True, False, ('w',))
    """
    names = sorted(set(workspaces))
    return change_list(home.lake / NAME, lambda _: {"confirmed_only": names} if names else {})


def confirmed_only(home: Home) -> tuple[str, ...]:
    """Return the workspaces that count confirmed orders alone, sorted."""
    return tuple(read_list(home.lake / NAME).get("confirmed_only", ()))


def condition(workspaces: Iterable[str], dialect: Dialect) -> str:
    """Return the SQL condition of the workspaces that count confirmed orders alone.

    Examples
    --------
    >>> from shemei.warehouse.reading.dialects import DuckDB
    >>> condition((), DuckDB()), condition(("w",), DuckDB())
    ('1 = 0', "r.workspace IN ('w')")
    """
    names = ", ".join(dialect.literal(name) for name in workspaces)
    return f"r.workspace IN ({names})" if names else "1 = 0"
