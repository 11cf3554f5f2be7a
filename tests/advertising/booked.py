"""What the log was told of money spent."""

from __future__ import annotations

import orjson

from shemei.kernel.models import OutboxEvent


def spent() -> int:
    texts = OutboxEvent.objects.values_list("event", flat=True)
    return sum(orjson.loads(text)["amount"] for text in texts)
