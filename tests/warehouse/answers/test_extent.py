"""Between which days something is told: by hand, of a measure, of one link, of a brand alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.warehouse import cast
from tests.warehouse.cast import BRAND, FIRST, LAST, RIVAL

from shemei.warehouse.answers import engine as engines
from shemei.warehouse.lake import Lake
from shemei.warehouse.questions import Extent, QuestionError

if TYPE_CHECKING:
    from shemei.warehouse.home import Home

EVER = (20000101, 20991231)


def asked(lake: Lake, *period: int, workspace: str = BRAND, **fields: Any) -> tuple[int, int]:
    [row] = lake.ask(Extent(workspace, *(period or (FIRST, LAST)), **fields)).rows.to_pylist()
    return row["first_day"], row["last_day"]


def test_the_first_and_the_last_day(home: Home) -> None:
    cast.put(home, [*cast.everybody(), *cast.rivals()])
    lake = Lake(home)
    assert asked(lake, *EVER) == (20261007, 20261120)
    assert asked(lake) == (20261101, 20261120)
    assert asked(lake, of="orders") == (20261105, 20261120)
    assert asked(lake, of="orders", workspace=RIVAL) == (20261105, 20261120)
    assert asked(lake, of="spend") == (20261101, 20261101)
    assert asked(lake, of="clicks", where=(("link", "link-7"),)) == (20261111, 20261119)
    assert asked(lake, of="clicks", where=(("suspect", "crawler"),)) == (20261109, 20261109)


def test_nothing_is_no_day(home: Home) -> None:
    assert asked(Lake(home), *EVER) == (0, 0)
    cast.put(home, cast.everybody())
    lake = Lake(home)
    assert asked(lake, 20250101, 20250131) == (0, 0)
    assert asked(lake, of="check_ins") == (0, 0)
    assert asked(lake, *EVER, workspace="nobody") == (0, 0)


def test_the_log_itself_is_never_opened(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.put(home, cast.everybody())
    lake = Lake(home)
    monkeypatch.setattr(engines.Engine, "files", lambda *_: pytest.fail("the log was listed"))
    assert asked(lake, *EVER, of="orders")[1] == 20261120


@pytest.mark.parametrize(
    "wrong", [{"of": "new_customers"}, {"of": "x"}, {"where": (("device", "x"),)}]
)
def test_what_cannot_be_answered_is_refused(home: Home, wrong: dict[str, Any]) -> None:
    with pytest.raises(QuestionError):
        Lake(home).ask(Extent(BRAND, FIRST, LAST, **wrong))
