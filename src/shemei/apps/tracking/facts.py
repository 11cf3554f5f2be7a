"""What links, landing pages and spots tell the other rooms and the log."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from shemei.warehouse.vocabulary import Event


@dataclass(frozen=True, slots=True)
class LeadLeft:
    """Somebody left their contact on a landing page. ``phone`` is a keyed hash; ``ts`` UTC microseconds."""

    workspace: str
    lead: str
    page: str
    slug: str
    letter: str
    ts: int
    phone: str = ""
    visitor: str = ""
    click_id: str = ""
    campaign: str = ""
    content: str = ""
    platform: str = ""
    channel: str = ""
    device: str = ""
    in_app: str = ""
    suspect: str = ""
    utm_source: str = ""
    utm_medium: str = ""
    utm_campaign: str = ""
    utm_content: str = ""
    utm_term: str = ""

    def to_events(self) -> list[Event]:
        own = {"landing": self.page, "variant": self.letter, "lead": self.lead}
        same = (
            "workspace ts phone visitor click_id campaign content platform channel device in_app suspect "
            "utm_source utm_medium utm_campaign utm_content utm_term"
        )
        values = {name: getattr(self, name) for name in same.split()}
        return [
            Event(
                kind="lead",
                source="landing",
                batch=self.page,
                page=f"/p/{self.slug}",
                props=orjson.dumps(own).decode(),
                **values,
            )
        ]
