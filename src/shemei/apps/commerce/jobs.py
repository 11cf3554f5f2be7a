"""What the worker does for the commerce room."""

from __future__ import annotations

from shemei.apps.commerce import hooks
from shemei.kernel.jobs import every


@every(minutes=10)
def forget_nonces() -> int:
    """Used nonces are kept no longer than their timestamps are good for."""
    return hooks.forget_nonces()
