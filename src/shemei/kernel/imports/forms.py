"""The wizard's forms: which file, and which column is which field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shemei.kernel.imports.kinds import Option
    from shemei.kernel.imports.models import ImportBatch

NOTHING = ("", "表里没有")


class MappingForm(forms.Form):
    """One select of columns per field, one per option. ``columns()`` is what was chosen.

    What is needed depends on the columns: the mapping is refused by the server, in words, never by the browser.
    """

    use_required_attribute = False

    def __init__(self, data: Any, batch: ImportBatch) -> None:
        super().__init__(data)
        self.batch, self.kind = batch, batch.kind_of
        headers = [NOTHING, *((str(i), header) for i, header in enumerate(batch.headers))]
        for one in self.kind.fields:
            self.fields[f"f-{one.key}"] = forms.ChoiceField(
                label=one.label,
                choices=headers,
                required=False,
                initial=str(batch.mapping.get(one.key, "")),
            )
        for option in self.kind.options:
            choices = option.choices_in(batch.workspace)
            self.fields[f"o-{option.key}"] = forms.ChoiceField(
                label=option.label,
                choices=choices,
                required=all(value for value, _ in choices),
                initial=batch.options.get(option.key, option.default),
            )

    def columns(self) -> dict[str, int]:
        return _columns(self.kind.fields, self.cleaned_data)

    def options(self) -> dict[str, str]:
        return {o.key: self.cleaned_data[f"o-{o.key}"] for o in self.kind.options}

    def option_fields(self) -> list[Any]:
        """The choices for the page; one that the mapping lacks without it is not shown as left to the person."""
        for option in self.kind.options:
            field = self.fields[f"o-{option.key}"]
            field.required = field.required or self._is_needed(option)
        return [self[f"o-{option.key}"] for option in self.kind.options]

    def _is_needed(self, option: Option) -> bool:
        columns = self.columns() if self.is_bound and self.is_valid() else self.batch.mapping
        without, given = (self.batch.options | {option.key: said} for said in ("", "?"))
        return self.kind.mapping_problem(columns, without) != self.kind.mapping_problem(
            columns, given
        )


def _columns(fields: Any, told: Mapping[str, str]) -> dict[str, int]:
    return {one.key: int(told[f"f-{one.key}"]) for one in fields if told.get(f"f-{one.key}")}
