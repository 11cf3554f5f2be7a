"""What the worker does for the commerce room."""

from __future__ import annotations

import logging

from django_scopes import scope, scopes_disabled

from shemei.apps.commerce import conversion, hooks
from shemei.apps.commerce.models import Order, Refund
from shemei.kernel.jobs import every, job

log = logging.getLogger(__name__)


@every(minutes=10)
def forget_nonces() -> int:
    """Used nonces are kept no longer than their timestamps are good for."""
    return hooks.forget_nonces()


@job(retries=3, retry_delay=20)
def tell_rates(workspace_pk: int) -> int:
    """Go on telling the log of a brand's orders whose rate has come or changed."""
    workspace = Order._meta.get_field("workspace").related_model._default_manager.get(
        pk=workspace_pk
    )
    with scope(workspace=workspace):
        return conversion.tell_due(workspace)


@every(minutes=10)
def tell_all_rates() -> int:
    """Whatever broke off is gone on with; in a brand where nothing waits nothing is asked.

    What goes wrong in one brand keeps no other one waiting.
    """
    with scopes_disabled():
        waiting = {
            pk
            for rows in (Order.objects.filter(waiting=True), Refund.objects.filter(waiting=True))
            for pk in rows.order_by().values_list("workspace", flat=True).distinct()
        }
    return sum(map(_told, sorted(waiting)))


def _told(workspace_pk: int) -> int:
    try:
        return int(tell_rates.call_local(workspace_pk))
    except Exception:
        log.exception("orders of brand %s wait for their rate still", workspace_pk)
        return 0
