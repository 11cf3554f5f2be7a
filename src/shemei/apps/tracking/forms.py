"""Forms of the tracking room; rules and owners are checked by the actions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms

from shemei.apps.brand import queries as brand
from shemei.apps.tracking.models import PromoCode
from shemei.apps.tracking.rules import FILLED, UTM_NAMES
from shemei.kernel.addresses import UTM_KEYS
from shemei.kernel.registry import Named, offered
from shemei.platforms import CHOICES

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace


def _owners(
    kind: str, workspace: Workspace, selected: str | list[str] = ""
) -> list[tuple[str, str]]:
    keys = [selected] if isinstance(selected, str) else selected
    return [(row.key, _label(row)) for row in offered(kind, workspace, *keys)]


def _label(row: Named) -> str:
    return f"{row.name}（{row.note}）" if row.note else row.name


class OwnedForm(forms.Form):
    """A form with owners from other rooms; ``workspace`` says whose."""

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workspace = workspace
        fillers = {
            "campaign": lambda: brand.campaign_choices(workspace, self._chosen("campaign")),
            "account": lambda: brand.account_choices(workspace),
            "content": lambda: _owners("content", workspace, self._chosen("content")),
            "creator": lambda: _owners("creator", workspace, self._chosen("creator")),
        }
        for name, fill in fillers.items():
            if name in self.fields:
                self.fields[name].choices = [("", "不指定"), *fill()]  # type: ignore[attr-defined]

    def _chosen(self, name: str) -> str:
        return str(self.initial.get(name) or "")


class LinkForm(OwnedForm):
    url = forms.CharField(
        label="目标网址",
        max_length=4000,
        help_text="直接粘贴，分享口令、缺 https、全角都能认。原有的 UTM 会移到下面。",
        widget=forms.Textarea(
            {"rows": 2, "inputmode": "url", "placeholder": "https://shop.brand.cn/p/8"}
        ),
    )
    platform = forms.ChoiceField(
        label="放在哪个平台",
        required=False,
        choices=[("", "由系统判断"), *CHOICES],
        help_text="不选时，按达人或内容所在的平台来定。",
    )
    spot = forms.CharField(
        label="投放位置",
        required=False,
        max_length=40,
        widget=forms.TextInput({"placeholder": "例如 评论区置顶、门店收银台"}),
    )
    account = forms.ChoiceField(label="用哪个账号发", required=False)
    campaign = forms.ChoiceField(label="营销计划", required=False)
    creator = forms.ChoiceField(label="达人", required=False)
    content = forms.ChoiceField(label="内容", required=False)
    name = forms.CharField(
        label="名称", required=False, max_length=80, help_text="留空时由系统起名。"
    )
    folder = forms.CharField(
        label="文件夹",
        required=False,
        max_length=40,
        help_text="写一个词把短链归在一起，列表里可以按它筛选。",
        widget=forms.TextInput({"placeholder": "例如 双11、门店"}),
    )
    alias = forms.CharField(
        label="自定短码",
        required=False,
        max_length=60,
        help_text="建好后不能改，印出去的二维码才一直有效。留空时由系统起 7 位。",
        widget=forms.TextInput({"placeholder": "例如 double11", "autocapitalize": "none"}),
    )
    utm_source = forms.CharField(label="来源 utm_source", required=False, max_length=80)
    utm_medium = forms.CharField(label="媒介 utm_medium", required=False, max_length=80)
    utm_campaign = forms.CharField(label="活动 utm_campaign", required=False, max_length=80)
    utm_content = forms.CharField(label="内容 utm_content", required=False, max_length=80)
    utm_term = forms.CharField(label="关键词 utm_term", required=False, max_length=80)

    @property
    def utm_fields(self) -> list[forms.BoundField]:
        return [self[key] for key in UTM_KEYS]

    def clean(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        data["utm"] = {key: data.pop(key, "") for key in UTM_NAMES}
        return data


class LinkEditForm(LinkForm):
    """The short code cannot be changed."""

    alias = None  # type: ignore[assignment]


class ManyLinksForm(OwnedForm):
    url = LinkForm.base_fields["url"]
    creators = forms.MultipleChoiceField(
        label="达人",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="每位一条，记在各自名下，平台跟着达人走。",
    )
    platforms = forms.MultipleChoiceField(
        label="平台",
        required=False,
        choices=CHOICES,
        widget=forms.CheckboxSelectMultiple,
        help_text="每个平台一条，不记达人。",
    )
    campaign = LinkForm.base_fields["campaign"]
    content = LinkForm.base_fields["content"]
    spot = LinkForm.base_fields["spot"]

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, workspace=workspace, **kwargs)
        self.fields["url"].help_text = "直接粘贴，分享口令、缺 https、全角都能认。"
        self.fields["creators"].choices = _owners("creator", workspace)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        creators = [{"creator": key} for key in data.pop("creators", [])]
        platforms = [{"platform": key} for key in data.pop("platforms", [])]
        data["targets"] = creators + platforms
        if not data["targets"]:
            raise forms.ValidationError("还没有选达人或平台。请至少选一个。")
        return data


class CodeForm(OwnedForm):
    code = forms.CharField(
        label="优惠码",
        max_length=40,
        help_text="顾客照着输入。不分大小写，避免用 0 和 O、1 和 I。",
        widget=forms.TextInput({"placeholder": "例如 AZHI30", "autocapitalize": "characters"}),
    )
    creator = forms.ChoiceField(label="达人", required=False)
    spot = forms.CharField(
        label="投放位置",
        required=False,
        max_length=40,
        widget=forms.TextInput({"placeholder": "例如 包裹卡、门店海报"}),
    )
    campaign = forms.ChoiceField(label="营销计划", required=False)
    content = forms.ChoiceField(label="内容", required=False)
    platform = forms.ChoiceField(
        label="在哪个平台给出",
        required=False,
        choices=[("", "由系统判断"), *CHOICES],
        help_text="用码的订单会记在这个平台。不选时跟着达人走；只填投放位置时算线下。",
    )
    discount_note = forms.CharField(
        label="优惠说明",
        required=False,
        max_length=60,
        widget=forms.TextInput({"placeholder": "例如 满 299 减 30"}),
    )
    starts_on = forms.DateField(
        label="开始", required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    ends_on = forms.DateField(
        label="结束", required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )

    def clean(self) -> dict[str, Any]:
        """A creator comes before a spot, a spot before a campaign: the nearest to the buyer."""
        data = dict(self.cleaned_data)
        order = [PromoCode.Owner.CREATOR, PromoCode.Owner.SPOT, PromoCode.Owner.CAMPAIGN]
        filled = [kind for kind in order if data.get(kind)]
        if not filled:
            raise forms.ValidationError(
                "还没有说这个码归谁。达人、投放位置、营销计划至少填一项，订单才知道算给谁。"
            )
        return {**data, "owner_kind": filled[0]}


class CodeEditForm(CodeForm):
    """A code that has been given out keeps its letters."""

    code = None  # type: ignore[assignment]


class ManyCodesForm(OwnedForm):
    prefix = forms.CharField(
        label="开头",
        max_length=12,
        help_text="每位达人得到「开头 + 3 位随机字符」，例如 D11K7M。",
        widget=forms.TextInput({"placeholder": "例如 D11", "autocapitalize": "characters"}),
    )
    creators = forms.MultipleChoiceField(label="达人", widget=forms.CheckboxSelectMultiple)
    campaign = forms.ChoiceField(label="营销计划", required=False)
    discount_note = CodeForm.base_fields["discount_note"]
    starts_on = CodeForm.base_fields["starts_on"]
    ends_on = CodeForm.base_fields["ends_on"]

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, workspace=workspace, **kwargs)
        self.fields["creators"].choices = _owners("creator", workspace)  # type: ignore[attr-defined]


class SiteForm(forms.Form):
    name = forms.CharField(
        label="名称", max_length=60, widget=forms.TextInput({"placeholder": "例如 官方商城"})
    )
    hosts = forms.CharField(
        label="域名",
        help_text="一行一个。下级域名自动算在内；不在其中的来访记为可疑，不计入。",
        widget=forms.Textarea({"rows": 3, "placeholder": "shop.brand.cn"}),
    )
    consent_required = forms.BooleanField(
        label="先征得同意再记录",
        required=False,
        help_text="开启后，页面要先调用 shemei.consent(true)，否则不记录。",
    )


class PutBackForm(forms.Form):
    """Which of the clicks that were left out are to count; only what the page shows can be chosen."""

    reason = forms.ChoiceField(label="哪种原因")
    link = forms.ChoiceField(label="哪条短链", required=False)
    why = forms.CharField(
        label="为什么算数",
        max_length=200,
        widget=forms.TextInput({"placeholder": "例如 公司内网的同事在试打开"}),
    )

    def __init__(self, *args: Any, report: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = [(row.key, f"{row.name}（{row.clicks:,} 次）") for row in report.reasons]
        links = [(row.key, row.name) for row in report.links]
        self.fields["reason"].choices = [("", "请选择"), *reasons]  # type: ignore[attr-defined]
        self.fields["link"].choices = [("", "全部短链"), *links]  # type: ignore[attr-defined]


class Words(forms.CharField):
    """Words, one a line or separated by commas, as a list."""

    def clean(self, value: Any) -> Any:
        return [word for word in re.split(r"[\s,，;；、|]+", super().clean(value)) if word]


class NamingForm(forms.Form):
    pattern = forms.CharField(
        label="名称的写法",
        required=False,
        max_length=120,
        help_text="没有的部分连同分隔符一起省去。",
        widget=forms.TextInput({"placeholder": "{platform}-{campaign}-{date}"}),
    )
    lower = forms.BooleanField(label="UTM 都用小写", required=False)
    plain = forms.BooleanField(label="UTM 只用字母、数字和 - _ .", required=False)
    required = forms.MultipleChoiceField(
        label="必填的 UTM",
        required=False,
        choices=[
            (key, f"{word} {key}" + ("" if FILLED[key] else "（要人填）"))
            for key, word in UTM_NAMES.items()
        ],
        widget=forms.CheckboxSelectMultiple,
    )
    sources = Words(
        label="允许的 utm_source",
        required=False,
        max_length=2000,
        help_text="一行一个；留空就不限。",
        widget=forms.Textarea({"rows": 3}),
    )
    mediums = Words(
        label="允许的 utm_medium",
        required=False,
        max_length=2000,
        help_text="一行一个；留空就不限。",
        widget=forms.Textarea({"rows": 3}),
    )


class TemplateForm(forms.Form):
    name = forms.CharField(label="模板叫什么", max_length=60)
    holds_days = forms.IntegerField(
        label="建好几天后到期", required=False, min_value=1, max_value=3650,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )  # fmt: skip


class MoveForm(forms.Form):
    folder = forms.CharField(
        label="移到哪个文件夹",
        required=False,
        max_length=40,
        help_text="写一个已有的或新的名字；留空就移出文件夹。",
        widget=forms.TextInput({"list": "folders", "autocomplete": "off"}),
    )
