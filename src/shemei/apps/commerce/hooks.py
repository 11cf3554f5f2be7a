"""Orders pushed by a shop system: who may push, and that nobody can push the same request twice.

A request is signed with HMAC-SHA256 over ``<timestamp>.<nonce>.<body>``. It is taken if the signature fits, the
timestamp is within five minutes of now and the nonce was not used before. The nonce is written in the transaction
of the orders: a request that is refused for its contents may be mended and sent again.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import orjson
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django_scopes import scopes_disabled
from pydantic import ValidationError as Invalid

from shemei.apps.commerce.actions import record_order
from shemei.apps.commerce.models import HookNonce, OrderHook
from shemei.kernel import audit
from shemei.kernel.actor import Actor
from shemei.kernel.edits import save
from shemei.kernel.permissions import Permission, require

if TYPE_CHECKING:
    from shemei.apps.commerce.rules import OrderDraft
    from shemei.kernel.workspace import Workspace

WINDOW = timedelta(minutes=5)
GRACE = timedelta(days=1)
"""How long the secret before the last one still signs: time to change it in the shop system."""
MOST_ORDERS = 200
MAX_BODY = 1024 * 1024
_NONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")
_STAMP = re.compile(r"[0-9]{10}")
_SIGNATURE = re.compile(r"v1=[0-9a-f]{64}")
_NOBODY = secrets.token_hex(32)


class Refused(Exception):
    """Not taken: the HTTP status, and what to say. Whoever has no valid signature learns nothing more."""

    def __init__(
        self, status: int, detail: str, errors: list[dict[str, str]] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors = status, detail, errors or []


@dataclass(frozen=True, slots=True)
class Signed:
    """What the headers of a push say, well formed."""

    timestamp: int
    nonce: str
    signature: str


STRANGER = "签名不对，或推送地址已停用。请核对地址、密钥和签名的算法。"


def sign(secret: str, timestamp: int | str, nonce: str, body: bytes) -> str:
    """The signature as it stands in the header.

    >>> sign("a secret", 1764000000, "n-1", b"{}") == sign("a secret", "1764000000", "n-1", b"{}")
    True
    """
    text = f"{timestamp}.{nonce}.".encode() + body
    return f"v1={hmac.new(secret.encode(), text, sha256).hexdigest()}"


def read_headers(headers: Mapping[str, str]) -> Signed:
    stamp, nonce, signature = (
        headers.get(f"X-Shemei-{name}", "") for name in ("Timestamp", "Nonce", "Signature")
    )
    formed = (_STAMP.fullmatch(stamp), _NONCE.fullmatch(nonce), _SIGNATURE.fullmatch(signature))
    if not all(formed):
        raise Refused(401, STRANGER)
    return Signed(int(stamp), nonce, signature)


def recognise(key: str, signed: Signed, body: bytes) -> OrderHook:
    """The hook that ``key`` names, if one of its secrets has signed this and it is fresh."""
    hook = _hook(key)
    known = _secrets(hook) if hook else [_NOBODY]
    fits = [
        hmac.compare_digest(sign(one, signed.timestamp, signed.nonce, body), signed.signature)
        for one in known
    ]
    if hook is None or not any(fits):
        raise Refused(401, STRANGER)
    if abs(timezone.now().timestamp() - signed.timestamp) > WINDOW.total_seconds():
        raise Refused(401, "时间戳与现在差了五分钟以上。请校准服务器的时钟，重新签名再发。")
    return hook


def _hook(key: str) -> OrderHook | None:
    live = {"is_active": True, "workspace__is_active": True}
    with scopes_disabled():
        try:
            return OrderHook.objects.select_related("workspace").filter(key=key, **live).first()
        except ValueError:
            raise Refused(503, "服务器暂时不能核对签名。请稍后再发，并告诉管理员。") from None


def _secrets(hook: OrderHook) -> list[str]:
    in_grace = hook.old_secret and hook.old_until and timezone.now() < hook.old_until
    return [hook.secret, hook.old_secret] if in_grace else [hook.secret]


@transaction.atomic
def take(hook: OrderHook, nonce: str, drafts: list[OrderDraft]) -> dict[str, int]:
    """Record the orders of one push, all or none; returns how many were new, changed and the same."""
    try:
        with transaction.atomic():
            HookNonce.objects.create(workspace=hook.workspace, hook=hook, nonce=nonce)
    except IntegrityError:
        raise Refused(
            409, "这个请求收过了（Nonce 用过）。要再发一次，请换一个 Nonce 重新签名。"
        ) from None
    pusher = Actor("api_key", hook.key, hook.name, frozenset({Permission.ORDERS}))
    counts = {"new": 0, "changed": 0, "same": 0}
    for place, draft in enumerate(drafts):
        try:
            _, verdict = record_order(hook.workspace, draft, by=pusher, source="hook")
        except ValidationError as error:
            raise _wrong(place, "；".join(error.messages)) from None
        counts[verdict] += 1
    told = {"received": F("received") + len(drafts), "last_at": timezone.now()}
    OrderHook.objects.filter(pk=hook.pk).update(**told)
    return counts


def _wrong(place: int, message: str) -> Refused:
    return Refused(
        422, f"第 {place + 1} 单：{message}", [{"where": f"orders.{place}", "message": message}]
    )


def orders_in(body: bytes, schema: Any) -> list[Any]:
    """The orders of a push, checked: one order, or ``{"orders": [...]}``; raises ``Refused`` for anything else."""
    if b"\\u0000" in body:
        raise Refused(400, "内容里有不能用的字符（NUL）。")
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Refused(400, "内容不是 JSON。") from None
    rows = told.get("orders", [told]) if isinstance(told, dict) else None
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_ORDERS:
        raise Refused(422, f"要么是一单，要么是 orders 里的 1 至 {MOST_ORDERS} 单。")
    found = []
    for place, row in enumerate(rows):
        try:
            found.append(schema.model_validate(row))
        except Invalid as error:
            first = error.errors()[0]
            raise _wrong(place, f"{'.'.join(map(str, first['loc']))} 不合要求") from None
    return found


# -- the settings ----------------------------------------------------------------------------------------


@transaction.atomic
def add_hook(workspace: Workspace, *, by: Actor, name: str) -> tuple[OrderHook, str]:
    """A new address and its secret, which is shown this once."""
    require(by, Permission.KEYS)
    secret = secrets.token_urlsafe(32)
    hook = OrderHook(workspace=workspace, name=name.strip(), secret=secret, created_by=by.label)
    save(hook)
    audit.record("hook.added", hook, by=by)
    return hook, secret


@transaction.atomic
def rotate_hook(hook: OrderHook, *, by: Actor) -> str:
    """A new secret; the one that it replaces is good for a day, the one before that no more."""
    require(by, Permission.KEYS)
    locked = OrderHook.objects.select_for_update().get(pk=hook.pk)
    locked.old_secret, locked.old_until = locked.secret, timezone.now() + GRACE
    locked.secret = secrets.token_urlsafe(32)
    locked.save(update_fields=["secret", "old_secret", "old_until"])
    audit.record("hook.rotated", locked, by=by)
    return locked.secret


@transaction.atomic
def stop_hook(hook: OrderHook, *, by: Actor) -> None:
    """Take nothing more at this address, for good."""
    require(by, Permission.KEYS)
    if OrderHook.objects.filter(pk=hook.pk, is_active=True).update(
        is_active=False, old_secret="", old_until=None
    ):
        audit.record("hook.stopped", hook, by=by)


def forget_nonces() -> int:
    """Drop nonces whose timestamps are refused anyway by now."""
    with scopes_disabled():
        old = HookNonce.objects.filter(created_at__lt=timezone.now() - 3 * WINDOW)
        return old.delete()[0]
