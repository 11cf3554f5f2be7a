"""Every kind, field and metric is documented, and the committed pages are those of the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from shemei.warehouse import reference
from shemei.warehouse.catalogue import DEFAULT_FUNNEL, METRICS
from shemei.warehouse.measures import DERIVED, DIMENSIONS, MEASURES, PEOPLE
from shemei.warehouse.questions import TEXTS
from shemei.warehouse.vocabulary import COLUMNS, KIND_NAMES, TOUCH_KINDS, Kind

DOCS = Path(__file__).resolve().parents[2] / "docs" / "reference"


@pytest.mark.parametrize("name", reference.PAGES)
def test_the_committed_page_is_the_one_the_code_writes(name: str) -> None:
    told = (DOCS / name).read_text(encoding="utf-8")
    assert told == reference.PAGES[name](), (
        "run: python -m shemei.warehouse.reference docs/reference"
    )


def test_every_kind_and_field_has_words() -> None:
    assert set(KIND_NAMES) == set(reference.KIND_NOTES) == set(Kind)
    assert set(reference.FIELD_NOTES) == set(COLUMNS)
    assert set(TOUCH_KINDS) <= set(Kind)


def test_every_metric_is_made_of_known_parts_and_says_how() -> None:
    parts = set(MEASURES) | set(PEOPLE) | set(DERIVED)
    for metric in METRICS.values():
        assert metric.name
        assert metric.formula
        if metric.told:
            continue
        assert metric.numerator in parts
        assert metric.denominator in parts | {""}
        assert (metric.denominator != "") == (metric.unit in ("ratio", "times")) or (
            metric.key in ("aov", "cac", "cpc", "follower_growth", "follower_activity")
        )


def test_what_is_only_told_is_never_asked_of_the_log() -> None:
    told = [metric for metric in METRICS.values() if metric.told]
    assert {"unaided_awareness", "nps", "brand_search", "share_of_voice"} <= {m.key for m in told}
    for metric in told:
        assert not metric.in_log and not metric.denominator and not metric.reported
        assert f"{metric.formula}（由调研或平台报来）" in reference.metrics_page()


def test_a_reference_value_always_has_its_word_source_and_date() -> None:
    for metric in METRICS.values():
        if metric.reference is not None or metric.by_platform or metric.reference_word:
            assert metric.reference_word, metric.key
            assert metric.source, metric.key
            assert metric.dated, metric.key


def test_the_deck_s_reference_values() -> None:
    assert METRICS["engagement_rate"].reference_on("weibo") == 0.03
    assert METRICS["engagement_rate"].reference_on("douyin") == 0.05
    assert METRICS["engagement_rate"].reference_on("xhs") is None
    assert METRICS["ctr"].reference == 0.01
    assert METRICS["cvr"].reference == 0.03
    assert METRICS["roi"].reference == 3
    assert METRICS["follower_growth"].reference == 0.05


def test_measures_dimensions_and_the_funnel_use_the_vocabulary() -> None:
    for measure in MEASURES.values():
        assert set(measure.kinds) <= set(Kind)
    assert set(DIMENSIONS) <= set(TEXTS)
    assert [step.name for step in DEFAULT_FUNNEL] == ["触达", "兴趣", "欲望", "行动", "分享"]
    for step in DEFAULT_FUNNEL:
        assert set(step.kinds) <= set(Kind)
