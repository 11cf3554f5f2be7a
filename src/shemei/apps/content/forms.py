"""Forms of the content room; what cannot be is refused by the actions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from shemei.apps.accounts.queries import active_members, members_with
from shemei.apps.brand import queries as brand
from shemei.apps.content import rules
from shemei.apps.content.models import Post, PostMetric
from shemei.kernel.addresses import BadInput, tidy_url
from shemei.kernel.edits import RowForm
from shemei.kernel.imports.fields import CountField
from shemei.kernel.permissions import Permission
from shemei.kernel.registry import offered
from shemei.platforms import platform_of

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor
    from shemei.kernel.workspace import Workspace


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class ShareField(forms.CharField):
    """An address as people paste it: bare, or inside the words that an app shares."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "widget": forms.TextInput({"inputmode": "url"})})
        self.max_length = None

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        try:
            return tidy_url(text).url if text else ""
        except BadInput as error:
            raise forms.ValidationError(str(error)) from None


class PostForm(RowForm):
    class Meta:
        model = Post
        fields = (
            "title",
            "platform",
            "form",
            "state",
            "published_at",
            "author_name",
            "url",
            "external_id",
        )
        widgets = {"published_at": MomentInput()}
        field_classes = {"url": ShareField}
        help_texts = {
            "published_at": "已发布的内容没填时，按现在算。",
            "author_name": "品牌自己发的，写同事的名字；达人发的不用填。",
            "url": "分享口令整段粘贴也能认，跟踪参数会去掉。导入数据时靠它认出这一篇。",
            "external_id": "平台给作品的编号。小红书、抖音、B站的链接里带着，系统会自己读出来。",
        }

    account_key = forms.ChoiceField(label="发布账号", required=False)
    campaign_key = forms.ChoiceField(label="营销计划", required=False)
    pillar_key = forms.ChoiceField(label="内容支柱", required=False)
    creator_key = forms.ChoiceField(label="达人", required=False)
    keeper_key = forms.ChoiceField(
        label="负责人", required=False, help_text="外部协作的人只看得到自己负责的内容。"
    )

    def __init__(self, *args: Any, workspace: Workspace, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in {
            "account_key": [
                (a.key, f"{a.name}（{platform_of(a.platform).name}）")
                for a in brand.accounts(workspace)
            ],
            "campaign_key": brand.campaign_choices(workspace, self.initial.get("campaign_key")),
            "pillar_key": [(p.key, p.name) for p in brand.pillars(workspace)],
            "creator_key": self._creators(workspace),
            "keeper_key": self._keepers(),
        }.items():
            self.fields[name].choices = [("", "不指定"), *choices]  # type: ignore[attr-defined]
        if not by.can(Permission.CONTENT_OTHERS):
            del self.fields["keeper_key"]

    def _keepers(self) -> list[tuple[str, str]]:
        """Who may edit content, and whoever answers for it now."""
        kept = self.initial.get("keeper_key")
        now = [(one.key, str(one)) for one in active_members() if one.key == kept]
        may = [(one.id, one.name) for one in members_with(Permission.CONTENT_EDIT)]
        return may + [one for one in now if one not in may]

    def _creators(self, workspace: Workspace) -> list[tuple[str, str]]:
        found = offered("creator", workspace, self.initial.get("creator_key", ""))
        return [(row.key, f"{row.name}（{row.note}）") for row in found]

    @classmethod
    def of(cls, row: Post) -> dict[str, Any]:  # type: ignore[override]
        keys = {
            "account_key": row.account.key if row.account else "",
            "campaign_key": row.campaign.key if row.campaign else "",
            "pillar_key": row.pillar.key if row.pillar else "",
            "creator_key": row.creator_key,
            "keeper_key": row.keeper_key,
        }
        return super().of(row) | keys


class MetricsForm(forms.Form):
    """Totals of one day, as the platform's app shows them."""

    day = forms.DateField(
        label="数据日期",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="你在平台上看到这些数的那一天。",
    )

    def __init__(self, *args: Any, published_on: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        yesterday = timezone.localdate() - timedelta(1)
        self.fields["day"].initial = max(yesterday, published_on or yesterday)
        for name in rules.FIGURES:
            label = str(PostMetric._meta.get_field(name).verbose_name)
            floor = None if name == "follows" else 0
            self.fields[name] = CountField(label=label, required=False, min_value=floor)

    @property
    def figure_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in rules.FIGURES]
