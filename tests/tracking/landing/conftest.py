"""A browser for what a visitor of a landing page sees."""

from __future__ import annotations

from tests.e2e.conftest import browser, visit

__all__ = ["browser", "visit"]
