"""What a server tells becomes an event of the log: names hashed, the channel decided by the brand's rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
from django.utils import timezone

from shemei.edge.address import SHARE, passed_on, read_page
from shemei.edge.collect import MOST_PROPS, PRIVATE_PROPS
from shemei.edge.private import mask
from shemei.edge.useragent import Agent, read_agent
from shemei.edge.visit import host_of
from shemei.kernel.addresses import UTM_KEYS
from shemei.kernel.crypto import identity_hash, phone_hash
from shemei.warehouse.vocabulary import Event, to_ts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shemei.kernel.workspace import Workspace
    from shemei.warehouse.channels import ChannelRules

__all__ = ["LOOKS_BACK", "MOST_PROPS", "Told", "event_of", "private_names", "wrong_time"]
LOOKS_BACK = timedelta(days=30)
LOOKS_AHEAD = timedelta(minutes=5)
_NO_AGENT = Agent("other", "", "")


@dataclass(frozen=True, slots=True)
class Told:
    """One event as a server of the brand told it; ``phone`` and ``openid`` are plain here and nowhere later."""

    event_id: str
    kind: str
    time: datetime
    visitor: str = ""
    phone: str = field(default="", repr=False)
    openid: str = field(default="", repr=False)
    click_id: str = ""
    action: str = ""
    url: str = ""
    referrer: str = ""
    user_agent: str = ""
    platform: str = ""
    utm_source: str = ""
    utm_medium: str = ""
    utm_campaign: str = ""
    utm_content: str = ""
    utm_term: str = ""
    promo_code: str = ""
    order_id: str = ""
    amount: int = 0
    quantity: int = 1
    region: str = ""
    props: dict[str, Any] = field(default_factory=dict)


def wrong_time(moment: datetime) -> str:
    """Why an event cannot have happened then, or ``""``."""
    now = timezone.now()
    if moment < now - LOOKS_BACK:
        return f"早于 {LOOKS_BACK.days} 天前，太久了"
    return "在将来，请核对时钟与时区" if moment > now + LOOKS_AHEAD else ""


def private_names(props: Any) -> list[str]:
    """Names anywhere in ``props`` under which personal data tends to be sent."""
    return sorted(set(_private(props)))


def _private(value: Any) -> Iterator[str]:
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            yield from (name for name in one if name.lower() in PRIVATE_PROPS)
            left += one.values()
        elif isinstance(one, list):
            left += one


def event_of(workspace: Workspace, told: Told, rules: ChannelRules) -> Event:
    """The event as the log keeps it, masked like those of the edge; ``rules`` are the brand's own, of this moment."""
    page = read_page(told.url)
    utm = {name: getattr(told, name) or page.query.get(name, "") for name in UTM_KEYS}
    agent = read_agent(told.user_agent.encode()) if told.user_agent else _NO_AGENT
    referrer = host_of(told.referrer.encode()[:1024])
    referrer = "" if referrer == page.host else referrer
    texts = {"action": told.action, "page": page.path, "region": told.region, **utm}
    texts["props"] = orjson.dumps(told.props).decode()
    mask(texts)
    passed = passed_on(page.query.get(SHARE, "")) if told.kind == "visit" else {}
    return Event(
        kind=told.kind,
        workspace=workspace.key,
        ts=to_ts(told.time),
        event_id=told.event_id,
        visitor=told.visitor,
        phone=phone_hash(workspace.key, told.phone) if told.phone else "",
        customer=_openid(workspace, told.openid),
        platform=told.platform or "site",
        channel=rules.decide(
            utm_source=utm["utm_source"],
            utm_medium=utm["utm_medium"],
            share_depth=str(passed.get("share_depth", "")),
            platform=told.platform,
            in_app=agent.in_app,
            referrer_host=referrer,
        ),
        promo_code=told.promo_code.upper(),
        source="api",
        device=agent.device,
        in_app=agent.in_app,
        referrer_host=referrer,
        suspect=agent.suspect,
        amount=told.amount,
        quantity=told.quantity,
        order_id=told.order_id,
        click_id=told.click_id or page.query.get("_c", ""),
        **texts,
        **passed,
    )


def _openid(workspace: Workspace, openid: str) -> str:
    return f"openid-{identity_hash(workspace.key, 'openid', openid)}" if openid else ""
