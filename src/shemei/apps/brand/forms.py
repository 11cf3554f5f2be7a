"""Forms of the brand room; what is taken or out of order is checked by the actions."""

from __future__ import annotations

from typing import Any

from django import forms

from shemei.apps.brand import rules_readings
from shemei.apps.brand.imports_readings import number
from shemei.apps.brand.models import BrandReading, Campaign, Pillar, PlatformAccount
from shemei.kernel.edits import RowForm
from shemei.kernel.imports import cells
from shemei.kernel.imports.fields import CellField, CountField
from shemei.kernel.periods import today


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class CampaignForm(RowForm):
    class Meta:
        model = Campaign
        fields = ("name", "starts_on", "ends_on", "note", "utm_campaign")
        widgets = {
            "starts_on": DayInput(),
            "ends_on": DayInput(),
            "note": forms.Textarea({"rows": 4}),
        }
        help_texts = {
            "note": "写清要达到什么、给谁看、靠什么打动。",
            "utm_campaign": "这个计划的链接都会带上它，访问和订单靠它归到计划。留空时用名称。",
        }

    utm_campaign = forms.CharField(
        label="链接标记", required=False, max_length=60, help_text=Meta.help_texts["utm_campaign"]
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", f"结束日期早于开始日期 {first}。请改成同一天或更晚。")
        return data


class PillarForm(RowForm):
    class Meta:
        model = Pillar
        fields = ("name", "note", "color")
        help_texts = {"note": "例如：成分、肤质、用法。写给排内容的同事看。"}

    color = forms.TypedChoiceField(
        label="颜色",
        choices=Pillar._meta.get_field("color").choices,
        coerce=int,
        widget=forms.RadioSelect,
    )


class AccountForm(RowForm):
    class Meta:
        model = PlatformAccount
        fields = ("platform", "name", "handle", "followers", "is_active")
        help_texts = {
            "name": "与平台后台显示的一致，导入数据时靠它认出账号。",
            "handle": "抖音号、小红书号、微信号等。",
            "followers": "当前粉丝数，用来看这个账号的量级。",
            "is_active": "停用后不再出现在选单里，过去的数据都在。",
        }

    followers = CountField(
        label="粉丝", required=False, min_value=0, help_text=Meta.help_texts["followers"]
    )

    def clean_followers(self) -> int:
        return self.cleaned_data["followers"] or 0


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
        max_value=rules_readings.MOST_ASKED,
        help_text=f"问了多少人。有它才有区间；{rules_readings.FIVE_POINTS} 人约准到 ±5 个百分点。",
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
        self.fields["platform"].choices = [("", "不分平台"), *rules_readings.PLACES]  # type: ignore[attr-defined]

    @classmethod
    def of(cls, row: BrandReading) -> dict[str, Any]:  # type: ignore[override]
        said = row.said
        parts = {name: getattr(said, name) for name in ("promoters", "detractors")}
        scale, sign = (100, "%") if rules_readings.is_share(row.metric) else (1, "")
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
