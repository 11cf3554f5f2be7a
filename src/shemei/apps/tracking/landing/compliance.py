"""The first checker: absolute words, a form without consent, advertising that does not say so."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shemei.kernel.addresses import INVISIBLE
from shemei.kernel.checks import Document, Finding, Level

if TYPE_CHECKING:
    from shemei.kernel.workspace import Workspace

ABSOLUTE = "《广告法》第九条第（三）项"
LABEL = "《互联网广告管理办法》第九条"
CONSENT = "《个人信息保护法》第十四条、第十七条"


@dataclass(frozen=True, slots=True)
class _Word:
    pattern: re.Pattern[str]
    level: Level
    offer: str


def _word(pattern: str, offer: str, level: Level = "block") -> _Word:
    return _Word(re.compile(pattern), level, offer)


_WORDS = (
    _word(r"国家级|世界级|宇宙级", "删去，或写有证书可查的等级"),
    _word(r"最(?:高级|佳|好|优|强|先进|安全|有效|便宜|低价|受欢迎|畅销|大牌|权威)", "改成能核实的说法，例如「28 天试用数据见详情」"),
    _word(r"(?:全网|全国|全球|行业|销量|史上|世界|亚洲)(?:最(?:低价|高|低|大|好|强|佳|优)?|第一|首个|首家|唯一|独家)", "改成有出处的事实，写明来源与时间"),
    _word(r"(?:顶级|顶尖|极品|至尊|王牌|冠军品质)", "改成具体的用料或工艺"),
    _word(r"(?:史无前例|前无古人|绝无仅有|独一无二|万能|无敌|祖传秘方)", "改成具体的特点"),
    _word(r"(?:100%|百分之百|百分百)(?:有效|安全|正品保证|治愈|见效)", "改成测试条件与结果"),
    _word(r"(?:永久|彻底|根本)(?:根治|治愈|去除|祛除|不反弹)", "删去对效果的保证"),
    _word(r"(?:NO\.?1|TOP1|第一品牌)(?![0-9A-Z])", "改成有出处的排名，写明机构与时间"),
    _word(r"第一(?![次步天件位批回个周轮阶时眼手季期页章课杯口支瓶单代])", "若是排名，写明机构与时间；若是次序，可保留", "warn"),
    _word(r"唯一|首选|极致|首个|独家|领先|遥遥领先", "确有依据再用，并写明依据", "warn"),
)  # fmt: skip


def folded(text: str) -> str:
    """Text as it is compared: half-width, upper case, without what splits a word.

    Examples
    --------
    >>> folded("最 佳·ｎｏ．1")
    '最佳NO.1'
    """
    plain = unicodedata.normalize("NFKC", text.translate(INVISIBLE)).upper()
    return re.sub(r"[\s·•*_\-—~～|/\\]+", "", plain)


def _absolute(text: str) -> list[tuple[_Word, str]]:
    """Every absolute word once, the longer one where two lie upon each other."""
    spans = [
        (m.start(), -m.end(), word, m[0]) for word in _WORDS for m in word.pattern.finditer(text)
    ]
    found: dict[str, _Word] = {}
    reached = 0
    for start, end, word, told in sorted(spans, key=lambda one: one[:2]):
        if start >= reached:
            found.setdefault(told, word)
            reached = -end
    return [(word, told) for told, word in found.items()]


def check(workspace: Workspace, document: Document) -> Iterator[Finding]:
    """What is remarked of a landing page; its traits are ``form``, ``consent``, ``sells``, ``says_ad``."""
    for passage in document.passages:
        for word, found in _absolute(folded(passage.text)):
            yield Finding(
                word.level, passage.where, found, "绝对化用语，无法证明，也贬低别人",
                ABSOLUTE, word.offer, passage.place,
            )  # fmt: skip
    told = document.traits
    if told.get("form") and not told.get("consent"):
        yield Finding(
            "block", "表单", "同意说明", "收集个人信息前没有告知用途、取得同意",
            CONSENT, "写明谁、为了什么、用哪些信息，怎样撤回",
        )  # fmt: skip
    if told.get("sells") and not told.get("says_ad"):
        yield Finding(
            "warn", "整页", "广告", "推销商品或服务的页面没有标明「广告」",
            LABEL, "在页面设置里打开「页面上标『广告』」",
        )  # fmt: skip
