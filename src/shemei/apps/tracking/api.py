"""What a server tells of its visitors, below ``/api/v1/events``: checked whole, stored once, then answered.

It lies in the web and not at the edge because a key, its scopes and its end live in the database. The answer
comes after the transaction that holds the events, so it means the same as the edge's: stored.
"""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from ninja import Field, Router, Schema
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    StringConstraints,
    field_validator,
    model_validator,
)

from shemei.apps.tracking.actions.events import take_events
from shemei.apps.tracking.server_events import MOST_PROPS, Told, private_names, wrong_time
from shemei.edge.collect import PLATFORMS
from shemei.engines.phones import mobile
from shemei.kernel.api import FieldProblem, Problem, idempotent
from shemei.kernel.http import ApiRequest
from shemei.kernel.imports import cells
from shemei.kernel.imports.errors import CellError
from shemei.kernel.permissions import Permission as P
from shemei.kernel.views import allow
from shemei.warehouse.vocabulary import SHANGHAI

router = Router(tags=["事件"])
MOST_EVENTS = 500
Kind = Literal[
    "visit", "view", "engage", "follow", "lead", "add_friend", "join_group", "invite", "claim",
    "check_in", "redeem", "custom",
]  # fmt: skip
Platform = Literal["wechat", "channels", "wecom", "weibo", "douyin", "kuaishou", "xhs", "bilibili"]
assert set(Platform.__args__) == PLATFORMS  # type: ignore[attr-defined]
_PLAIN = r"^[^\x00-\x1f]*$"
Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64, pattern=_PLAIN)]
Utm = Annotated[str, StringConstraints(strip_whitespace=True, max_length=256, pattern=_PLAIN)]


def _timely(moment: datetime) -> datetime:
    """A time without a zone is Asia/Shanghai."""
    whole = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    if why := wrong_time(whole):
        raise ValueError(why)
    return whole


class EventIn(BaseModel):
    """Something that happened between a person and the brand, told by a server of the brand."""

    model_config = ConfigDict(extra="forbid")
    event_id: UUID = Field(description="由你生成。重发用同一个，只记一次")
    kind: Kind = Field(description="下单和退款请用 /orders")
    time: Annotated[datetime, AfterValidator(_timely)] = Field(
        description="何时发生：30 天前至 5 分钟后；不带时区按北京时间"
    )
    visitor: str = Field("", pattern=r"^([A-Za-z0-9_-]{8,64})?$", description="网站代码的访客号")
    phone: str = Field("", max_length=24, description="只存摘要")
    openid: str = Field("", pattern=r"^([A-Za-z0-9_-]{6,64})?$", description="只存摘要")
    click_id: UUID | None = Field(None, description="短链带来的 _c")
    action: Word = Field("", description="custom 必填：事件的名字")
    url: str = Field(
        "", max_length=2048, description="只取路径、UTM、_c；visit 还取 _sh，渠道就可能是朋友转发"
    )
    referrer: str = Field("", max_length=2048, description="只取域名")
    user_agent: str = Field("", max_length=1024, description="用来认设备、应用和爬虫，不存")
    platform: Platform | None = None
    utm_source: Utm = ""
    utm_medium: Utm = ""
    utm_campaign: Utm = ""
    utm_content: Utm = ""
    utm_term: Utm = ""
    promo_code: Word = ""
    order_id: Word = ""
    amount: Annotated[int, Field(ge=0, le=10**12)] = Field(0, description="分")
    quantity: Annotated[int, Field(ge=1, le=10**6)] = 1
    region: Word = ""
    props: dict[str, Any] = Field({}, description="至多 4 KB；个人信息不收")

    @field_validator("props")
    @classmethod
    def _small_and_not_private(cls, props: dict[str, Any]) -> dict[str, Any]:
        if names := private_names(props):
            raise ValueError(f"不收 {'、'.join(names)}：用 phone、openid 字段，存的是摘要")
        try:
            size = len(orjson.dumps(props))
        except (orjson.JSONEncodeError, TypeError):
            raise ValueError("嵌套太深，或有存不下的内容") from None
        if size > MOST_PROPS:
            raise ValueError(f"最大 {MOST_PROPS} 字节")
        return props

    @field_validator("visitor")
    @classmethod
    def _no_phone(cls, text: str) -> str:
        if mobile(text):
            raise ValueError("这是手机号，不是访客号。请写进 phone，存的是摘要")
        return text

    @field_validator("phone")
    @classmethod
    def _a_phone(cls, text: str) -> str:
        try:
            number = cells.phone(text) if text.strip() else ""
        except CellError as error:
            raise ValueError(str(error)) from None
        if number.startswith("*") or "*" in text:
            raise ValueError("中间打了星号，认不出是谁；要完整的号码，没有就留空")
        return number

    @model_validator(mode="after")
    def _named(self) -> "EventIn":
        if self.kind == "custom" and not self.action:
            raise ValueError("自定义事件要有名字（action）")
        return self


def _one_too(schema: dict[str, Any]) -> None:
    """The document says that one event may come without a list around it."""
    listed = dict(schema)
    schema.clear()
    schema["anyOf"] = [listed, listed["properties"]["events"]["items"]]
    schema["title"] = "EventsIn"


class EventsIn(BaseModel):
    """Up to 500 events, or one event as it is."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_one_too)
    events: list[EventIn] = Field(min_length=1, max_length=MOST_EVENTS)

    @model_validator(mode="before")
    @classmethod
    def _listed(cls, body: Any) -> Any:
        alone = isinstance(body, dict) and "events" not in body
        return {"events": [body]} if alone else body


class EventOut(Schema):
    """What became of one event, in the order they came."""

    event_id: UUID
    result: Literal["accepted", "duplicate"]


class EventsOut(Schema):
    """All that was sent is stored: now (``accepted``) or by an earlier request (``duplicates``)."""

    accepted: int
    duplicates: int
    events: list[EventOut]


@router.post(
    "/events",
    response={202: EventsOut},
    summary="上报 1 至 500 个事件；有一个不对，整批不收；同一编号只记一次",
)
@allow(P.EVENTS)
@idempotent
def send_events(request: ApiRequest, payload: EventsIn) -> Any:
    told = [Told(**_fields(event)) for event in payload.events]
    try:
        fresh = take_events(request.workspace, told, by=request.actor)
    except ValueError as error:
        raise Problem(422, str(error), [FieldProblem(where="events", message=str(error))]) from None
    results, left = [], set(fresh)
    for event in payload.events:
        is_new = str(event.event_id) in left
        left.discard(str(event.event_id))
        results.append(
            EventOut(event_id=event.event_id, result="accepted" if is_new else "duplicate")
        )
    out = EventsOut(accepted=len(fresh), duplicates=len(told) - len(fresh), events=results)
    return 202, out


def _fields(event: EventIn) -> dict[str, Any]:
    """Plain values: ids as text, nothing as an empty text."""
    values = event.model_dump()
    for name in ("event_id", "click_id", "platform"):
        values[name] = str(values[name] or "")
    return values
