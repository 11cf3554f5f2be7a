"""The platform of a file whose rows do not name one: told by the file, else asked for, never assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shemei.kernel.imports.errors import CellError
from shemei.kernel.imports.kinds import Option
from shemei.platforms import CHOICES, named_in, platform_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shemei.kernel.imports.models import ImportBatch

KEY = "platform"


def platform_option(label: str) -> Option:
    """The choice of a platform that stands at nothing until the file or a person says one."""
    return Option(KEY, label, (("", "请选一个平台"), *CHOICES), "", instead_of=KEY)


def told_platform(batch: ImportBatch, options: Mapping[str, str]) -> str:
    """What the known export says, else the file's name, else its headers; ``""`` where none names just one."""
    return options[KEY] or named_in(batch.file_name) or named_in(" ".join(batch.headers))


def platform_problem(label: str, columns: Mapping[str, int], options: Mapping[str, str]) -> str:
    """What to say where neither a column nor the choice called ``label`` names the platform."""
    if KEY in columns or options.get(KEY):
        return ""
    return f"这份表来自哪个平台，从表里看不出来。请在「{label}」里选一个平台。"


def take_platform(values: dict[str, Any], batch: ImportBatch, label: str) -> None:
    """Give a row without a platform that of its file; raises ``CellError`` where there is none."""
    values[KEY] = values.get(KEY) or batch.option(KEY)
    if not values[KEY]:
        raise CellError("platform.blank", "没有平台", f"请补上，或在「{label}」里选一个", field=KEY)


def platform_name(batch: ImportBatch) -> str:
    """The platform of the whole file as people call it; ``""`` where the rows say it, or nobody yet."""
    chosen = "" if KEY in batch.mapping else batch.option(KEY)
    return platform_of(chosen).name if chosen else ""
