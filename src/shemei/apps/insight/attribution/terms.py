"""The words of statistics on the attribution page, each in one plain sentence; ``docs/concepts/attribution.md`` has the same."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    name: str
    says: str


MODEL_TERMS = {
    "first": Term("首次触达", "一单的功劳全归付款前的第一次触达。"),
    "last": Term("末次触达", "一单的功劳全归付款前的最后一次触达。"),
    "linear": Term("线性", "一单平分给它的每一次触达。"),
    "time_decay": Term("时间衰减", "离付款越近分得越多，每往前 7 天减一半。"),
    "position": Term("位置 40/20/40", "第一次和最后一次各四成，中间的平分两成。"),
    "markov": Term(
        "马尔可夫",
        "把所有人走过的路连成一张网，看拿掉一个渠道会少成交几成，再按各渠道少掉的多少来分。",
    ),
    "shapley": Term(
        "沙普利", "按「谁加进来多带来多少」公平地分；用在路径上，就是一单平分给不同的渠道。"
    ),
}
TERMS = {
    "exact": Term("精确解", "按公式一次算准，不靠随机抽样；同样的数据总得同样的数。"),
    "bootstrap": Term(
        "重抽（自助法）",
        "把这些天放进袋子，抽一天记下再放回，抽满同样的天数重算；重复几百遍，就看得出换一批日子结果会差多少。",
    ),
    "band": Term("稳定带", "重抽几百遍，95% 的时候占比落在这两个数之间；越宽，这个占比越别较真。"),
    "interval": Term(
        "金额的 95% 区间",
        "重抽几百遍，95% 的时候金额落在这两个数之间；总额的起落也算在内，所以更宽。",
    ),
    "reading": Term(
        "判读",
        "首次触达比末次多三成以上是「多做开头」，反过来是「多做收尾」，差不多是「头尾均衡」。",
    ),
    "truth": Term(
        "模拟真值",
        "在模拟里让一个渠道不打动任何人再跑一遍，少掉的订单就是它真正带来的；只有示例公司有。",
    ),
    "misplaced": Term("分错的份额", "和真值比，有百分之几的功劳给错了渠道；0% 是一点不错。"),
    "rank": Term(
        "名次相关", "模型排的渠道先后和真值排的有多像：1 是一样，0 是没有关系，−1 是正好相反。"
    ),
}
