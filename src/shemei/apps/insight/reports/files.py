"""What the files of the reports say of themselves, and the columns that several of their tables share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shemei.apps.insight.queries import DIMENSIONS
from shemei.kernel.figures import MODEL_NAMES
from shemei.kernel.lists import Column
from shemei.warehouse.vocabulary import SHANGHAI

if TYPE_CHECKING:
    from shemei.apps.insight.queries import Board


def about(board: Board, *more: str) -> tuple[str, ...]:
    """Whose figures, of which days, until when; and what else holds for every table of a file."""
    period = (
        f"{board.workspace.name}，{board.period.first} 至 {board.period.last}，北京时间，含首尾两天"
    )
    known = board.as_of.astimezone(SHANGHAI) if board.as_of else None
    until = (f"数据截至 {known:%Y-%m-%d %H:%M}",) if known else ()
    return (period, *until, *(note for note in more if note))


def compared(board: Board) -> str:
    """What changes are taken against."""
    comparison = board.comparison
    against = f"变化对比 {comparison.period.first} 至 {comparison.period.last}"
    return "；".join(part for part in (against, comparison.reason, board.fair_note) if part)


def credited(board: Board) -> str:
    """How money was shared out."""
    days = board.workspace.lookback_days
    return f"归因成交额按{MODEL_NAMES[board.model]}，回看 {days} 天，已减退款"


def split_columns(by: str) -> tuple[Column, ...]:
    """The name that a row stands for, and where it is at home."""
    name = Column("name", DIMENSIONS[by], lambda row: row.name)
    if by not in ("content", "creator"):
        return (name,)
    return (name, Column("platform", "平台", lambda row: row.platform, "platform"))
