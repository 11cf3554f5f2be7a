"""The gallery for the tests of the shell."""

from __future__ import annotations

from tests.portal.fixtures import gallery, told

__all__ = ["gallery", "told"]
