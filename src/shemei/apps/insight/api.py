"""Figures for programs, below ``/api/v1/figures``. Money is 分, shares are of 1, days are Asia/Shanghai.

Every answer says whether it is exact, of when it is, and how many stand behind a share; an unchanged answer costs a
304 to whoever sends its ETag back.
"""

import hashlib
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema
from pydantic import AfterValidator, model_validator

from shemei.apps.insight import api_answers, api_credits
from shemei.apps.insight.api_answers import AnswerOut, MetricsOut
from shemei.apps.insight.queries import DIMENSIONS
from shemei.kernel.api import FieldProblem, Problem, problem
from shemei.kernel.figures import MODEL_NAMES
from shemei.kernel.http import ApiRequest
from shemei.kernel.periods import Period
from shemei.kernel.permissions import Permission
from shemei.kernel.throttle import AtOnce
from shemei.kernel.views import allow
from shemei.warehouse.catalogue import METRICS
from shemei.warehouse.measures import DIMENSIONS as SPLITS
from shemei.warehouse.questions import QuestionError

router = Router(tags=["指标"])
FRESH = 60
"""Seconds that a client may reuse an answer without asking."""
MOST_DAYS = 731
MOST_METRICS = 12
RETRY = 5
ASKING = AtOnce(most=2, patience=10)
"""Of one key: a question may take seconds of the machine that members work on."""
if TYPE_CHECKING:
    Split = str
    Touch = str
    Model = str
else:
    Split, Touch, Model = (Literal[tuple(keys)] for keys in (SPLITS, DIMENSIONS, MODEL_NAMES))
Offset = Annotated[int, Field(ge=0, le=1_000_000)]
Limit = Annotated[int, Field(ge=1, le=500)]


def _possible(day: date) -> date:
    if not 1990 <= day.year < 2100:
        raise ValueError("年份不在 1990 至 2099 之间")
    return day


Day = Annotated[date, AfterValidator(_possible)]


class Page(Schema):
    """Which rows: ``limit`` of them from ``offset`` on."""

    offset: Offset = 0
    limit: Limit = 100


class Span(Page):
    """Whole days, both included, at most two years."""

    first: Day = Field(alias="from", description="第一天", examples=["2026-11-01"])
    last: Day = Field(alias="to", description="最后一天（含）", examples=["2026-11-30"])

    @model_validator(mode="after")
    def _in_order(self) -> "Span":
        if not 0 <= (self.last - self.first).days < MOST_DAYS:
            raise ValueError(f"from 到 to 是 1 至 {MOST_DAYS} 天")
        return self

    @property
    def period(self) -> Period:
        return Period(self.first, self.last)


def _wrong(name: str, said: str, code: str = "invalid") -> Problem:
    return Problem(422, said, [FieldProblem(where=f"query.{name}", message=said, code=code)])


class Figures(Span):
    metrics: str = Field(
        max_length=400,
        description="指标的键，用逗号隔开，最多 12 个；见 /metrics",
        examples=["clicks,orders,cvr"],
    )
    by: Split | None = Field(None, description="按什么分；不写是合计")

    @property
    def keys(self) -> tuple[str, ...]:
        keys = tuple(dict.fromkeys(key.strip() for key in self.metrics.split(",") if key.strip()))
        wrong = [key for key in keys if key not in METRICS or not METRICS[key].in_log]
        if wrong or not 1 <= len(keys) <= MOST_METRICS:
            said = api_answers.unknown(wrong[0]) if wrong else f"要 1 至 {MOST_METRICS} 个指标。"
            code = "not_one_of" if wrong else "too_many" if keys else "too_few"
            raise _wrong("metrics", said, code)
        if said := api_answers.unsplit(keys, self.by or ""):
            raise _wrong("by", said)
        return keys


class SeriesIn(Figures):
    grain: Literal["day", "week"] = "day"


class CreditIn(Span):
    by: Touch = "channel"
    model: Model | None = Field(None, description="不写是品牌空间选定的模型")


class FunnelIn(Span):
    by: Touch | None = None
    within_days: int = Field(0, ge=0, le=365, description="几天之内走完；0 是整段时间")


class SpreadingIn(Span):
    by: Literal["depth", "page"] = Field(
        "depth",
        description="depth：经过几手，0 是合计；page：落在哪个页面，人多的在前，"
        "第 500 个以后合成最后一行，page 是空文字",
    )


class RetentionIn(Span):
    start: Literal["order", "visit"] = "order"
    back: Literal["order", "visit"] = "order"
    grain: Literal["week", "month"] = "week"


def in_turn(operation: Callable[..., Schema]) -> Callable[..., Schema | HttpResponse]:
    """A question of the log: each key's wait their turn; one that makes no sense is a 422."""

    @wraps(operation)
    def asked(request: ApiRequest, *args: Any, **kwargs: Any) -> Schema | HttpResponse:
        with ASKING.one(request.actor.id) as came:
            if not came:
                return _busy()
            try:
                return operation(request, *args, **kwargs)
            except QuestionError as error:
                raise Problem(422, f"这样问答不了：{error}") from None

    return asked


def cached(
    operation: Callable[..., Schema | HttpResponse],
) -> Callable[..., HttpResponse]:
    """Answer with an ETag, and 304 where the client has this very answer."""

    @wraps(operation)
    def answered(request: ApiRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        told = operation(request, *args, **kwargs)
        if isinstance(told, HttpResponse):
            return told
        body = told.model_dump_json().encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        known = {
            tag.strip().removeprefix("W/")
            for tag in request.headers.get("If-None-Match", "").split(",")
        }
        same = bool(known & {etag, "*"})
        response = HttpResponse(
            b"" if same else body, status=304 if same else 200, content_type="application/json"
        )
        response["ETag"] = etag
        response["Cache-Control"] = f"private, max-age={FRESH}"
        response["Vary"] = "Authorization"
        return response

    return answered


def _busy() -> HttpResponse:
    said = f"每把密钥同时只算 {ASKING.most} 个问题，前面的还没算完。请 {RETRY} 秒后再试。"
    response = problem(429, said)
    response["Retry-After"] = str(RETRY)
    return response


def _answers(shape: type[Schema]) -> dict[int, Any]:
    return {200: shape, 304: None}


@router.get(
    "/metrics", response=_answers(MetricsOut), summary="指标目录：键、名、公式、单位、方向、参考值"
)
@allow(Permission.VIEW)
@cached
def metrics(request: ApiRequest, asked: Query[Page]) -> MetricsOut:
    return api_answers.catalogue(asked.offset, asked.limit)


@router.get("/totals", response=_answers(AnswerOut), summary="一段时间的合计，可按一个维度分")
@allow(Permission.VIEW)
@cached
@in_turn
def totals(request: ApiRequest, asked: Query[Figures]) -> AnswerOut:
    found = api_answers.totals(request.workspace, asked.period, asked.keys, asked.by or "")
    return found.page(asked.offset, asked.limit)


@router.get("/series", response=_answers(AnswerOut), summary="按日或按周的走势")
@allow(Permission.VIEW)
@cached
@in_turn
def series(request: ApiRequest, asked: Query[SeriesIn]) -> AnswerOut:
    found = api_answers.series(
        request.workspace, asked.period, asked.keys, asked.by or "", asked.grain
    )
    return found.page(asked.offset, asked.limit)


@router.get(
    "/attribution", response=_answers(AnswerOut), summary="功劳：订单数、金额、占比与占比的稳定带"
)
@allow(Permission.VIEW)
@cached
@in_turn
def attribution(request: ApiRequest, asked: Query[CreditIn]) -> AnswerOut:
    model = asked.model or request.workspace.attribution_model
    return api_credits.credits(request.workspace, asked.period, asked.by, model).page(
        asked.offset, asked.limit
    )


@router.get(
    "/funnel", response=_answers(AnswerOut), summary="漏斗：触达、兴趣、欲望、行动、分享各多少人"
)
@allow(Permission.VIEW)
@cached
@in_turn
def funnel(request: ApiRequest, asked: Query[FunnelIn]) -> AnswerOut:
    found = api_answers.funnel(request.workspace, asked.period, asked.by or "", asked.within_days)
    return found.page(asked.offset, asked.limit)


@router.get(
    "/spreading",
    response=_answers(AnswerOut),
    summary="传播：转发来的访问经过几手、落在哪些页面，各多少次、多少人、多少个转发的人",
)
@allow(Permission.VIEW)
@cached
@in_turn
def spreading(request: ApiRequest, asked: Query[SpreadingIn]) -> AnswerOut:
    found = api_answers.spreading(request.workspace, asked.period, asked.by)
    return found.page(asked.offset, asked.limit)


@router.get(
    "/retention",
    response=_answers(AnswerOut),
    summary="留存：同一周或月第一次来的人，后来还来的占比",
)
@allow(Permission.VIEW)
@cached
@in_turn
def retention(request: ApiRequest, asked: Query[RetentionIn]) -> AnswerOut:
    found = api_answers.retention(
        request.workspace, asked.period, asked.start, asked.back, asked.grain
    )
    return found.page(asked.offset, asked.limit)
