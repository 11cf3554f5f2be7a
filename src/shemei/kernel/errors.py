"""What people are told of an error: its own words where they are meant for people, else one sentence."""

from __future__ import annotations

from math import ceil

from django.core.exceptions import ValidationError

UNEXPECTED = "出了没有料到的错，停下了，没有留下做了一半的东西。请再做一次；还是这样，请管理员看服务器的日志。"


class ForPeople(Exception):
    """The text says what happened, where and what to do; a page may show it as it is."""


class Recomputing(ForPeople):
    """After an upgrade there are no figures until all is computed again; a page says so instead of showing noughts."""

    def __init__(self, seconds: float) -> None:
        self.minutes = max(1, ceil(seconds / 60))
        self.retry_after = min(60, max(5, ceil(seconds)))
        """Seconds: soon where little is left to compute, and never so late that one waits for what is there."""
        super().__init__(
            f"正在重新计算，约 {self.minutes} 分钟。系统升级后，数字要从日志重算一遍；数据都在，短链与采集照常。"
        )


def words_of(error: BaseException, otherwise: str = UNEXPECTED) -> str:
    """The words of an error that is meant for people; of any other, which only a log can explain, ``otherwise``.

    What merely stops a process says nothing.

    >>> (
    ...     words_of(ForPeople("表里没有日期。请换一份导出。")),
    ...     words_of(KeyError("name"), "请再做一次。"),
    ... )
    ('表里没有日期。请换一份导出。', '请再做一次。')
    """
    if isinstance(error, ValidationError):
        return "".join(error.messages)
    if isinstance(error, ForPeople):
        return str(error)
    return otherwise if isinstance(error, Exception) else ""


def is_for_people(error: BaseException) -> bool:
    return isinstance(error, ForPeople | ValidationError)
