"""What happens to spends and matters elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from shemei.apps.advertising.rules import CREATOR_KIND, Cost
from shemei.warehouse.channels import channel_of
from shemei.warehouse.vocabulary import SHANGHAI, Event, Kind, to_ts


@dataclass(frozen=True, slots=True)
class SpendBooked:
    """Money was spent, or a spend already told was corrected (amounts below zero take back)."""

    workspace: str
    costs: tuple[Cost, ...]
    source: str
    batch: str = ""

    def to_events(self) -> list[Event]:
        return [self._event(cost) for cost in self.costs]

    def _event(self, cost: Cost) -> Event:
        paid = "" if cost.kind == CREATOR_KIND else "cpc"
        return Event(
            kind=Kind.SPEND.value,
            action=cost.kind,
            workspace=self.workspace,
            ts=to_ts(datetime.combine(cost.day, time(12), SHANGHAI)),
            platform=cost.platform,
            channel=channel_of(platform=cost.platform, utm_medium=paid),
            campaign=cost.campaign,
            creator=cost.creator,
            content=cost.content,
            source=self.source,
            amount=cost.amount,
            batch=self.batch,
        )
