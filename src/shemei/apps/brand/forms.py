"""Forms of the brand room; what is taken or out of order is checked by the actions."""

from __future__ import annotations

from typing import Any

from django import forms

from shemei.apps.brand.models import Campaign, Pillar, PlatformAccount
from shemei.kernel.edits import RowForm
from shemei.kernel.imports.fields import CountField


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
