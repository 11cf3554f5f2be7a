"""The two ways to follow people through a funnel, as parts of its query.

Following is quick: from each person's first start to the soonest next step, one aggregate for each
step, nothing sorted. It is exact where no later start could lead further, which is so without a
limit of days, and with one for everybody whose first start stays within it. Trying every start is
what the others need; windows do that, over these people's events alone.

A row's place in a person's line is one number, ``ts * PLACES`` and the rank of what it is: what
happened at the same moment happened in the order of the steps. Rows that are alike in that have the
same place, so following cannot tell two of them apart; it has to where one event may be either of
two steps that follow each other, and there every start is tried.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from shemei.warehouse.computed.tables import DAY_MICROS, named, quoted, render
from shemei.warehouse.flows import MOST_STEPS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shemei.warehouse.answers.asking import View
    from shemei.warehouse.catalogue import Step
    from shemei.warehouse.flows import Funnel

PLACES = 1 << MOST_STEPS
_BEYOND = "JOIN (SELECT person FROM walked WHERE beyond = 1) AS b ON b.person = d.person"


def may_follow(steps: Iterable[Step]) -> bool:
    """Whether no event can be either of two steps that follow each other.

    Examples
    --------
    >>> from shemei.warehouse.catalogue import DEFAULT_FUNNEL, Step
    >>> may_follow(DEFAULT_FUNNEL)
    True
    >>> may_follow([Step("a", ("order",)), Step("b", ("order",))])
    False
    """
    return not any(_share(a, b) for a, b in pairwise(steps))


def _share(a: Step, b: Step) -> bool:
    actions = not a.actions or not b.actions or not {*a.actions}.isdisjoint(b.actions)
    return actions and not {*a.kinds}.isdisjoint(b.kinds)


def rule(view: View, question: Funnel, number: int) -> str:
    """Return the condition of a row being step ``number``; only the first step is filtered."""
    step = question.steps[number - 1]
    kinds = tuple(("kind", kind) for kind in step.kinds)
    actions = tuple(("action", action) for action in step.actions)
    where = view.conditions(question.where) if number == 1 else ""
    return f"1 = 1{view.conditions((*kinds, *actions))}{where}"


def deeds(view: View, question: Funnel, steps: Iterable[Step]) -> str:
    """Return the query of all that may be one of some steps: persons, moments and dimensions."""
    kinds = {kind for step in steps for kind in step.kinds}
    needed = sorted({*question.by, *(name for name, _ in question.where)})
    values: dict[str, str | int] = {
        **view.common(question),
        "acts": view.source("acts", question.first, question.last),
        "orders": view.source("orders"),
        "kinds": quoted(sorted(kinds - {"order"})),
        "a_dims": "".join(f", a.{name} AS {name}" for name in needed),
        "o_dims": "".join(f", o.{name} AS {name}" for name in needed),
    }
    parts = ["funnel_deeds"] if kinds - {"order"} else []
    parts += ["funnel_orders"] if "order" in kinds else []
    return " UNION ALL ".join(render(part, values) for part in parts)


def followed(view: View, question: Funnel) -> Iterable[str]:
    """Return definitions up to ``walked``: people with the moments of their steps.

    Each table is asked for once by the next, for engines that read it anew each time. ``beyond`` is 1
    where a step lies past the limit of days.
    """
    by, count = question.by, len(question.steps)
    yield from _starts(_placed(view, question, 1), by)
    for n in range(2, count + 1):
        kept = [*by, *(f"at_{k}" for k in range(1, n))]
        yield (
            f"reached_{n} AS (SELECT r.person AS person,"
            f" {', '.join(f'MIN(r.{key}) AS {key}' for key in kept)},"
            f" MIN(CASE WHEN d.place > r.at_{n - 1} THEN d.place END) AS at_{n}"
            f" FROM reached_{n - 1} AS r LEFT JOIN ({_placed(view, question, n)}) AS d"
            f" ON d.person = r.person GROUP BY r.person)"
        )
    names = "".join(f"{name}, " for name in by)
    times = ", ".join(f"{_moment(f'at_{n}')} AS t_{n}" for n in range(1, count + 1))
    yield f"walked AS (SELECT person, {names}{times}, {_beyond(question)} FROM reached_{count})"


def _beyond(question: Funnel) -> str:
    last = f"COALESCE({', '.join(f'at_{n}' for n in range(len(question.steps), 0, -1))}, at_1)"
    limit = question.within_days * DAY_MICROS * PLACES
    past = f"{_moment(last)} - {_moment('at_1')} > {limit}" if limit else "1 = 0"
    return f"CASE WHEN {past} THEN 1 ELSE 0 END AS beyond"


def _starts(rows: str, by: tuple[str, ...]) -> Iterable[str]:
    """Return the first start of everybody; of several at that moment, the first by name is told."""
    first = f"SELECT person, MIN(place) AS at_1 FROM ({rows}) AS d GROUP BY person"
    if not by:
        yield f"reached_1 AS ({first})"
        return
    yield f"earliest AS ({first})"
    yield (
        f"starts AS (SELECT e.person AS person, e.at_1 AS at_1, {named(by, 'd.')},"
        f" ROW_NUMBER() OVER (PARTITION BY e.person ORDER BY {', '.join(f'd.{n}' for n in by)})"
        f" AS turn FROM earliest AS e JOIN ({rows}) AS d ON d.person = e.person"
        f" WHERE {_moment('d.place')} = {_moment('e.at_1')})"
    )
    yield f"reached_1 AS (SELECT person, {', '.join(by)}, at_1 FROM starts WHERE turn = 1)"


def _placed(view: View, question: Funnel, number: int) -> str:
    """Return the query of a step's rows with their place in line."""
    count = len(question.steps)
    rank = " + ".join(
        f"CASE WHEN {rule(view, question, n)} THEN 0 ELSE {1 << (count - n)} END"
        for n in range(1, count + 1)
    )
    by = "".join(f", {name}" for name in question.by) if number == 1 else ""
    rows = deeds(view, question, [question.steps[number - 1]])
    return (
        f"SELECT person, ts * {PLACES} + {rank} AS place{by} FROM ({rows}) AS s"
        f" WHERE person <> 0 AND {rule(view, question, number)}"
    )


def _moment(place: str) -> str:
    """Return the expression of a place's moment, in parts of a microsecond."""
    return f"({place} - {place} % {PLACES})"


def tried(view: View, question: Funnel, *, limited: bool) -> str:
    """Return definitions up to ``ranked``: starts with their steps, the best of a person the first."""
    count, by = len(question.steps), question.by
    values: dict[str, str | int] = {
        "deeds": deeds(view, question, question.steps),
        "only": _BEYOND if limited else "",
        "d_list": "".join(f"d.{name} AS {name}, " for name in by),
        "by_list": "".join(f"{name}, " for name in by),
        "then_by": "".join(f", {name}" for name in by),
        "then_soonest": "".join(f", t_{n}" for n in range(2, count + 1)),
        "marks": ", ".join(
            f"CASE WHEN {rule(view, question, n)} THEN 1 ELSE 0 END AS is_{n}"
            for n in range(1, count + 1)
        ),
        "levels": "".join(f"{level},\n" for level in _levels(count, by)),
        "nearest": "ahead_1" if count > 1 else "marked",
        "times": _times(count, question.within_days),
        "reached": " + ".join(
            ("1", *(f"CASE WHEN t_{n} IS NULL THEN 0 ELSE 1 END" for n in range(2, count + 1)))
        ),
    }
    return render("funnel_windows", values)


def _levels(count: int, by: Iterable[str]) -> Iterable[str]:
    """Return what each row of a step knows of the steps after it, the last step's first."""
    marks = [f"is_{n}" for n in range(1, count + 1)]
    order = ", ".join(("ts DESC", *marks, *(f"{name} DESC" for name in by)))
    over = (
        f"OVER (PARTITION BY person ORDER BY {order}"
        " ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    )
    for level in range(count - 1, 0, -1):
        after = level + 1
        told = [(after, "ts"), *((n, f"at_{after}_{n}") for n in range(after + 1, count + 1))]
        found = ", ".join(
            f"MIN(CASE WHEN is_{after} = 1 THEN {time} END) {over} AS at_{level}_{n}"
            for n, time in told
        )
        before = f"ahead_{after}" if after < count else "marked"
        yield f"ahead_{level} AS (SELECT {before}.*, {found} FROM {before})"


def _times(count: int, within_days: int) -> str:
    limit = within_days * DAY_MICROS
    return ", ".join(
        [
            f"CASE WHEN at_1_{n} - ts <= {limit} THEN at_1_{n} END AS t_{n}"
            if limit
            else f"at_1_{n} AS t_{n}"
            for n in range(2, count + 1)
        ]
        or ["1 AS alone"]
    )


def best(question: Funnel, *, quick: bool, limited: bool) -> str:
    """Return the query of everybody who started, with the moments of the steps of the best start."""
    steps = range(1, len(question.steps) + 1)
    head = "".join(f"{name}, " for name in question.by)
    parts = []
    if quick:
        parts.append(f"SELECT {head}{_list(f't_{n}' for n in steps)} FROM walked WHERE beyond = 0")
    if limited or not quick:
        times = _list(f"t_{n} * {PLACES} AS t_{n}" for n in steps)
        parts.append(f"SELECT {head}{times} FROM ranked WHERE place = 1")
    return "\n    UNION ALL\n    ".join(parts)


def waits(question: Funnel) -> str:
    """Return the query of how long everybody needed for each step after the first."""
    by = "".join(f"b.{name} AS {name}, " for name in question.by)
    steps = range(2, len(question.steps) + 1)
    if not steps:
        return f"SELECT {by}2 AS step, b.t_1 AS waited FROM best AS b WHERE 1 = 0"
    waited = " ".join(f"WHEN n.step = {n} THEN b.t_{n} - b.t_{n - 1}" for n in steps)
    numbers = " UNION ALL ".join(f"SELECT {n} AS step" for n in steps)
    every = f"SELECT {by}n.step AS step, CASE {waited} END AS waited"
    return f"SELECT * FROM ({every} FROM best AS b CROSS JOIN ({numbers}) AS n) AS w WHERE waited IS NOT NULL"


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
