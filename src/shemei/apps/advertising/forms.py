"""The form of a spend; what cannot be is refused by the action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from shemei.apps.advertising.models import Spend
from shemei.apps.brand import queries as brand
from shemei.kernel.edits import RowForm
from shemei.kernel.imports.fields import CountField
from shemei.kernel.money import parse_money
from shemei.kernel.periods import today
from shemei.kernel.registry import offered

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace


class MoneyField(forms.CharField):
    """An amount as people write it; cleaned to 分, or None where it may be left out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput({"inputmode": "decimal"}), max_length=20, **kwargs)

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = parse_money(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        if amount < 0:
            raise forms.ValidationError("金额不能小于 0。返点和退款，请直接改小那一笔花费。")
        return amount


class SpendForm(RowForm):
    class Meta:
        model = Spend
        fields = (
            "day",
            "platform",
            "kind",
            "plan",
            "claimed_orders",
            "impressions",
            "clicks",
            "note",
        )
        widgets = {"day": forms.DateInput({"type": "date"}, format="%Y-%m-%d")}
        field_classes = dict.fromkeys(("claimed_orders", "impressions", "clicks"), CountField)
        help_texts = {
            "plan": "广告后台里的计划名，同一天投了几条时分得开。",
            "kind": "达人合作费在「达人合作」里交付时自动记入，不必在这里再记。",
        }

    amount = MoneyField(label="花费")
    claimed_value = MoneyField(label="平台自报成交额", required=False)
    campaign_key = forms.ChoiceField(label="营销计划", required=False)
    content_key = forms.ChoiceField(
        label="加热的内容", required=False, help_text="给某一篇投流时选上，花费就算在它头上。"
    )
    creator_key = forms.ChoiceField(label="达人", required=False)

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = today()
        for name, choices in {
            "campaign_key": brand.campaign_choices(workspace, self.initial.get("campaign_key")),
            "content_key": self._choices("content", workspace),
            "creator_key": self._choices("creator", workspace),
        }.items():
            self.fields[name].choices = [("", "不指定"), *choices]  # type: ignore[attr-defined]

    def _choices(self, kind: str, workspace: Workspace) -> list[tuple[str, str]]:
        found = offered(kind, workspace, self.initial.get(f"{kind}_key", ""))
        return [(row.key, row.name) for row in found]

    @classmethod
    def of(cls, row: Spend) -> dict[str, Any]:  # type: ignore[override]
        claimed = "" if row.claimed_value is None else f"{row.claimed_value / 100:.2f}"
        return super().of(row) | {
            "amount": f"{row.amount / 100:.2f}",
            "claimed_value": claimed,
            "campaign_key": row.campaign.key if row.campaign else "",
            "content_key": row.content_key,
            "creator_key": row.creator_key,
        }
