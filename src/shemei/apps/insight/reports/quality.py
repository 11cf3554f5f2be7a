"""How far the figures can be trusted: where every record is, what was left out, what is missing or late."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Min

from shemei.apps.brand import queries as brand
from shemei.apps.commerce import queries as commerce
from shemei.apps.commerce.queries import RateWanted
from shemei.apps.insight.queries import Board
from shemei.apps.insight.reports.files import about
from shemei.edge.bots import SUSPECT_NAMES
from shemei.edge.useragent import DEVICE_NAMES, IN_APP_NAMES
from shemei.kernel.figures import ask
from shemei.kernel.imports.unfinished import unfinished
from shemei.kernel.lists import Column, Table, Tables
from shemei.kernel.models import FactRecord, OutboxEvent
from shemei.kernel.periods import Period, today
from shemei.kernel.registry import Named, names_of
from shemei.warehouse import questions
from shemei.warehouse.channels import channel_name
from shemei.warehouse.log.confirming import UNCONFIRMED
from shemei.warehouse.log.loader import Accounting, accounting
from shemei.warehouse.vocabulary import KIND_NAMES, SHANGHAI, date_of, from_ts, int_day

if TYPE_CHECKING:
    from shemei.kernel.imports.models import ImportBatch
    from shemei.kernel.workspace import Workspace

LEFT_OUT = ("clicks", "visits", "leads", "orders")
REASONS = {**SUSPECT_NAMES, UNCONFIRMED: "订单只有网站代码报过，等店铺核实"}
GAPS = (3, 7, 14, 30)
LOOKED_BACK = 90
LEFT_OUT_COLUMNS = (
    Column("name", "原因", lambda row: row.name),
    Column("clicks", "点击", lambda row: row.clicks, "num"),
    Column("visits", "访问", lambda row: row.visits, "num"),
    Column("leads", "留资", lambda row: row.leads, "num"),
    Column("orders", "订单", lambda row: row.orders, "num"),
    Column("total", "合计", lambda row: row.total, "num"),
)
GAP_COLUMNS = (
    Column("name", "来源", lambda row: row.name),
    Column("what", "什么数据", lambda row: row.what),
    Column("last", "最后一天", lambda row: row.last, "date"),
    Column("days", "多久了", lambda row: row.days, "num", unit="天"),
)
SOURCE_COLUMNS = (
    Column("name", "数据", lambda row: row.name),
    Column("note", "从哪来", lambda row: row.note),
    Column("at", "最近一条", lambda row: row.at, "datetime"),
)
MOST_ROWS = 2_000
LATE = timedelta(minutes=10)
SOURCES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("短链点击", ("click",), "来自短链入口，几秒内到"),
    ("网站访问", ("visit", "view"), "来自网站代码，几秒内到"),
    ("订单", ("order",), "来自导入、接口或网站代码"),
    ("内容数据", ("impression", "engage", "follow"), "来自各平台的导入"),
    ("花费", ("spend",), "来自导入或手工填写"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectRow:
    """Hits that were left out for one reason."""

    reason: str
    name: str
    clicks: int
    visits: int
    leads: int
    orders: int
    percent: float = 0.0

    @property
    def total(self) -> int:
        return self.clicks + self.visits + self.leads + self.orders


@dataclass(frozen=True, slots=True)
class GapRow:
    """Something that should bring data and when it last did."""

    key: str
    name: str
    platform: str
    what: str
    last: date | None
    days: int | None

    @property
    def words(self) -> str:
        if self.last is None:
            return f"近 {LOOKED_BACK} 天没有数据"
        return f"{self.days} 天没有数据"


@dataclass(frozen=True, slots=True)
class SourceRow:
    name: str
    note: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Events and facts of this brand that have not been handed on."""

    events: int
    facts: int
    stuck: int
    since: datetime | None

    @property
    def is_late(self) -> bool:
        return self.since is not None and datetime.now(SHANGHAI) - self.since > LATE


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """One event or order that does not count, as a row."""

    at: datetime
    what: str
    reason: str
    channel: str
    link: str
    href: str
    region: str = ""
    referrer: str = ""
    order: str = ""
    in_app: str = ""
    device: str = ""


class Quality:
    """The page of one brand; each part is worked out when the template asks for it."""

    def __init__(self, board: Board, quiet: int) -> None:
        self.board, self.quiet = board, quiet

    @cached_property
    def accounting(self) -> Accounting:
        """Of the whole installation: the spool does not tell brands apart."""
        return accounting(settings.SHEMEI_HOME)

    @cached_property
    def waiting(self) -> Waiting:
        events = OutboxEvent.objects.all()
        facts = FactRecord.objects.filter(handled_at=None)
        oldest = [
            rows.aggregate(at=Min("created_at"))["at"]
            for rows in (events, facts.filter(attempts=0))
        ]
        return Waiting(
            events.count(),
            facts.count(),
            facts.filter(attempts__gt=0).count(),
            min((at for at in oldest if at), default=None),
        )

    # left out ----------------------------------------------------------------------------------------

    @cached_property
    def _by_reason(self) -> dict[str, dict[str, int]]:
        board = self.board
        question = questions.Totals(
            board.workspace.key, board.period.first_day, board.period.last_day,
            metrics=LEFT_OUT, by=("suspect",), include_suspect=True,
        )  # fmt: skip
        return {row["suspect"]: row for row in ask(question).rows.to_pylist()}

    @cached_property
    def suspects(self) -> list[SuspectRow]:
        found = [
            SuspectRow(
                reason=reason,
                name=reason_name(reason),
                clicks=row["clicks"],
                visits=row["visits"],
                leads=row["leads"],
                orders=row["orders"],
            )
            for reason, row in self._by_reason.items()
            if reason
        ]
        most = max((row.total for row in found), default=0) or 1
        shown = [replace(row, percent=100 * row.total / most) for row in found]
        return sorted(shown, key=lambda row: -row.total)

    @property
    def left_out(self) -> int:
        return sum(row.total for row in self.suspects)

    @property
    def left_out_share(self) -> float | None:
        counted = self._by_reason.get("", {})
        good = sum(counted.get(key, 0) for key in LEFT_OUT)
        return self.left_out / (good + self.left_out) if good + self.left_out else None

    # missing -----------------------------------------------------------------------------------------

    @cached_property
    def gaps(self) -> list[GapRow]:
        """Accounts and channels that have brought nothing for so many days, the longest first."""
        rows = [row for row in (*self._accounts, *self._channels) if self._is_gap(row)]
        return sorted(rows, key=lambda row: -(row.days if row.days is not None else 10**6))

    def _is_gap(self, row: GapRow) -> bool:
        return row.days is None or row.days >= self.quiet

    @cached_property
    def _accounts(self) -> list[GapRow]:
        last = self._last_days("platform_account", ("impressions", "engagements", "follows"))
        return [
            self._gap(one.key, one.name, one.platform, "平台账号", last.get(one.key))
            for one in brand.accounts(self.board.workspace)
        ]

    @cached_property
    def _channels(self) -> list[GapRow]:
        last = self._last_days("channel", ("clicks", "visits"))
        return [
            self._gap(key, channel_name(key), key, "渠道的点击与访问", day)
            for key, day in last.items()
            if key
        ]

    def _gap(self, key: str, name: str, platform: str, what: str, day: date | None) -> GapRow:
        days = (today() - day).days if day else None
        return GapRow(key, name, platform, what, day, days)

    def _last_days(self, by: str, metrics: tuple[str, ...]) -> dict[str, date]:
        day = today()
        question = questions.Series(
            self.board.workspace.key, int_day(day - timedelta(LOOKED_BACK)), int_day(day),
            metrics=metrics, by=(by,),
        )  # fmt: skip
        rows = ask(question).rows.to_pylist()
        return {row[by]: date_of(row["bucket"]) for row in rows}

    @property
    def watched(self) -> int:
        return len(self._accounts) + len(self._channels)

    # late --------------------------------------------------------------------------------------------

    @property
    def as_of(self) -> datetime | None:
        return self.board.as_of

    @cached_property
    def sources(self) -> list[SourceRow]:
        return [SourceRow(name, note, self._newest(kinds)) for name, kinds, note in SOURCES]

    def _newest(self, kinds: tuple[str, ...]) -> datetime | None:
        question = questions.Rows(
            self.board.workspace.key, int_day(today() - timedelta(400)), int_day(today()),
            kinds=kinds, limit=1,
        )  # fmt: skip
        rows = ask(question).rows.to_pylist()
        return from_ts(rows[0]["ts"]) if rows else None

    @cached_property
    def imports(self) -> list[ImportBatch]:
        """Files that are not in as a whole, the same as among the to-dos."""
        return unfinished()

    @cached_property
    def rates_wanted(self) -> list[RateWanted]:
        """Orders of another currency that are in no figure until somebody says a rate; of all days."""
        return commerce.rates_wanted(self.board.workspace)

    @property
    def tables(self) -> Tables:
        """What can be taken along: what was left out, what is missing, when the newest came."""
        counted = "带着原因留在日志里，不计入看板与归因"
        quiet = (
            f"{self.quiet} 天以上没有数据的账号与渠道；「多久了」空着的，近 {LOOKED_BACK} 天都没有"
        )
        found = (
            Table("left_out", "没有计入的", LEFT_OUT_COLUMNS, lambda: self.suspects, (counted,), some=bool(self.suspects)),
            Table("gaps", "断了的来源", GAP_COLUMNS, lambda: self.gaps, (quiet,), some=bool(self.gaps)),
            Table("newest", "最近一条", SOURCE_COLUMNS, lambda: self.sources, some=any(row.at for row in self.sources)),
        )  # fmt: skip
        return Tables("数据质量报表", found, about(self.board))

    @property
    def remarks(self) -> list[tuple[str, str]]:
        """What is wrong, in short sentences with their tone; nothing where all is well."""
        found = []
        if self.accounting.failed:
            found.append(("danger", f"{self.accounting.failed:,} 条没能入库"))
        if self.waiting.stuck:
            found.append(("warn", f"{self.waiting.stuck:,} 件后台工作出过错，正在重试"))
        if self.waiting.is_late:
            found.append(("warn", "有数据等了 10 分钟以上还没交出去"))
        if self.gaps:
            found.append(("warn", f"{len(self.gaps)} 处 {self.quiet} 天以上没有数据"))
        found += [("warn", one.sentence) for one in self.rates_wanted]
        if self.imports:
            found.append(("warn", f"{len(self.imports)} 份导入没有全进来"))
        return found


def reason_name(reason: str) -> str:
    return REASONS.get(reason, reason)


def left_out_rows(workspace: Workspace, period: Period, reason: str = "") -> list[LeftOut]:
    """What does not count, the newest first, with why; of all reasons or of one.

    An order that waits for its shop is left out where orders are put together: its event is not.
    """
    wanted = [reason] if reason else [key for key in REASONS if key]
    asked = workspace.key, period.first_day, period.last_day
    events = tuple(("suspect", one) for one in wanted if one != UNCONFIRMED)
    rows: list[tuple[dict[str, Any], Callable[..., LeftOut]]] = []
    if events:
        found = ask(questions.Rows(*asked, where=events, limit=MOST_ROWS)).rows.to_pylist()
        rows += [(row, _of_event) for row in found]
    if UNCONFIRMED in wanted:
        waiting = questions.Orders(*asked, where=(("suspect", UNCONFIRMED),), limit=MOST_ROWS)
        rows += [(row, _of_order) for row in ask(waiting).rows.to_pylist()]
    rows = sorted(rows, key=lambda pair: -pair[0]["ts"])[:MOST_ROWS]
    links = names_of("link", workspace, {row["link"] for row, _ in rows})
    return [made(row, links.get(row["link"])) for row, made in rows]


def _of_event(row: dict[str, Any], link: Named | None) -> LeftOut:
    return LeftOut(
        at=from_ts(row["ts"]).astimezone(SHANGHAI),
        what=KIND_NAMES.get(row["kind"], row["kind"]),
        reason=reason_name(row["suspect"]),
        channel=row["channel"],
        link=link.name if link else "",
        href=link.url if link else "",
        region=row["region"],
        referrer=row["referrer_host"],
        order=row["order_id"],
        in_app=IN_APP_NAMES.get(row["in_app"], row["in_app"]),
        device=DEVICE_NAMES.get(row["device"], row["device"]),
    )


def _of_order(row: dict[str, Any], link: Named | None) -> LeftOut:
    """Put together of several tellings, it has no one place or device."""
    return LeftOut(
        at=from_ts(row["ts"]).astimezone(SHANGHAI),
        what=KIND_NAMES["order"],
        reason=reason_name(row["suspect"]),
        channel=row["channel"],
        link=link.name if link else "",
        href=link.url if link else "",
        order=row["order_id"],
    )
