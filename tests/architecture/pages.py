"""The reference pages, and what they name."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"


def documented(page: str) -> set[str]:
    """What stands in code marks in the first column of a page's tables."""
    rows = re.findall(r"^\|([^|]+)\|", (REFERENCE / page).read_text(), re.M)
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
