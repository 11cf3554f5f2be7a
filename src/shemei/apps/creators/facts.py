"""What happens with creators and matters elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from shemei.apps.creators.rules import Cost
from shemei.warehouse.channels import channel_of
from shemei.warehouse.vocabulary import SHANGHAI, Event, Kind, to_ts


@dataclass(frozen=True, slots=True)
class FeeBooked:
    """A collaboration's fee was spent, or a fee already told was corrected (amounts below zero take back)."""

    workspace: str
    collaboration: str
    costs: tuple[Cost, ...]

    def to_events(self) -> list[Event]:
        return [self._event(cost) for cost in self.costs]

    def _event(self, cost: Cost) -> Event:
        return Event(
            kind=Kind.SPEND.value,
            action="达人",
            workspace=self.workspace,
            ts=to_ts(datetime.combine(cost.day, time(12), SHANGHAI)),
            platform=cost.platform,
            channel=channel_of(platform=cost.platform),
            campaign=cost.campaign,
            content=cost.content,
            creator=cost.creator,
            source="collaboration",
            amount=cost.amount,
            props=f'{{"collaboration":"{self.collaboration}"}}',
        )
