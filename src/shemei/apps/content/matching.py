"""Which post a row of a platform's file means, also where the platform gives no id and the title has changed.

From sure to likely: the post's own id, its link, the same title, the same account and minute of publication, and
last a title that is much alike. The likely ones take a post only once, and only one that no row names surely.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from shemei.apps.content import rules
from shemei.apps.content.models import Post
from shemei.warehouse.vocabulary import SHANGHAI, from_ts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shemei.kernel.imports.kinds import Group

ALIKE = 0.75
MARGIN = 0.05
"""How much more alike the best title must be than the second best."""
AROUND = timedelta(days=2)
MOST_POSTS = 20_000
_MARKS = re.compile(r"[\W_]+")
_NUMBERS = re.compile(
    r"\d+|[一二三四五六七八九十]+(?=[集期弹章回天]|$)|(?<=第)[一二三四五六七八九十]+"
)


def local(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y%m%d%H%M")


def minute(values: dict[str, Any]) -> str:
    return local(from_ts(values["published_at"])) if "published_at" in values else ""


def own_id(values: dict[str, Any]) -> str:
    return values.get("external_id") or rules.identify(values.get("url", ""))[1]


def likeness(a: str, b: str) -> float:
    """How alike two titles are, 0 to 1; different numbers (第 1 集, 第 2 集) are different works.

    >>> likeness("把修护霜放进冰箱！#护肤", "把修护霜放进冰箱") > 0.75
    True
    >>> likeness("换季护肤 第 1 集", "换季护肤 第 2 集")
    0.0
    """
    one, other = _bare(a), _bare(b)
    if not one or not other or _NUMBERS.findall(one) != _NUMBERS.findall(other):
        return 0.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _bare(title: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKC", title).lower())[:200]


class Known:
    """The posts that a chunk of rows may mean, looked up at once; ``find`` then says which one a row means."""

    def __init__(self, groups: Iterable[Group], *, account: str = "", file: str = "") -> None:
        self.account, self.file = account, file
        first = [group[0].values for group in groups]
        self.by_id = self._index("external_id", {own_id(v) for v in first})
        self.by_url = self._index("url", {rules.plain_url(v.get("url", "")) for v in first})
        self.by_title = self._index("title", {v.get("title", "")[:200] for v in first})
        sure = (self._surely(values) for values in first)
        self.taken = {post.pk for post in sure if post}
        self.near = _Near(first)

    @staticmethod
    def _index(field: str, wanted: set[str]) -> dict[tuple[str, str], list[Post]]:
        found: dict[tuple[str, str], list[Post]] = {}
        names = sorted(name for name in wanted if name)
        for start in range(0, len(names), 500):
            rows = Post.objects.filter(**{f"{field}__in": names[start : start + 500]}).with_labels()
            for post in rows.order_by("id"):
                found.setdefault((post.platform, getattr(post, field)), []).append(post)
        return found

    def add(self, post: Post) -> None:
        """One that was just made: the chunk's other rows may mean it too."""
        for index, name in (
            (self.by_id, post.external_id),
            (self.by_url, post.url),
            (self.by_title, post.title),
        ):
            if name:
                index.setdefault((post.platform, name), []).append(post)

    def find(self, values: dict[str, Any]) -> Post | None:
        """The one post that is meant; None where none is known, or several are and nothing tells them apart."""
        if post := self._surely(values):
            return post
        if self._is_ambiguous(values):
            return None
        free = [p for p in self.near.of(values) if p.pk not in self.taken and self._fits(p, values)]
        post = _same_minute(free, values) or _much_alike(free, values)
        if post:
            self.taken.add(post.pk)
        return post

    def _surely(self, values: dict[str, Any]) -> Post | None:
        platform = values["platform"]
        for index, name in (
            (self.by_id, own_id(values)),
            (self.by_url, rules.plain_url(values.get("url", ""))),
        ):
            if name and (same := index.get((platform, name))):
                return same[0]
        return _by_minute(self._titled(values), values)

    def _titled(self, values: dict[str, Any]) -> list[Post]:
        same = self.by_title.get((values["platform"], values.get("title", "")[:200]), [])
        return [post for post in same if self._fits(post, values) and _same_day(post, values)]

    def _is_ambiguous(self, values: dict[str, Any]) -> bool:
        return len(self._titled(values)) > 1

    def _fits(self, post: Post, values: dict[str, Any]) -> bool:
        """Whether nothing in the row contradicts the post: neither its account nor its id.

        Nor its minute, where the same file brought it: a file may hold several works of one title and day.
        """
        account = values.get("account", "") or self.account
        owner = post.account.name if post.account else post.author_name
        if account and owner and owner != account:
            return False
        if self.file and post.batch == self.file and _minute_of(post) != minute(values):
            return False
        return not ((own := own_id(values)) and post.external_id and post.external_id != own)


class _Near:
    """Posts published around the rows' own times, by platform and day."""

    def __init__(self, first: list[dict[str, Any]]) -> None:
        self.by_day: dict[tuple[str, str], list[Post]] = {}
        times = sorted(v["published_at"] for v in first if "published_at" in v)
        if not times:
            return
        span = (from_ts(times[0]) - AROUND, from_ts(times[-1]) + AROUND)
        rows = Post.objects.filter(
            platform__in={v["platform"] for v in first}, published_at__range=span
        )
        for post in rows.with_labels().order_by("-published_at")[:MOST_POSTS]:
            self.by_day.setdefault((post.platform, _minute_of(post)[:8]), []).append(post)

    def of(self, values: dict[str, Any]) -> list[Post]:
        if "published_at" not in values:
            return []
        told = from_ts(values["published_at"])
        days = (told + timedelta(days=n) for n in range(-AROUND.days, AROUND.days + 1))
        return [p for d in days for p in self.by_day.get((values["platform"], local(d)[:8]), [])]


def _minute_of(post: Post) -> str:
    return local(post.published_at) if post.published_at else ""


def _same_day(post: Post, values: dict[str, Any]) -> bool:
    told = minute(values)
    return not told or post.published_at is None or local(post.published_at)[:8] == told[:8]


def _by_minute(posts: list[Post], values: dict[str, Any]) -> Post | None:
    exact = [p for p in posts if p.published_at and local(p.published_at) == minute(values)]
    chosen = exact or posts
    return chosen[0] if len(chosen) == 1 else None


def _says_a_minute(stamp: str) -> bool:
    """Midnight is what a date without a time is read as."""
    return bool(stamp) and not stamp.endswith("0000")


def _same_minute(posts: list[Post], values: dict[str, Any]) -> Post | None:
    """Retitled: a work keeps the minute of its publication. One post of one account has that minute."""
    told = minute(values)
    if not _says_a_minute(told):
        return None
    same = [p for p in posts if p.published_at and local(p.published_at) == told]
    return same[0] if len(same) == 1 else None


def _much_alike(posts: list[Post], values: dict[str, Any]) -> Post | None:
    """Entered by hand, or known by its day alone, and now told with its real time and title."""
    told, title = minute(values), values.get("title", "")
    open_ = [p for p in posts if not (_is_exact(p) and _says_a_minute(told))]
    ranked = sorted(((likeness(p.title, title), p.pk, p) for p in open_), reverse=True)
    if not ranked or ranked[0][0] < ALIKE:
        return None
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < MARGIN:
        return None
    return ranked[0][2]


def _is_exact(post: Post) -> bool:
    """Whether a platform's file told when it was published; what people enter is about right."""
    return bool(post.batch and post.published_at and _says_a_minute(local(post.published_at)))
