"""Form fields read like cells of a table: full width, spaces, 「1.2 万」 and units are fine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms

from shemei.kernel.imports import cells
from shemei.kernel.imports.errors import CellError


class CellField(forms.CharField):
    """A text box that one of the readers of :mod:`cells` reads."""

    def __init__(self, read: Callable[[Any], Any], **kwargs: Any) -> None:
        self.read = read
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        super().run_validators(typed)
        cleaned = cells.clean(typed)
        if cleaned == "":
            return ""
        try:
            return self.read(cleaned)
        except CellError as error:
            told = str(error).replace("请核对原表", "请核对")
            raise forms.ValidationError(f"{told}。") from None

    def run_validators(self, value: Any) -> None:
        """How long it is, and the like, is checked of what was typed: what was read may be no text."""


class CountField(CellField):
    """A whole number as an app shows it: 「86,000」, 「8.6万」; None where it is left out."""

    def __init__(
        self, *, min_value: int | None = 0, max_value: int | None = None, **kwargs: Any
    ) -> None:
        self.bounds = (min_value, max_value)
        widget = forms.TextInput({"inputmode": "decimal"})
        super().__init__(cells.count, **{"widget": widget, **kwargs})

    def to_python(self, value: Any) -> int | None:
        found = super().to_python(value)
        return None if found == "" else found

    def validate(self, value: int | None) -> None:
        super().validate(value)
        low, high = self.bounds
        if value is not None and low is not None and value < low:
            raise forms.ValidationError(f"不能小于 {low}。请核对。")
        if value is not None and high is not None and value > high:
            raise forms.ValidationError(f"不能大于 {high}。请核对。")
