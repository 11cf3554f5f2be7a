"""The form of a landing page's own settings."""

from __future__ import annotations

from django import forms

from shemei.apps.tracking.forms import OwnedForm


class PageForm(OwnedForm):
    name = forms.CharField(label="名称", max_length=60, help_text="浏览器标题也用它，顾客看得见。")
    slug = forms.CharField(
        label="地址",
        max_length=40,
        required=False,
        help_text="网址里 /p/ 后面的部分，小写字母、数字和 -；留空由系统起。",
    )
    campaign = forms.ChoiceField(label="营销计划", required=False)
    content = forms.ChoiceField(label="内容", required=False)


class PageEditForm(PageForm):
    says_ad = forms.BooleanField(label="页面上标「广告」", required=False)
