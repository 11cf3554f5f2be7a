"""Boxes of forms read what people copy out of apps."""

from __future__ import annotations

import pytest
from django import forms

from shemei.kernel.imports.fields import CountField


@pytest.mark.parametrize(
    ("typed", "read"),
    [("1.2万", 12_000), ("１，２０４", 1_204), (" 86,000 ", 86_000), ("0", 0), ("", None)],
)
def test_a_count_is_read_as_apps_show_it(typed: str, read: int | None) -> None:
    assert CountField(required=False).clean(typed) == read


@pytest.mark.parametrize("typed", ["好多", "-1", "1.5"])
def test_what_is_no_count_is_refused_with_a_way_out(typed: str) -> None:
    with pytest.raises(forms.ValidationError, match="请"):
        CountField().clean(typed)


def test_a_floor_can_be_lifted_and_a_ceiling_set() -> None:
    assert CountField(min_value=None).clean("-3") == -3
    with pytest.raises(forms.ValidationError, match="不能大于 10"):
        CountField(max_value=10).clean("11")
