"""What happens to content and matters elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from shemei.apps.content.rules import Booking
from shemei.warehouse.channels import channel_of
from shemei.warehouse.vocabulary import SHANGHAI, Event, to_ts


@dataclass(frozen=True, slots=True)
class MetricsBooked:
    """A platform's figures of posts were entered or corrected; quantities are what to add to the log."""

    workspace: str
    changes: tuple[tuple[Booking, int], ...]
    source: str
    batch: str = ""

    def to_events(self) -> list[Event]:
        return [self._event(booking, quantity) for booking, quantity in self.changes]

    def _event(self, booking: Booking, quantity: int) -> Event:
        labels = booking.labels
        return Event(
            kind=booking.kind,
            action=booking.action,
            workspace=self.workspace,
            ts=to_ts(datetime.combine(booking.day, time(12), SHANGHAI)),
            platform=labels.platform,
            platform_account=labels.platform_account,
            channel=channel_of(platform=labels.platform),
            campaign=labels.campaign,
            content=labels.content,
            creator=labels.creator,
            source=self.source,
            quantity=quantity,
            batch=self.batch,
            props='{"correction":true}' if quantity < 0 else "{}",
        )
