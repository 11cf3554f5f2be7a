"""The editor of a link's rules: one form for the whole link, one for each case; order is what is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from shemei.apps.tracking import routing
from shemei.edge.linkrules import MOST_CASES, RuleError, check_scheme
from shemei.edge.passwords import hash_password
from shemei.kernel.addresses import BadInput, tidy_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import QueryDict

    from shemei.edge.linkrules import Case, LinkRules

_STAMP = "%Y-%m-%dT%H:%M"
KINDS = [
    ("url", "打开另一个网址"),
    ("split", "两个网址按比例分（A/B）"),
    ("guide", "提示「请在浏览器打开」"),
    ("app", "给一个打开应用或小程序的按钮"),
]


class Moment(forms.DateTimeField):
    widget = forms.DateTimeInput({"type": "datetime-local"}, _STAMP)

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label=label, required=False, input_formats=[_STAMP], **options)
        self.error_messages["invalid"] = "时间写不对。请写成 2026-11-11 00:00 这样。"


class Address(forms.CharField):
    """An address as people paste it."""

    widget = forms.TextInput({"inputmode": "url", "placeholder": "https://shop.brand.cn/p/8"})

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label=label, required=False, max_length=4000, **options)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return tidy_url(text).url if text else ""
        except BadInput as error:
            raise forms.ValidationError(str(error)) from None


class CaseForm(forms.Form):
    in_app = forms.MultipleChoiceField(
        label="在这些应用里打开",
        required=False,
        choices=routing.APP_CHOICES,
        widget=forms.CheckboxSelectMultiple,
    )
    device = forms.MultipleChoiceField(
        label="用这些设备",
        required=False,
        choices=routing.DEVICE_CHOICES,
        widget=forms.CheckboxSelectMultiple,
    )
    starts = Moment("从")
    ends = Moment("到")
    kind = forms.ChoiceField(label="就", choices=KINDS, initial="url")
    url = Address("网址", help_text="留空就是短链的目标网址。")
    url_b = Address("B 的网址", help_text="只在按比例分时用。留空就是短链的目标网址。")
    share = forms.IntegerField(
        label="A 占",
        required=False,
        min_value=1,
        max_value=99,
        initial=50,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )
    app = forms.CharField(
        label="应用或小程序的链接",
        required=False,
        max_length=1900,
        help_text="例如 weixin://dl/business/?t=… 。微信小程序的 https 开头的 URL Link 请填在「网址」里。",
        widget=forms.TextInput({"inputmode": "url", "placeholder": "weixin://dl/business/?t="}),
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        starts, ends, kind = data.get("starts"), data.get("ends"), data.get("kind")
        if starts and ends and ends <= starts:
            self.add_error("ends", "结束早于开始。请对调或改正。")
        if kind == "split" and "url" in data and "url_b" in data and data["url"] == data["url_b"]:
            self.add_error("url_b", "A 和 B 是同一个网址，分了等于没分。请改其中一个。")
        if kind == "app" and "app" in data:
            self._check_app(data["app"])
        return data

    def _check_app(self, address: str) -> None:
        try:
            check_scheme(address)
        except RuleError:
            self.add_error(
                "app",
                "认不出这是哪个应用的链接。请用应用后台给的链接，例如 weixin:// 或 snssdk1128:// 开头的。",
            )

    def case(self) -> dict[str, Any]:
        """The case as it stands in the book."""
        data = self.cleaned_data
        row: dict[str, Any] = {"ways": _ways(data)}
        if data["in_app"]:
            row["in_app"] = ["" if key == routing.BROWSER else key for key in data["in_app"]]
        if data["device"]:
            row["device"] = data["device"]
        for name in ("starts", "ends"):
            if data[name]:
                row[name] = routing.micros(data[name])
        return row


def _ways(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    kind = data["kind"]
    if kind == "split":
        share = data["share"] or 50
        return [
            {"url": data["url"], "weight": share},
            {"url": data["url_b"], "weight": 100 - share},
        ]
    way = {"kind": kind}
    if kind != "guide" and data["url"]:
        way["url"] = data["url"]
    if kind == "app":
        way["app"] = data["app"]
    return [way]


class LimitsForm(forms.Form):
    expires = Moment("到什么时候为止")
    limit = forms.IntegerField(
        label="最多打开几次",
        required=False,
        min_value=1,
        max_value=100_000_000,
        help_text="近似：入口重启后、或有几个入口时，会多放过一些。爬虫和预览不占次数。",
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )
    after = Address("结束或满了以后去哪", help_text="留空就告诉来的人已经结束。")
    password = forms.CharField(
        label="打开要密码",
        required=False,
        max_length=64,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none"}),
    )
    no_password = forms.BooleanField(label="不再要密码", required=False)

    def rules(self, kept: str) -> dict[str, Any]:
        """What stands in the book beside the cases; an empty password field keeps the old one."""
        data = self.cleaned_data
        password = hash_password(data["password"]) if data["password"].strip() else kept
        found = {
            "expires": routing.micros(data["expires"]),
            "limit": data["limit"] or 0,
            "after": data["after"],
            "password": "" if data["no_password"] else password,
        }
        return {name: value for name, value in found.items() if value}


class Editor:
    """Both kinds of forms together, as they were sent or as the link has them."""

    def __init__(self, rules: LinkRules, data: QueryDict | None = None) -> None:
        self.kept = rules.password
        if data is None:
            self.limits = LimitsForm(initial=_limits(rules))
            self.cases = [_form(n, _values(case)) for n, case in enumerate(rules.cases)]
        else:
            self.limits = LimitsForm(data)
            self.cases = [CaseForm(data, prefix=_prefix(n)) for n in range(_count(data))]

    def is_valid(self) -> bool:
        return all([self.limits.is_valid(), *[form.is_valid() for form in self.cases]])

    def read(self) -> dict[str, Any]:
        """The rules as the book has them, of the cases that are whole so far."""
        whole = [form.case() for form in self.cases if form.is_valid()]
        rules = self.limits.rules(self.kept) if self.limits.is_valid() else {}
        return {**rules, "cases": whole} if whole else rules


def rearranged(data: QueryDict, act: str) -> QueryDict:
    """What was sent, with a case added, moved up or dropped; what was typed elsewhere stays."""
    cases = [_case_of(data, n) for n in range(_count(data))]
    verb, _, place = act.partition("-")
    at = int(place) if place.isdigit() else -1
    if verb == "add" and len(cases) < MOST_CASES:
        cases.append({"kind": ["url"], "share": ["50"]})
    elif verb == "drop" and 0 <= at < len(cases):
        del cases[at]
    elif verb == "up" and 0 < at < len(cases):
        cases[at - 1], cases[at] = cases[at], cases[at - 1]
    found = data.copy()
    for name in [name for name in found if name.startswith("case")]:
        del found[name]
    found["cases"] = str(len(cases))
    for n, values in enumerate(cases):
        for name, value in values.items():
            found.setlist(f"{_prefix(n)}-{name}", value)
    return found


def _case_of(data: QueryDict, n: int) -> dict[str, list[str]]:
    prefix = f"{_prefix(n)}-"
    return {
        name.removeprefix(prefix): data.getlist(name) for name in data if name.startswith(prefix)
    }


def _count(data: QueryDict) -> int:
    told = data.get("cases", "")
    return min(int(told), MOST_CASES) if told.isdigit() else 0


def _prefix(n: int) -> str:
    return f"case{n}"


def _form(n: int, values: dict[str, Any]) -> CaseForm:
    return CaseForm(prefix=_prefix(n), initial=values)


def _limits(rules: LinkRules) -> dict[str, Any]:
    return {
        "expires": _local(rules.expires),
        "limit": rules.limit or None,
        "after": rules.after,
    }


def _local(ts: int) -> Any:
    return timezone.localtime(routing.moment(ts)) if ts else None


def _values(case: Case) -> dict[str, Any]:
    first = case.ways[0]
    split = len(case.ways) > 1
    return {
        "in_app": [key or routing.BROWSER for key in sorted(case.in_app)],
        "device": sorted(case.device),
        "starts": _local(case.starts),
        "ends": _local(case.ends),
        "kind": "split" if split else first.kind,
        "url": first.url,
        "url_b": case.ways[1].url if split else "",
        "share": first.weight if split else 50,
        "app": first.app,
    }
