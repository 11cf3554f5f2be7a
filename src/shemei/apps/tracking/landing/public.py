"""What a visitor of a landing page is answered with: which variant, drawn how, and how a sent form is read."""

from __future__ import annotations

import gzip
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import timezone
from django_scopes import scope, scopes_disabled

from shemei.apps.tracking.book import link_base
from shemei.apps.tracking.landing import rules
from shemei.apps.tracking.landing.actions_leads import Sent
from shemei.apps.tracking.landing.blocks import ASKED
from shemei.apps.tracking.landing.content import Shown, shown_by
from shemei.apps.tracking.landing.models import LandingPage, LandingVariant, LandingVersion
from shemei.edge.address import SHARE, passed_on
from shemei.edge.private import masked
from shemei.edge.tag import tag_source
from shemei.edge.visit import read_request
from shemei.kernel.addresses import UTM_KEYS, BadInput, tidy_utm
from shemei.kernel.periods import today

STATICS = ("landing/page.css", "landing/page.js")


def open_page(slug: str) -> LandingPage | None:
    """The page of an address, where it is on the web and its brand is in use."""
    with scopes_disabled():
        rows = LandingPage.objects.select_related("workspace", "campaign")
        page = rows.filter(slug=slug, is_active=True).first()
        return page if page and page.workspace.is_active else None


def choose(page: LandingPage, kept: str) -> LandingVariant | None:
    """The variant a visitor had before, if it is still in the test; else one by the weights."""
    with scope(workspace=page.workspace):
        rows = list(page.variants.exclude(version=None).select_related("version"))
    in_test = {row.letter: row for row in rows if row.weight}
    if kept in in_test:
        return in_test[kept]
    weights = [(letter, row.weight) for letter, row in in_test.items()]
    return in_test.get(rules.pick(weights, secrets.randbelow(10_000) / 10_000))


@dataclass(frozen=True, slots=True)
class Part:
    """One block with what its keys mean now."""

    block: rules.Block
    href: str = ""
    product: Any = None
    picture: Any = None
    code: str = ""
    is_over: bool = False
    ends: datetime | None = None

    @property
    def kind(self) -> str:
        return str(self.block["kind"])


def parts_of(blocks: list[rules.Block], shown: Shown, now: datetime) -> list[Part]:
    return [part for block in blocks if (part := _part(block, shown, now))]


def _part(block: rules.Block, shown: Shown, now: datetime) -> Part | None:
    """A block as it stands at this moment; None for one whose subject is gone."""
    href = shown.links.get(block.get("link", ""), "") or block.get("url", "")
    product = shown.products.get(block.get("product", ""))
    picture = shown.pictures.get(block.get("picture", ""))
    kind = block["kind"]
    code = shown.codes.get(block.get("code", ""))
    if (kind == "product" and not product) or (kind == "code" and not code):
        return None
    if (kind == "picture" and not picture) or (kind == "button" and not href):
        return None
    ends = datetime.fromisoformat(block["ends"]) if kind == "countdown" else None
    over = bool(ends and ends <= now) or bool(code and code.state_on(today()) != "live")
    return Part(block, href, product, picture, code.code if code else "", over, ends)


def drawn(
    page: LandingPage, blocks: list[rules.Block], *, letter: str = "", version: str = "",
    preview: bool = False, given: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None, thanks: bool = False,
) -> str:  # fmt: skip
    """The page as HTML. Call inside the workspace's scope."""
    props = {"landing": page.key, "variant": letter}
    context = {
        "page": page,
        "parts": parts_of(blocks, shown_by(blocks), timezone.now()),
        "asked": ASKED,
        "version": version,
        "preview": preview,
        "edge": link_base(page.workspace),
        "props": orjson.dumps(props).decode(),
        "given": given or {},
        "problems": problems or {},
        "thanks": thanks,
    }
    return render_to_string("tracking/landing/public.html", context)


def weight_of(page: LandingPage, blocks: list[rules.Block]) -> int:
    """Bytes a phone loads for these blocks at the first visit: text as it is sent, pictures as they are."""
    html = drawn(page, blocks).encode()
    files = [str(finders.find(name)) for name in STATICS]
    texts = [html, tag_source()]
    for name in files:
        with open(name, "rb") as file:
            texts.append(file.read())
    wanted = {block["picture"] for block in blocks if block.get("picture")}
    pictures = page.pictures.filter(key__in=wanted).values_list("size", flat=True)
    return sum(len(gzip.compress(text, 6)) for text in texts) + sum(pictures)


def read_form(version: LandingVersion, data: Mapping[str, str]) -> dict[str, str]:
    """What a form sent, made ready; ValidationError says field by field what is wrong."""
    block = version.block("form")
    if not block:
        raise ValidationError("这一页没有表单。")
    wrong: dict[str, str] = {}
    found: dict[str, str] = {}
    for name in block["asked"]:
        try:
            found[name] = _given(name, data.get(name, ""))
        except BadInput as error:
            wrong[name] = str(error)
    if block["choice"]:
        found["choice"] = data.get("choice", "")
        if found["choice"] not in block["options"]:
            wrong["choice"] = "请选一项。"
    if data.get("agree") != "1":
        wrong["agree"] = "还没有勾选同意。不同意就不用提交。"
    if wrong:
        raise ValidationError(wrong)
    return found


def _given(name: str, text: str) -> str:
    if name == "phone":
        return rules.tidy_mobile(text)
    if name == "wechat":
        return rules.tidy_wechat(text)
    plain = rules.clip(text, 20).replace("\n", " ")
    if not plain:
        raise BadInput("还没有填姓名。")
    return plain[:30]


def sent_with(
    headers: Mapping[bytes, bytes], query: Mapping[str, str], data: Mapping[str, str]
) -> Sent:
    """Marks of a form. The page's script says who passed the page on to this visitor: by then the
    address has the visitor's own mark. Without the script the address still has the friend's."""
    visitor, click = data.get("visitor", ""), query.get("_c", "") or data.get("click", "")
    passed = passed_on(data.get("passed", "") or query.get(SHARE, ""))
    return Sent(
        visitor=visitor if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", visitor) else "",
        click_id=click if len(click) == 36 and set(click) <= set("0123456789abcdef-") else "",
        utm={key: masked(tidy_utm(query[key])) for key in UTM_KEYS if query.get(key)},
        came=read_request("POST", headers),
        hands=str(passed.get("share_depth", "")),
    )
