"""Files for the analyst: no number shows its binary form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from shemei.commands.export import _write

if TYPE_CHECKING:
    from pathlib import Path


def test_fractions_in_a_csv_have_no_noise(tmp_path: Path) -> None:
    table = pa.table(
        {"model": ["linear"], "conversions": [0.1 + 0.2], "value": [1 / 3], "orders": [7]}
    )
    _write(table, "csv", str(tmp_path / "credits.csv"))
    lines = (tmp_path / "credits.csv").read_text().splitlines()
    assert lines[1] == '"linear",0.3,0.333333,7'
