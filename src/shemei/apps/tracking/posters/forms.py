"""Forms of offline spots."""

from __future__ import annotations

from django import forms

from shemei.apps.tracking.forms import OwnedForm


class SpotEditForm(OwnedForm):
    name = forms.CharField(label="名称", max_length=40, help_text="例如「徐汇店收银台」。")
    address = forms.CharField(label="地点", max_length=80, required=False)
    headline = forms.CharField(label="海报标题", max_length=24, initial="扫码打卡")
    words = forms.CharField(
        label="海报说明", max_length=60, required=False, help_text="写扫了有什么好处。"
    )
    promo_code = forms.CharField(
        label="优惠码",
        max_length=24,
        required=False,
        help_text="印在海报上；要先在「优惠码」里建好。",
    )


class SpotForm(SpotEditForm):
    url = forms.CharField(
        label="扫码后打开", max_length=2000, help_text="网址。可以是落地页、小程序页面或商城。"
    )
    campaign = forms.ChoiceField(label="营销计划", required=False)
    field_order = ("name", "address", "url", "campaign", "headline", "words", "promo_code")
