"""A landing page in two variants and an offline spot, made by the same actions the demo's people would use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shemei.apps.commerce import queries as commerce
from shemei.apps.tracking.landing import actions as landing
from shemei.apps.tracking.landing.models import LandingVariant
from shemei.apps.tracking.models import PromoCode
from shemei.apps.tracking.posters import actions as posters
from shemei.demo.trials import PAGE_URL
from shemei.kernel.actor import SYSTEM
from shemei.kernel.periods import today

if TYPE_CHECKING:
    from shemei.apps.tracking.landing.models import LandingPage
    from shemei.kernel.workspace import Workspace


def put_up(workspace: Workspace, campaign: str = "") -> LandingPage:
    """Publish one page in two variants and enter one spot. Call inside the brand's scope."""
    page = landing.create_page(
        workspace, by=SYSTEM, name="换季修护，先试后买", slug="huanji", campaign=campaign
    )
    variant = page.variants.select_related("page__workspace").get()
    hero, text, form = variant.draft
    _write(variant, hero, title="换季也稳得住", sub="为敏感肌做的两周修护，先试后买")
    _write(
        variant,
        text,
        title="两周怎么用",
        body="早晚洁面后薄涂。\n第一周隔天用，第二周每天用。\n\n不合适可以退，试用装也退。",
    )
    _write(variant, form, title="领一份试用装", choice="肤质", options="干皮\n油皮\n敏感肌")
    for product in commerce.products(workspace, limit=1):
        _add(variant, "product", product=product.key, note="一支用两周", url=PAGE_URL)
    for code in PromoCode.objects.valid_on(today())[:1]:
        _add(variant, "code", code=code.key, note="下单时填写")
    landing.publish(variant, by=SYSTEM)
    _other_way(page)
    posters.create_spot(
        workspace,
        by=SYSTEM,
        name="徐汇店收银台",
        address="上海徐汇",
        url=PAGE_URL,
        headline="扫码领小样",
        words="到店打卡，送 5 毫升修护霜",
    )
    return page


def _other_way(page: LandingPage) -> None:
    """The same page with another first line: which of the two brings more contacts?"""
    variant = landing.add_variant(page, by=SYSTEM)
    hero = variant.draft[0]
    _write(
        variant,
        hero,
        title="先领一份，两周再说",
        sub="敏感肌的修护试用装，写下手机就寄，用得好再买",
    )
    landing.publish(variant, by=SYSTEM)


def _write(variant: LandingVariant, block: dict[str, Any], **values: str) -> None:
    landing.write_block(variant, block["id"], by=SYSTEM, values=block | values)
    variant.refresh_from_db(fields=["draft"])


def _add(variant: LandingVariant, kind: str, **values: str) -> None:
    landing.add_block(variant, by=SYSTEM, kind=kind, values=values)
