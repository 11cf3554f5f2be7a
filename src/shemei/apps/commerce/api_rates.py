"""Exchange rates for programs, below ``/api/v1/rates``: a back-end that knows them may keep them up to date."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from ninja import Field, Router, Schema

from shemei.apps.commerce import rates
from shemei.apps.commerce.api import refused
from shemei.apps.commerce.models import ExchangeRate
from shemei.apps.commerce.rules import rate_words
from shemei.kernel.http import ApiRequest
from shemei.kernel.permissions import Permission as P
from shemei.kernel.views import allow

router = Router(tags=["订单"])
Day = Annotated[date, Field(description="从哪天起，上海日期")]


class RateIn(Schema):
    """What one unit of a currency is worth from a day on. The same currency and day again corrects that rate."""

    model_config = {"extra": "forbid"}
    currency: str = Field(pattern="^[A-Z]{3}$", examples=["GBP", "USD", "JPY"])
    since: Day
    rate: Annotated[
        Decimal,
        Field(
            gt=0,
            lt=1_000_000,
            max_digits=14,
            decimal_places=8,
            examples=["9.2", "7.1234", "0.0472"],
        ),
    ]


class RateOut(Schema):
    """``rate`` is text, so that no digit is lost; ``orders`` is how many orders a PUT told or corrected at once."""

    currency: str
    since: date
    rate: str
    orders: int = 0


@router.get("/rates", response=list[RateOut], summary="列出汇率")
@allow(P.ORDERS)
def list_rates(request: ApiRequest) -> list[RateOut]:
    return [_out(row) for row in ExchangeRate.objects.order_by("currency", "since")]


@router.put("/rates", response=RateOut, summary="填或更正一条汇率；等着它的订单随即算进看板")
@allow(P.ORDERS)
def put_rate(request: ApiRequest, told: RateIn) -> Any:
    try:
        row, part = rates.put_rate(
            request.workspace,
            currency=told.currency,
            since=told.since,
            rate=told.rate,
            by=request.actor,
        )
    except ValidationError as error:
        raise refused(error) from None
    return _out(row, part.told)


def _out(row: ExchangeRate, orders: int = 0) -> RateOut:
    return RateOut(currency=row.currency, since=row.since, rate=rate_words(row.rate), orders=orders)
