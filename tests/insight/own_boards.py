"""Boards that members put together, and links to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from shemei.apps.insight.boards import actions as board_actions
from shemei.apps.insight.boards.sharing import token_of
from shemei.apps.insight.models import BoardPanel, BoardShare, OwnBoard
from shemei.kernel.actor import SYSTEM

if TYPE_CHECKING:
    from tests.world import World


def made(world: World, **panels: dict[str, Any]) -> OwnBoard:
    """A board with one picture per keyword."""
    world.brand.attribution_model = "first"
    world.brand.save()
    with world.scope():
        board = OwnBoard.objects.create(workspace=world.brand, title="周一例会", period="28d")
        for place, (title, values) in enumerate(panels.items()):
            BoardPanel.objects.create(
                workspace=world.brand, board=board, title=title, place=place, **values
            )
    return board


def shared(world: World, days: int = 7) -> tuple[OwnBoard, BoardShare, str]:
    board = made(
        world,
        数={"kind": "number", "metrics": ["traced_value", "clicks"]},
        表={"kind": "table", "metrics": ["traced_value"], "split": "channel"},
    )
    with world.scope():
        share = board_actions.share_board(board, days=days, note="代理商", by=SYSTEM)
    return board, share, reverse("shared:board", args=[token_of(share)])
