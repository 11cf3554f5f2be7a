"""What the kernel's own rows may hold of a person: words to members, saved questions, answers kept for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shemei.kernel.erasure import blank_texts, is_named
from shemei.kernel.models import IdempotencyRecord, Notification, SavedView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shemei.warehouse.log.tombstones import Erased

TEXTS: tuple[tuple[str, Any, str], ...] = (
    ("通知", Notification, "text"),
    ("保存的视图", SavedView, "title"),
    ("保存的视图", SavedView, "query"),
    ("给程序的答复", IdempotencyRecord, "body"),
)
"""Where, which rows, which text of theirs. An answer stays an answer: a program that asks again is not told twice."""


def erase_texts(person: Erased) -> int:
    return sum(blank_texts(_rows(model, field), field, person) for _, model, field in TEXTS)


def tell_texts(person: Erased) -> list[dict[str, Any]]:
    """The texts that name a person; of answers to programs only that they do, for others may stand in them too."""
    return [
        {"在": where, "内容": text if model is not IdempotencyRecord else "其中有你的号码"}
        for where, model, field in TEXTS
        for text in _texts(model, field)
        if is_named(text, person)
    ]


def forget_words_about(url: str) -> int:
    """Delete what members were told with this page to go to: a row that is erased has none any more."""
    return int(Notification.objects.filter(url=url).delete()[0])


def _rows(model: Any, field: str) -> Iterator[Any]:
    rows: Iterator[Any] = model.objects.exclude(**{field: ""}).only("pk", field).iterator()
    return rows


def _texts(model: Any, field: str) -> list[str]:
    return list(model.objects.exclude(**{field: ""}).values_list(field, flat=True))
