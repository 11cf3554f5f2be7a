"""Forms of the audience room."""

from __future__ import annotations

from typing import Any

from django import forms

from shemei.warehouse.vocabulary import KIND_NAMES

LONGEST = 36_500


class KeepForm(forms.Form):
    """One number of days per kind; an empty one keeps for ever."""

    def __init__(self, *args: Any, kept: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, name in KIND_NAMES.items():
            self.fields[kind] = forms.IntegerField(
                label=f"{name}保留几天",
                required=False,
                min_value=1,
                max_value=LONGEST,
                initial=kept.get(kind),
                error_messages={
                    "min_value": "至少留 1 天；要永远保留请留空。",
                    "max_value": f"最多写 {LONGEST} 天；要永远保留请留空。",
                    "invalid": "请写天数，例如 400；要永远保留请留空。",
                },
                widget=forms.NumberInput(attrs={"class": "s-input", "placeholder": "永远"}),
            )

    @property
    def days(self) -> dict[str, int]:
        return {kind: count for kind, count in self.cleaned_data.items() if count}
