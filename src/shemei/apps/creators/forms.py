"""Forms of the creators room; what cannot be is refused by the actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from shemei.apps.brand import queries as brand
from shemei.apps.creators import rules
from shemei.apps.creators.models import Collaboration, Creator
from shemei.kernel.edits import RowForm
from shemei.kernel.imports.fields import CountField
from shemei.kernel.money import parse_money
from shemei.kernel.periods import today
from shemei.kernel.registry import offered
from shemei.platforms import CHOICES, platform_of

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MoneyField(forms.CharField):
    """An amount as people write it; cleaned to 分."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput({"inputmode": "decimal"}), max_length=20, **kwargs)

    def clean(self, value: Any) -> int:
        text = super().clean(value)
        if not text:
            return 0
        try:
            amount = parse_money(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        if amount < 0:
            raise forms.ValidationError("金额不能小于 0。请核对。")
        return amount


class CreatorForm(RowForm):
    class Meta:
        model = Creator
        fields = ("name", "platform", "followers", "handle", "city", "note")
        widgets = {"note": forms.Textarea({"rows": 3})}
        help_texts = {
            "followers": "级别按它和分级口径自动定。",
            "handle": "抖音号、小红书号、微博 UID 等，用来分清同名的人。",
            "note": "擅长什么、报价、联系人、避忌。",
        }

    followers = CountField(label="粉丝", min_value=0, help_text=Meta.help_texts["followers"])


class CollaborationForm(RowForm):
    class Meta:
        model = Collaboration
        fields = ("promised_impressions", "state", "delivered_on", "note")
        widgets = {"delivered_on": DayInput()}
        field_classes = {"promised_impressions": CountField}
        help_texts = {
            "promised_impressions": "对方承诺的曝光，交付后与实到比。没有约定就填 0。",
            "delivered_on": "交付那天起，合作费记入花费。",
            "note": "排他期、审稿次数、数据回传日等。",
        }

    fee = MoneyField(
        label="合作费",
        required=False,
        help_text="含服务费，单位元。交付时自动记入花费，不必再到「预算与广告」里记一遍。",
    )
    post_key = forms.ChoiceField(
        label="合作内容", required=False, help_text="选上这次合作发的那一篇，实到曝光从它来。"
    )
    campaign_key = forms.ChoiceField(label="营销计划", required=False)
    field_order = (
        "fee",
        "promised_impressions",
        "state",
        "delivered_on",
        "post_key",
        "campaign_key",
        "note",
    )

    def __init__(self, *args: Any, creator: Creator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        workspace = creator.workspace
        self.fields["promised_impressions"].required = False
        self.fields["post_key"].choices = [("", "还没有"), *self._posts(workspace)]  # type: ignore[attr-defined]
        campaigns = brand.campaign_choices(workspace, self.initial.get("campaign_key"))
        self.fields["campaign_key"].choices = [("", "不指定"), *campaigns]  # type: ignore[attr-defined]

    def _posts(self, workspace: Workspace) -> list[tuple[str, str]]:
        found = offered("content", workspace, self.initial.get("post_key", ""))
        return [(row.key, f"{row.name}（{platform_of(row.platform).name}）") for row in found]

    def clean_promised_impressions(self) -> int:
        return self.cleaned_data["promised_impressions"] or 0

    def clean(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        delivered = data.get("state") == Collaboration.State.DELIVERED
        if delivered and not data.get("delivered_on") and "delivered_on" in data:
            self.add_error("delivered_on", "已交付的合作要写明交付日期。请选一天。")
        return data

    @classmethod
    def of(cls, row: Collaboration) -> dict[str, Any]:  # type: ignore[override]
        campaign = row.campaign.key if row.campaign else ""
        return super().of(row) | {
            "fee": f"{row.fee / 100:.2f}",
            "post_key": row.post_key,
            "campaign_key": campaign,
        }


class DeliverForm(forms.Form):
    delivered_on = forms.DateField(label="交付日期", widget=DayInput(), initial=today)


class TiersForm(forms.Form):
    """The general limits, and per platform where the brand sees it otherwise (blank: as in general)."""

    def __init__(self, *args: Any, table: dict[str, rules.TierLimits], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for platform, label in [("", "全部平台"), *CHOICES]:
            limits = table.get(platform) or (rules.DEFAULT_LIMITS if not platform else None)
            for level, name in (("kol", "KOL"), ("koc", "KOC")):
                self.fields[f"{level}_{platform or 'all'}"] = CountField(
                    label=f"{label}，{name} 起点",
                    required=not platform,
                    min_value=1,
                    initial=getattr(limits, f"{level}_from") if limits else None,
                )

    @property
    def lines(self) -> list[tuple[str, str, Any, Any]]:
        """(platform key, label, field of KOL, field of KOC), for the table of the page."""
        pairs = [("", "全部平台"), *CHOICES]
        return [
            (key, label, self[f"kol_{key or 'all'}"], self[f"koc_{key or 'all'}"])
            for key, label in pairs
        ]

    def clean(self) -> dict[str, Any]:
        limits: dict[str, rules.TierLimits] = {}
        for platform, label, _, _ in self.lines:
            kol, koc = (
                self.cleaned_data.get(f"{level}_{platform or 'all'}") for level in ("kol", "koc")
            )
            if kol is None and koc is None:
                continue
            if kol is None or koc is None or kol <= koc:
                self.add_error(
                    f"kol_{platform or 'all'}", f"{label}：KOL 起点要高于 KOC 起点，两个都要填。"
                )
                continue
            limits[platform] = rules.TierLimits(kol, koc)
        return {"limits": limits}
