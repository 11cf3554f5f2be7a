"""What is left out of the clicks of a brand, why, and what looks odd among those that count."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from shemei.apps.tracking import suspicion
from shemei.apps.tracking.figures import shared
from shemei.apps.tracking.models import Link, Site
from shemei.edge.bots import SUSPECT_NAMES
from shemei.edge.useragent import DEVICE_NAMES
from shemei.kernel.figures import ask
from shemei.portal.charts import Chart, Series
from shemei.warehouse import questions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shemei.kernel.periods import Period
    from shemei.kernel.workspace import Workspace

LOOKED_AT = 10_000
SHOWN_LINKS = 12


@dataclass(frozen=True, slots=True)
class Reason:
    """Why clicks were left out, and how many."""

    key: str
    name: str
    clicks: int
    percent: float


@dataclass(frozen=True, slots=True)
class Touched:
    """A link whose clicks were left out in part."""

    key: str
    name: str
    counted: int
    left_out: int
    reason: str


@dataclass(frozen=True, slots=True)
class Hint:
    """Something odd that counts all the same."""

    key: str
    name: str
    text: str
    at: Any = None


@dataclass(frozen=True, slots=True)
class SuspectReport:
    counted: int
    left_out: int
    reasons: list[Reason]
    links: list[Touched]
    trend: Chart
    latest: list[shared.Seen]
    hints: list[Hint]
    looked_at: int
    knows_arrivals: bool
    as_of: Any
    counts: dict[str, Counter[str]]

    def count_of(self, reason: str, link: str = "") -> int:
        """How many clicks were left out for a reason, of one link or of all."""
        rows = [self.counts[link]] if link in self.counts else self.counts.values()
        return sum(counts[reason] for counts in rows)

    @property
    def share(self) -> float | None:
        total = self.counted + self.left_out
        return self.left_out / total if total else None


def suspect_report(workspace: Workspace, period: Period, reason: str = "") -> SuspectReport:
    """Everything the page shows; ``reason`` narrows the list of single clicks."""
    by_link = _by_link(workspace, period)
    reasons: Counter[str] = Counter()
    for counts in by_link.values():
        reasons.update(counts)
    counted = reasons.pop("", 0)
    names = _names(by_link)
    clicks, as_of = shared.rows(workspace, period, (), kinds=("click",), limit=LOOKED_AT)
    hosts = [host for site in Site.objects.filter(is_active=True) for host in site.hosts]
    return SuspectReport(
        counted=counted,
        left_out=reasons.total(),
        reasons=_reasons(reasons),
        links=_touched(by_link, names),
        trend=_trend(workspace, period),
        latest=_latest(workspace, period, reason),
        hints=[
            *_rushes(clicks, names),
            *_lost(workspace, period, clicks, hosts, names),
        ],
        looked_at=len(clicks),
        knows_arrivals=bool(hosts),
        as_of=as_of,
        counts=by_link,
    )


def _by_link(workspace: Workspace, period: Period) -> dict[str, Counter[str]]:
    rows = shared.totals(
        workspace, period, ("clicks",), by=("link", "suspect"), include_suspect=True
    )
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        found[row["link"]][row["suspect"]] += row["clicks"] or 0
    return found


def _names(keys: Iterable[str]) -> dict[str, str]:
    return dict(Link.objects.filter(key__in=list(keys)).values_list("key", "name"))


def _reasons(counts: Counter[str]) -> list[Reason]:
    most = max(counts.values(), default=0)
    return [
        Reason(key, SUSPECT_NAMES.get(key, key), n, 100 * n / most)
        for key, n in counts.most_common()
        if n
    ]


def _touched(by_link: dict[str, Counter[str]], names: dict[str, str]) -> list[Touched]:
    rows = []
    for key, counts in by_link.items():
        bad = Counter({reason: n for reason, n in counts.items() if reason and n})
        if key in names and bad:
            main = bad.most_common(1)[0][0]
            told = SUSPECT_NAMES.get(main, main)
            rows.append(Touched(key, names[key], counts[""], bad.total(), told))
    return sorted(rows, key=lambda row: -row.left_out)[:SHOWN_LINKS]


def _trend(workspace: Workspace, period: Period) -> Chart:
    question = questions.Series(
        **shared.span(workspace, period), metrics=("clicks",), by=("suspect",), include_suspect=True
    )
    per_day: dict[bool, Counter[int]] = {False: Counter(), True: Counter()}
    for row in ask(question).rows.to_pylist():
        per_day[bool(row["suspect"])][row["bucket"]] += row["clicks"] or 0
    days = shared.days(period)
    bad = Series("没计入", tuple(per_day[True][day] for day in days))
    return shared.chart("suspect-clicks", period, [bad] if any(bad.values) else [])


def _latest(workspace: Workspace, period: Period, reason: str) -> list[shared.Seen]:
    where = (("suspect", reason),) if reason else ()
    limit = shared.SHOWN_ROWS if reason else shared.MOST_ROWS
    rows, _ = shared.rows(
        workspace, period, where, kinds=("click",), limit=limit, include_suspect=True
    )
    return [shared.seen(row) for row in rows if row["suspect"]][: shared.SHOWN_ROWS]


def _rushes(clicks: list[dict[str, Any]], names: dict[str, str]) -> list[Hint]:
    return [
        Hint(
            burst.link,
            names[burst.link],
            f"{suspicion.BURST_SECONDS} 秒里 {burst.clicks} 个新访客，"
            f"都是{shared.in_app_name(burst.in_app)}、{DEVICE_NAMES.get(burst.device, '其他设备')}",
            shared.moment(burst.ts),
        )
        for burst in suspicion.bursts(clicks)
        if burst.link in names
    ][:SHOWN_LINKS]


def _lost(
    workspace: Workspace,
    period: Period,
    clicks: list[dict[str, Any]],
    hosts: list[str],
    names: dict[str, str],
) -> list[Hint]:
    """Only links that lead to a site with the tag can be judged by who arrives there."""
    leads_home = {
        key
        for key, url in Link.objects.filter(key__in=list(names)).values_list("key", "url")
        if any(_below(urlsplit(url).hostname or "", host) for host in hosts)
    }
    wanted = [row for row in clicks if row["link"] in leads_home]
    if not wanted:
        return []
    visits, _ = shared.rows(workspace, period, (), kinds=("visit", "view"), limit=LOOKED_AT)
    if len(visits) == LOOKED_AT:
        wanted = [row for row in wanted if row["ts"] >= visits[-1]["ts"]]
    until = max((row["ts"] for row in [*wanted, *visits]), default=0)
    return [
        Hint(one.link, names[one.link], f"{one.clicks:,} 次点击，只有 {one.arrived:,} 次到站")
        for one in suspicion.unarrived(wanted, visits, until)
    ][:SHOWN_LINKS]


def _below(host: str, site: str) -> bool:
    return host == site or host.endswith(f".{site}")
