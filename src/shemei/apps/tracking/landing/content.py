"""What the keys in a page's blocks mean today, and what of a page a checker reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shemei.apps.commerce import queries as commerce
from shemei.apps.tracking.book import short_url
from shemei.apps.tracking.landing import rules
from shemei.apps.tracking.landing.blocks import KINDS
from shemei.apps.tracking.landing.models import LandingPage, LandingPicture, LandingVariant
from shemei.apps.tracking.models import Link, PromoCode
from shemei.kernel import checks
from shemei.kernel.checks import Document, Finding, Passage
from shemei.kernel.periods import today

MOST_CHOICES = 200


def known_to(page: LandingPage) -> rules.Known:
    """Keys that blocks of this page may hold."""
    return rules.Known(
        pictures=frozenset(page.pictures.values_list("key", flat=True)),
        products=frozenset(row.key for row in commerce.products(page.workspace)),
        links=frozenset(Link.objects.live().values_list("key", flat=True)),
        codes=frozenset(PromoCode.objects.filter(is_active=True).values_list("key", flat=True)),
    )


def choices(page: LandingPage, typed: str) -> list[tuple[str, str]]:
    """What a member may choose for a field of this type, in words."""
    if typed == "product":
        return [(row.key, f"{row.name} {row.told}") for row in commerce.products(page.workspace)]
    if typed == "link":
        return [
            (row.key, f"{row.name}（{row.code}）") for row in Link.objects.live()[:MOST_CHOICES]
        ]
    if typed == "code":
        rows = PromoCode.objects.valid_on(today())[:MOST_CHOICES]
        return [(row.key, f"{row.code} {row.discount_note}".strip()) for row in rows]
    return []


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft read strictly: what would be published, what keeps it back, what the checkers say."""

    blocks: list[rules.Block]
    problems: list[rules.Problem]
    findings: list[Finding]

    @property
    def may_go(self) -> bool:
        return bool(self.blocks) and not self.problems and not any(f.blocks for f in self.findings)


def read_draft(variant: LandingVariant) -> Checked:
    page = variant.page
    blocks, problems = rules.read(variant.draft, known_to(page))
    return Checked(blocks, problems, checks.check(page.workspace, document_of(page, blocks)))


def document_of(page: LandingPage, blocks: Sequence[rules.Block]) -> Document:
    kinds = {block["kind"] for block in blocks}
    form = next((block for block in blocks if block["kind"] == "form"), {})
    traits = {
        "form": bool(form),
        "consent": bool(form.get("consent")),
        "sells": bool(kinds & {"product", "button", "code"}),
        "says_ad": page.says_ad,
    }
    return Document("landing", tuple(_passages(page, blocks)), traits)


def _passages(page: LandingPage, blocks: Iterable[rules.Block]) -> Iterable[Passage]:
    yield Passage("页面名称", page.name)
    for block in blocks:
        kind = KINDS[block["kind"]]
        for field in kind.fields:
            value = block.get(field.name, "")
            text = "\n".join(value) if isinstance(value, list) else str(value)
            if text and field.typed in ("text", "long", "lines"):
                yield Passage(f"{kind.name}的{field.label}", text, block.get("id", ""))


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page needs beside its blocks to be drawn."""

    products: dict[str, Any]
    links: dict[str, str]
    codes: dict[str, PromoCode]
    pictures: dict[str, LandingPicture]


def shown_by(blocks: Sequence[rules.Block]) -> Shown:
    """Everything the blocks name, in one look-up per kind. Call inside the workspace's scope."""
    wanted = {
        name: {b[name] for b in blocks if b.get(name)}
        for name in ("product", "link", "code", "picture")
    }
    links = Link.objects.live().filter(key__in=wanted["link"]).select_related("workspace")
    pictures = LandingPicture.objects.filter(key__in=wanted["picture"]).defer("data")
    return Shown(
        products={row.key: row for row in commerce.products(None, keys=wanted["product"])},
        links={link.key: short_url(link) for link in links},
        codes={row.key: row for row in PromoCode.objects.filter(key__in=wanted["code"])},
        pictures={row.key: row for row in pictures},
    )
