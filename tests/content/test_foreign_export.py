"""A table nobody has prepared for: half-Spanish headers, latin-1, semicolons, no titles. The wizard takes it."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db.models import Count, Sum

from shemei.apps.content.models import Post, PostMetric
from shemei.kernel.imports import actions
from shemei.kernel.imports.errors import ImportError_
from shemei.kernel.imports.models import ImportBatch

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home

OURS = (
    "Me gusta totales de la página;Tipo;Categoría;Publicar Mes;Lifetime Post Total Impressions;comment;like;compartir\n"
    "139441;Photo;2;12;5091;4;79;17\n139441;Status;2;12;19057;5;130;29\n139441;Video;3;12;4373;;66;14\n"
).encode("latin-1")
"""Three rows of the same kind as the real table, made up."""
CHOSEN = {"form": "Tipo", "impressions": "Lifetime Post Total Impressions", "comments": "comment", "likes": "like", "shares": "compartir"}  # fmt: skip


@pytest.fixture
def place(inside: World, home: Home) -> World:
    return inside


def through_the_wizard(place: World, data: bytes, **options: str) -> ImportBatch:
    by = place.editor.actor
    batch = actions.receive(place.brand, io.BytesIO(data), "pagina.csv", by=by, kind="post_metrics")
    columns = batch.mapping | actions.mapping_from_headers(batch, CHOSEN)
    batch = actions.set_mapping(
        batch, columns, {"platform": "other", "unnamed": "row", **options}, by=by
    )
    return actions.write(actions.check(batch, by=by), by=by)


def sums() -> dict[str, int]:
    return PostMetric.objects.aggregate(n=Count("id"), shown=Sum("impressions"), likes=Sum("likes"), comments=Sum("comments"), shares=Sum("shares"))  # fmt: skip


def test_it_comes_in_once_with_right_counts(place: World) -> None:
    batch = through_the_wizard(place, OURS)
    assert "Latin-1" in "".join(batch.notes)
    assert "分号" in "".join(batch.notes)
    assert (batch.count("new"), batch.error_rows) == (3, 0)
    assert sums() == {"n": 3, "shown": 28_521, "likes": 275, "comments": 9, "shares": 60}
    assert set(Post.objects.values_list("form", flat=True)) == {"图文", "短视频"}
    again = through_the_wizard(place, OURS)
    assert (again.count("new"), again.count("same")) == (0, 3)


def test_most_columns_match_by_themselves_and_the_choice_is_remembered(place: World) -> None:
    by = place.editor.actor
    proposed = actions.receive(place.brand, io.BytesIO(OURS), "a.csv", by=by, kind="post_metrics")
    assert proposed.mapping == actions.mapping_from_headers(proposed, CHOSEN)


def test_rows_without_a_name_are_refused_unless_the_person_says_otherwise(place: World) -> None:
    with pytest.raises(ImportError_, match="按行号登记"):
        through_the_wizard(place, OURS, unnamed="refuse")
    named = OURS.replace("Categoría".encode("latin-1"), b"headline").replace(
        b";2;12;5091", b";;12;5091"
    )
    batch = through_the_wizard(place, named, unnamed="refuse")
    assert (batch.error_rows, Post.objects.count()) == (1, 2)


def test_no_platform_is_assumed_where_nothing_names_one(place: World) -> None:
    by = place.editor.actor
    name = "facebook_cosmetics_posts.csv"
    batch = actions.receive(place.brand, io.BytesIO(OURS), name, by=by, kind="post_metrics")
    assert batch.option("platform") == ""
    page = place.client(place.editor).get(place.url("imports:batch", batch.key)).content.decode()
    assert '<option value="" selected>请选一个平台</option>' in page
    with pytest.raises(ImportError_, match="这份表来自哪个平台"):
        actions.set_mapping(batch, batch.mapping, {"unnamed": "row"}, by=by)


@pytest.mark.parametrize(
    ("name", "head", "platform"),
    [("小红书_11月.csv", "标题", "xhs"), ("a.csv", "抖音标题", "douyin"), ("douyin-works.csv", "标题", "douyin")],
)  # fmt: skip
def test_a_name_of_a_platform_preselects_it(
    place: World, name: str, head: str, platform: str
) -> None:
    data = f"{head},作品编号,点赞\n早八,1,2\n".encode()
    by = place.editor.actor
    batch = actions.receive(place.brand, io.BytesIO(data), name, by=by, kind="post_metrics")
    assert batch.option("platform") == platform


def test_a_row_without_a_platform_in_a_table_that_has_the_column_is_wrong(place: World) -> None:
    data = "标题,平台,点赞\n早八,小红书,2\n晚九,,3\n".encode()
    by = place.editor.actor
    batch = actions.receive(place.brand, io.BytesIO(data), "a.csv", by=by, kind="post_metrics")
    batch = actions.check(actions.set_mapping(batch, batch.mapping, {}, by=by), by=by)
    assert (batch.count("new"), batch.error_rows) == (1, 1)


@pytest.mark.slow
def test_the_real_table(place: World, shared_data: Path) -> None:
    path = shared_data / "posts" / "facebook_cosmetics_posts.csv"
    with path.open(encoding="latin-1", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    batch = through_the_wizard(place, path.read_bytes())
    assert (batch.count("new"), batch.error_rows) == (len(rows), 0)
    told = {name: sum(int(row[header] or 0) for row in rows) for name, header in CHOSEN.items() if name != "form"}  # fmt: skip
    assert sums() == {
        "n": len(rows), "shown": told["impressions"], "likes": told["likes"], "comments": told["comments"], "shares": told["shares"],
    }  # fmt: skip
