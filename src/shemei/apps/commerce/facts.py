"""What commerce tells the other rooms and the log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

import orjson

from shemei.warehouse.channels import channel_of
from shemei.warehouse.vocabulary import Event

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace


@dataclass(frozen=True, slots=True)
class CodeOwner:
    """To whom a promo code's use is credited, as keys of the rooms above.

    ``channel`` is left empty where the platform says enough.
    """

    creator: str = ""
    campaign: str = ""
    content: str = ""
    platform: str = ""
    platform_account: str = ""
    link: str = ""
    channel: str = ""


CodeSource = Callable[[Any, Iterable[str]], Mapping[str, Any]]
CodeList = Callable[[Any], Iterable[str]]
_sources: list[CodeSource] = []
_lists: list[CodeList] = []


def register_code_owners(source: CodeSource, every: CodeList) -> None:
    """The room that makes codes calls this from its ``apps.py``.

    ``source(workspace, codes)`` returns the owners it knows: anything with the attributes of ``CodeOwner``.
    ``every(workspace)`` lists the codes themselves.
    """
    _sources.append(source)
    _lists.append(every)


def codes_of(workspace: Workspace) -> frozenset[str]:
    """Every code that has ever been registered, as it is compared."""
    return frozenset(code for every in _lists for code in every(workspace))


def owners_of(workspace: Workspace, codes: Iterable[str]) -> dict[str, CodeOwner]:
    wanted = sorted({code for code in codes if code})
    found: dict[str, CodeOwner] = {}
    for source in _sources if wanted else []:
        found |= {code: _as_owner(owner) for code, owner in source(workspace, wanted).items()}
    return found


def _as_owner(owner: Any) -> CodeOwner:
    return CodeOwner(**{item.name: getattr(owner, item.name, "") for item in fields(CodeOwner)})


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """An order was paid. ``order`` and ``customer`` are keys; ``ts`` is UTC microseconds of the payment.

    ``amount`` is in the brand's currency. Of an order in another, ``original_amount`` is what was paid, and ``rate``
    what it was converted at.
    """

    workspace: str
    order: str
    number: str
    ts: int
    amount: int
    currency: str = "CNY"
    quantity: int = 1
    customer: str = ""
    phone: str = ""
    click_id: str = ""
    visitor: str = ""
    promo_code: str = ""
    region: str = ""
    source: str = ""
    batch: str = ""
    original_amount: int = 0
    original_currency: str = ""
    rate: str = ""
    creator: str = ""
    campaign: str = ""
    content: str = ""
    platform: str = ""
    platform_account: str = ""
    link: str = ""
    channel: str = ""

    @property
    def props(self) -> str:
        return _as_it_was(self)

    def to_events(self) -> list[Event]:
        order = Event(
            kind="order",
            workspace=self.workspace,
            ts=self.ts,
            amount=self.amount,
            currency=self.currency,
            quantity=self.quantity,
            region=self.region,
            props=self.props,
            **self._who(),
            **owned(self),
        )
        return [self._redeem(), order] if self.promo_code else [order]

    def _redeem(self) -> Event:
        """The use of a code is a touch at order time, credited to the code's owner."""
        return Event(
            kind="redeem", workspace=self.workspace, ts=self.ts, **self._who(), **owned(self)
        )

    def _who(self) -> dict[str, Any]:
        return {
            "customer": self.customer,
            "phone": self.phone,
            "visitor": self.visitor,
            "click_id": self.click_id,
            "promo_code": self.promo_code,
            "order_id": self.number,
            "source": self.source,
            "batch": self.batch,
        }


@dataclass(frozen=True, slots=True)
class OrderRefunded:
    """Money went back; ``number`` is ``""`` where no order could be found for it.

    It names the code of its order and that code's owner, so that net sums by either are net.
    """

    workspace: str
    refund: str
    number: str
    ts: int
    amount: int
    currency: str = "CNY"
    quantity: int = 0
    customer: str = ""
    phone: str = ""
    source: str = ""
    batch: str = ""
    promo_code: str = ""
    original_amount: int = 0
    original_currency: str = ""
    rate: str = ""
    creator: str = ""
    campaign: str = ""
    content: str = ""
    platform: str = ""
    platform_account: str = ""
    link: str = ""
    channel: str = ""

    def to_events(self) -> list[Event]:
        return [
            Event(
                kind="refund",
                workspace=self.workspace,
                ts=self.ts,
                amount=self.amount,
                currency=self.currency,
                quantity=self.quantity,
                order_id=self.number,
                customer=self.customer,
                phone=self.phone,
                source=self.source,
                batch=self.batch,
                promo_code=self.promo_code,
                props=_as_it_was(self, refund=self.refund),
                **owned(self),
            )
        ]


def _as_it_was(fact: OrderPlaced | OrderRefunded, **more: str) -> str:
    """The amount before it was converted, and ``more``, as ``props`` of an event."""
    names = ("original_amount", "original_currency", "rate") if fact.original_currency else ()
    return orjson.dumps({name: getattr(fact, name) for name in names} | more).decode()


def owned(fact: OrderPlaced | OrderRefunded) -> dict[str, str]:
    """The fields of an event that name the owner of the code, with the channel it stands for."""
    owner = {item.name: getattr(fact, item.name) for item in fields(CodeOwner)}
    if owner["channel"] or not any(owner.values()):
        return owner
    channel = channel_of(platform=fact.platform)
    return owner | {"channel": "other" if channel == "direct" else channel}


def owner_fields(owner: CodeOwner | None) -> dict[str, str]:
    return asdict(owner) if owner else {}
