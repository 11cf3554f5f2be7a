"""Programs that send orders: by a key, or by a signed push."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING, Any

from django.test import Client
from django_scopes import scope

from shemei.apps.accounts import actions_keys
from shemei.apps.commerce.models import OrderHook

if TYPE_CHECKING:
    from shemei.kernel.permissions import Permission as P


ORDER = {
    "number": "A-1",
    "paid_at": "2026-11-11T20:31:00+08:00",
    "amount": 32900,
    "phone": "138 0000 3391",
    "customer_name": "周女士",
    "promo_code": "azhi30",
    "lines": [{"sku": "YH-1", "name": "修护霜", "quantity": 2, "unit_price": 16450}],
}


class Program:
    """A program with a key of one brand."""

    def __init__(self, member: Any, scopes: list[P]) -> None:
        self.client = Client()
        with scope(workspace=member.workspace):
            _, secret = actions_keys.create_key("ERP", scopes, by=member)
        self.headers = {"Authorization": f"Bearer {secret}"}

    def post(self, path: str, body: Any, key: str = "k-1") -> Any:
        extra = {"Idempotency-Key": key} if key else {}
        data = body if isinstance(body, str) else json.dumps(body)
        return self.client.post(
            f"/api/v1{path}", data, "application/json", headers=self.headers | extra
        )

    def put(self, path: str, body: Any) -> Any:
        data = json.dumps(body)
        return self.client.put(f"/api/v1{path}", data, "application/json", headers=self.headers)

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1{path}", headers=self.headers)


def headers(secret: str, body: bytes, *, at: float | None = None, nonce: str = "nonce-0001") -> dict[str, str]:  # fmt: skip
    """As the documentation says it, written down a second time and not with our own function."""
    stamp = str(int(time.time() if at is None else at))
    mac = hmac.new(secret.encode(), f"{stamp}.{nonce}.".encode() + body, hashlib.sha256)
    return {"X-Shemei-Timestamp": stamp, "X-Shemei-Nonce": nonce, "X-Shemei-Signature": f"v1={mac.hexdigest()}"}  # fmt: skip


def push(hook: OrderHook | str, signed: dict[str, str], body: bytes) -> Any:
    key = hook if isinstance(hook, str) else hook.key
    client = Client(enforce_csrf_checks=True)
    return client.post(f"/hooks/orders/{key}", body, "application/json", headers=signed)
