"""Forms of the accounts room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from shemei.apps.accounts.models import User, Workspace
from shemei.apps.accounts.policies import grantable
from shemei.apps.accounts.rules import API_USES, ROLE_NOTES, host_of
from shemei.kernel.figures import MODEL_NAMES
from shemei.kernel.permissions import PERMISSION_NAMES, Permission

if TYPE_CHECKING:
    from shemei.kernel.actor import Actor


class PasswordField(forms.CharField):
    def __init__(self, **options: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True)
        hint = "至少 10 个字符，不要用常见密码"
        super().__init__(label="密码", strip=False, widget=widget, help_text=hint, **options)


class AccountForm(forms.Form):
    """Name, e-mail and password of a new account."""

    name = forms.CharField(
        label="姓名", max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label="邮箱",
        help_text="用来登录和找回密码",
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = PasswordField()

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("password"):
            someone = User(email=told.get("email", ""), name=told.get("name", ""))
            try:
                validate_password(told["password"], someone)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return told


class StartForm(AccountForm):
    """The first start: a brand and its owner."""

    field_order = ("brand", "name", "email", "password")
    brand = forms.CharField(label="品牌名称", max_length=60, help_text="例如「屿禾护肤」，以后可改")


class BrandForm(forms.ModelForm):
    class Meta:
        model = Workspace
        fields = ("name", "link_host")

    def clean_link_host(self) -> str:
        try:
            return host_of(self.cleaned_data["link_host"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


class NewBrandForm(forms.Form):
    name = forms.CharField(label="品牌名称", max_length=60)


class AttributionForm(forms.Form):
    attribution_model = forms.ChoiceField(
        label="归因模型",
        choices=list(MODEL_NAMES.items()),
        help_text="看板上的可追踪成交按它分配；其他模型在归因页并列可比",
    )
    lookback_days = forms.IntegerField(
        label="回看天数",
        min_value=1,
        max_value=180,
        help_text="成交前多少天内的触点计入，1 至 180",
    )
    confirmed_only = forms.BooleanField(
        label="只算核实过的订单",
        required=False,
        help_text="只有网站代码报过、店铺文件和接口都还没报的订单先不算；核实后自动补上，关掉就都算回来",
    )


class RoleForm(forms.Form):
    """One role of those the member may give; an editor unless something else is meant."""

    role = forms.ChoiceField(label="角色", initial="editor")

    def __init__(self, *args: Any, granter: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        named = grantable(granter).items()
        self.fields["role"].choices = [(key, f"{name}：{ROLE_NOTES[key]}") for key, name in named]


class InvitationForm(RoleForm):
    email = forms.EmailField(
        label="邮箱", required=False, help_text="填了就只有用这个邮箱的人能接受"
    )
    days = forms.TypedChoiceField(
        label="有效期",
        choices=[(1, "1 天"), (7, "7 天"), (30, "30 天")],
        coerce=int,
        initial=7,
        help_text="每条链接只能用一次",
    )


def _scopes() -> list[tuple[str, str]]:
    """The permissions the API asks for by now, each with what for where its name does not say it."""
    uses: dict[Permission, list[str]] = {}
    for needed, what, _ in API_USES:
        uses.setdefault(needed, []).append(what)
    return [
        (str(needed), name if whats == [name] else f"{name}（{'、'.join(whats)}）")
        for needed, whats in uses.items()
        for name in [PERMISSION_NAMES[needed]]
    ]


class KeyForm(forms.Form):
    name = forms.CharField(label="用途", max_length=60, help_text="例如「订单系统推送」")
    scopes = forms.MultipleChoiceField(
        label="权限",
        choices=_scopes(),
        widget=forms.CheckboxSelectMultiple,
        help_text="只给这个程序用得到的",
    )
    days = forms.TypedChoiceField(
        label="有效期",
        choices=[(90, "90 天"), (365, "1 年"), ("", "不过期")],
        coerce=int,
        empty_value=None,
        required=False,
        initial=365,
    )


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("name", "theme")
        widgets = {"theme": forms.RadioSelect}
