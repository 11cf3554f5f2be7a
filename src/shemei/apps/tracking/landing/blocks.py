"""What a landing page is made of: each kind of block with its fields, declared once for form, check and page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Typed = Literal[
    "text", "long", "lines", "url", "moment", "picture", "product", "link", "code", "asked"
]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a block; ``limit`` counts characters."""

    name: str
    label: str
    typed: Typed = "text"
    limit: int = 40
    required: bool = False
    hint: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of block; ``shows`` is the field that stands for it in the list."""

    key: str
    name: str
    icon: str
    fields: tuple[Field, ...]
    shows: str = "title"
    once: bool = False


ASKED: dict[str, str] = {"name": "姓名", "phone": "手机", "wechat": "微信号"}
"""What a form may ask for beside a choice."""
CONSENT = (
    "我同意品牌为联系我、介绍本页的商品与活动而使用我填写的信息；我可以随时要求查看、更正或删除。"
)

KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            "hero", "头图", "photo",
            (
                Field("title", "大标题", limit=30, required=True, hint="一句话说清给谁、好处是什么。"),
                Field("sub", "副标题", "long", 80),
                Field("picture", "图片", "picture"),
                Field("alt", "图片说明", limit=80, hint="看不到图的人听到的就是这一句；选了图就要写。"),
            ),
        ),
        Kind(
            "text", "文字", "typography",
            (Field("title", "小标题"), Field("body", "正文", "long", 1200, required=True)),
            shows="body",
        ),
        Kind(
            "picture", "图片", "photo-plus",
            (
                Field("picture", "图片", "picture", required=True),
                Field("alt", "图片说明", limit=80, required=True, hint="看不到图的人听到的就是这一句。"),
                Field("caption", "图下文字", limit=60),
            ),
            shows="alt",
        ),
        Kind(
            "product", "商品", "package",
            (
                Field("product", "商品", "product", required=True, hint="名称和价格取自商品列表，改价后页面跟着改。"),
                Field("note", "一句卖点", limit=60),
                Field("url", "购买网址", "url", 2000),
                Field("link", "或选一条短链", "link", hint="选了短链，就能分清是哪个落地页带来的成交。"),
            ),
            shows="note",
        ),
        Kind(
            "form", "表单", "id-badge-2",
            (
                Field("title", "标题", limit=30, default="留下联系方式"),
                Field("asked", "要填什么", "asked", required=True, default="name,phone", hint="手机和微信号至少要一样，不然联系不上。少要一样，多一些人填。"),
                Field("choice", "单选题目", limit=30, hint="例如「肤质」；不问就留空。"),
                Field("options", "选项", "lines", 400, hint="每行一个，2 至 8 个。"),
                Field("button", "按钮", limit=12, required=True, default="提交"),
                Field("consent", "同意说明", "long", 300, required=True, default=CONSENT, hint="写明谁、为了什么、用哪些信息。每条线索都记着当时的这段话。"),
                Field("thanks", "提交之后", limit=60, required=True, default="已收到，我们会在一个工作日内联系你。"),
            ),
            once=True,
        ),
        Kind(
            "code", "优惠码", "ticket",
            (
                Field("code", "优惠码", "code", required=True, hint="过了有效期，页面自己改写成「已结束」。"),
                Field("note", "怎么用", limit=60),
            ),
            shows="note",
        ),
        Kind(
            "countdown", "倒计时", "hourglass",
            (
                Field("title", "倒计时前的话", limit=30, required=True, default="距活动结束"),
                Field("ends", "结束时间", "moment", required=True, hint="真的到这一刻结束，人人看到的都一样，不会重来。"),
                Field("after", "结束之后", limit=60, required=True, default="活动已经结束。"),
            ),
        ),
        Kind(
            "button", "按钮", "hand-click",
            (
                Field("title", "按钮文字", limit=12, required=True),
                Field("url", "网址", "url", 2000),
                Field("link", "或选一条短链", "link"),
            ),
        ),
    )
}  # fmt: skip
MOST_BLOCKS = 30
MOST_PAGE_BYTES = 100_000
"""What a phone loads at the first visit: the page, its style, its scripts and its pictures."""
