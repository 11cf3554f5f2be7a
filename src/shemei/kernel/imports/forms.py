"""The wizard's forms: which file, and which column is which field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.forms import BoundField

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
        if not self.is_bound:
            self._mark_needed(batch.mapping)

    def clean(self) -> dict[str, Any]:
        self._mark_needed(_columns(self.kind.fields, self.cleaned_data))
        return self.cleaned_data

    def columns(self) -> dict[str, int]:
        return _columns(self.kind.fields, self.cleaned_data)

    def options(self) -> dict[str, str]:
        return {o.key: self.cleaned_data[f"o-{o.key}"] for o in self.kind.options}

    def option_fields(self) -> list[BoundField]:
        return [self[f"o-{option.key}"] for option in self.kind.options]

    def _mark_needed(self, columns: Mapping[str, int]) -> None:
        """What these columns cannot do without is not shown as left to the person.

        It comes after the fields were checked: the refusal of an empty choice is the mapping's, in its own words.
        """
        for option in self.kind.options:
            if self.kind.needs_option(option, columns):
                self.fields[f"o-{option.key}"].required = True


def _columns(fields: Any, told: Mapping[str, str]) -> dict[str, int]:
    return {one.key: int(told[f"f-{one.key}"]) for one in fields if told.get(f"f-{one.key}")}
