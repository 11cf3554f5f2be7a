"""What people are told of an error: its own words where they are meant for people, else one sentence."""

from __future__ import annotations

from django.core.exceptions import ValidationError

UNEXPECTED = "出了没有料到的错，停下了，没有留下做了一半的东西。请再做一次；还是这样，请管理员看服务器的日志。"


class ForPeople(Exception):
    """The text says what happened, where and what to do; a page may show it as it is."""


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
