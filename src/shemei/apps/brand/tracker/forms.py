"""The form of a reading; what it must not say is checked by the action."""

from __future__ import annotations

from typing import Any

from django import forms

from shemei.apps.brand.forms import DayInput
from shemei.apps.brand.models import BrandReading
from shemei.apps.brand.tracker import rules
from shemei.apps.brand.tracker.imports import number
from shemei.kernel.edits import RowForm
from shemei.kernel.imports import cells
from shemei.kernel.imports.fields import CellField, CountField
from shemei.kernel.periods import today


class ReadingForm(RowForm):
    class Meta:
        model = BrandReading
        fields = ("metric", "day", "first", "platform", "source", "note")
        widgets = {"day": DayInput(), "first": DayInput(), "note": forms.Textarea({"rows": 2})}
        help_texts = {
            "day": "这一波调研的最后一天，或指数的那一天。",
            "first": "调研从哪天问起；只有一天就留空。",
            "platform": "指数写是哪个平台的；调研不分平台就留空。",
            "source": "谁量的：调研公司、微信指数、自己发的问卷。只和同一来源的上一波相比。",
            "note": "问的是谁、怎么问的、基数是什么。",
        }

    value = CellField(
        number, label="数值", max_length=20, help_text="占比写 42.3%；净推荐值写 32；指数写 12800。"
    )
    asked = CountField(
        label="样本量",
        required=False,
        min_value=1,
        max_value=rules.MOST_ASKED,
        help_text=f"问了多少人。有它才有区间；{rules.FIVE_POINTS} 人约准到 ±5 个百分点。",
    )
    promoters = CellField(
        cells.ratio,
        label="推荐者占比",
        required=False,
        max_length=20,
        help_text="打 9 至 10 分的。",
    )
    detractors = CellField(
        cells.ratio, label="贬损者占比", required=False, max_length=20, help_text="打 0 至 6 分的。"
    )
    field_order = ("metric", "value", "day", "first", "asked", "platform", "source", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = today()
        self.fields["platform"].choices = [("", "不分平台"), *rules.PLACES]  # type: ignore[attr-defined]

    @classmethod
    def of(cls, row: BrandReading) -> dict[str, Any]:  # type: ignore[override]
        said = row.said
        parts = {name: getattr(said, name) for name in ("promoters", "detractors")}
        scale, sign = (100, "%") if rules.is_share(row.metric) else (1, "")
        return super().of(row) | {
            "value": f"{round(said.value * scale, 4):.10g}{sign}",
            "asked": said.asked,
            **{name: "" if v is None else f"{round(v * 100, 4):.6g}%" for name, v in parts.items()},
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("promoters", "detractors"):
            data[name] = None if data.get(name) in ("", None) else data[name]
        if data.get("metric") and data.get("value"):
            try:
                data["value"] = data["value"].of(data["metric"])
            except ValueError as error:
                self.add_error("value", f"{error}。请写上 %。")
        return data
