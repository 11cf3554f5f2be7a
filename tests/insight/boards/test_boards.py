"""Own boards: made, filled, arranged, removed with a way back; each picture shows the right figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.insight.browsing import NOVEMBER, page
from tests.insight.own_boards import made
from tests.world import member

from shemei.apps.insight.boards.actions import MOST_PANELS
from shemei.apps.insight.boards.panels import OwnBoardView, _labels
from shemei.apps.insight.models import BoardPanel, OwnBoard
from shemei.apps.insight.policies import REMOVE_BOARD
from shemei.kernel.registry import Named

if TYPE_CHECKING:
    from tests.world import World

    from shemei.warehouse.home import Home


def views(world: World, board: OwnBoard) -> dict[str, Any]:
    shown = OwnBoardView(OwnBoard.objects.select_related("workspace").get(pk=board.pk), NOVEMBER)
    return {one.title: one for one in shown.panels}


def test_numbers_are_those_of_the_boards(told: World) -> None:
    metrics = ["traced_value", "traced_orders", "visitors", "engagement_rate", "leads"]
    board = made(told, 数={"kind": "number", "metrics": metrics})
    with told.scope():
        cells = {cell.metric.key: cell for cell in views(told, board)["数"].numbers}
        assert sum(v or 0 for v in cells["traced_value"].days) == 85_000
    assert cells["traced_value"].value == 85_000 and cells["traced_value"].text == "¥850.00"
    assert cells["traced_orders"].value == 5
    assert cells["engagement_rate"].text == "3.50%"
    assert cells["traced_value"].reason == "对比期没有数据"


def test_charts_and_tables_agree_with_the_reports(told: World) -> None:
    board = made(
        told,
        叠={"kind": "stack", "metrics": ["traced_value"], "split": "channel"},
        线={"kind": "line", "metrics": ["clicks", "visits"]},
        分线={"kind": "line", "metrics": ["visitors"], "split": "channel"},
        条={"kind": "hbar", "metrics": ["traced_value"], "split": "platform"},
        表={"kind": "table", "metrics": ["traced_value", "impressions", "ctr"], "split": "channel"},
    )
    with told.scope():
        found = views(told, board)
        stack, bars, table = found["叠"].chart, found["条"].chart, found["表"].rows
        assert sum(sum(v or 0 for v in one.values) for one in stack.series) == 85_000
        assert [one.name for one in found["线"].chart.series] == ["点击", "访问"]
        assert found["分线"].chart.total_row == [], "people are not added up"
        assert bars.x[0] == "小红书" and bars.series[0].values[0] == 50_000
        assert found["表"].heads == ["可追踪成交额（元）", "曝光", "点击率 CTR"]
        assert (table[0].name, table[0].cells) == ("小红书", ("500.00", "10,000", "0.01%"))
        assert table[1].cells[1] == "—", "nobody told of it"


def test_a_board_opens_with_its_pictures(told: World) -> None:
    board = made(told, 条={"kind": "hbar", "metrics": ["orders"], "split": "channel", "width": 12})
    shown = page(told, "insight:board", board.key).content.decode()
    assert "周一例会" in shown and "条" in shown and "上移" not in shown
    assert "上移" in page(told, "insight:board", board.key, edit="1").content.decode()
    assert "周一例会" in page(told, "insight:boards").content.decode()


def test_a_board_is_made_and_filled_by_hand(told: World) -> None:
    client = told.client()
    answer = client.post(told.url("insight:board_new"), {"title": "达人周报", "period": "7d"})
    with told.scope():
        board = OwnBoard.objects.get()
    assert answer.url.startswith(told.url("insight:board", board.key))
    new = told.url("insight:panel_new", board.key)
    form = {"metrics": ["clicks"], "kind": "hbar", "split": "creator", "width": "6"}
    assert client.post(new, form).status_code == 302
    with told.scope():
        assert [str(panel) for panel in board.panels.kept()] == ["点击"]


def test_what_does_not_go_together_is_said_and_kept(told: World) -> None:
    board = made(told)
    form = {"metrics": ["clicks", "ctr"], "kind": "line", "title": "我的图", "width": "6"}
    answer = told.client().post(told.url("insight:panel_new", board.key), form)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "一张图只能有一个单位" in text and "我的图" in text
    with told.scope():
        assert not BoardPanel.objects.exists()


def three(world: World) -> tuple[OwnBoard, list[str]]:
    board = made(
        world, **{name: {"kind": "number", "metrics": ["clicks"]} for name in ("甲", "乙", "丙")}
    )
    with world.scope():
        return board, list(board.panels.kept().values_list("key", flat=True))


def order(world: World, board: OwnBoard) -> str:
    with world.scope():
        return "".join(panel.title for panel in board.panels.kept())


def test_dragging_and_the_menu_do_the_same(told: World) -> None:
    board, keys = three(told)
    client = told.client()
    dragged = {"panel": [keys[2], keys[0], keys[1]]}
    assert client.post(told.url("insight:board_order", board.key), dragged).status_code == 204
    assert order(told, board) == "丙甲乙"
    client.post(told.url("insight:panel_move", keys[1]), {"to": "up"})
    assert order(told, board) == "丙乙甲"
    client.post(told.url("insight:panel_move", keys[0]), {"to": "down"})
    assert order(told, board) == "丙乙甲", "the last stays the last"


def test_a_figure_is_put_where_it_was_dropped(told: World) -> None:
    board, keys = three(told)
    client, add = told.client(), told.url("insight:panel_add", board.key)
    answer = client.post(add, {"metric": "visits", "before": keys[1]})
    with told.scope():
        names = [str(panel) for panel in board.panels.kept()]
        panel = BoardPanel.objects.get(title="")
    assert names == ["甲", "访问", "乙", "丙"]
    assert answer.url.endswith(f"?edit=1#at-{panel.key}")
    assert (panel.kind, panel.metrics, panel.width) == ("number", ["visits"], 4)
    client.post(add, {"metric": "ctr", "before": "nobody"})
    client.post(add, {"metric": "no such figure"})
    with told.scope():
        assert [str(panel) for panel in board.panels.kept()][4:] == ["点击率 CTR"]


def test_a_full_board_takes_no_more(told: World) -> None:
    board, _ = three(told)
    with told.scope():
        for place in range(3, MOST_PANELS):
            BoardPanel.objects.create(
                workspace=told.brand, board=board, title=f"第 {place}", place=place
            )
    client = told.client()
    client.post(told.url("insight:panel_add", board.key), {"metric": "visits"})
    with told.scope():
        assert board.panels.kept().count() == MOST_PANELS
    said = client.get(told.url("insight:board", board.key)).content.decode()
    assert f"最多 {MOST_PANELS} 张图" in said


def test_a_picture_is_as_wide_as_one_of_four(told: World) -> None:
    board, keys = three(told)
    client = told.client()
    for width in ("8", "7", "wide"):
        client.post(told.url("insight:panel_width", keys[0]), {"width": width})
    with told.scope():
        assert board.panels.get(key=keys[0]).width == 8


def test_what_is_removed_comes_back(told: World) -> None:
    board, keys = three(told)
    client = told.client()
    client.post(told.url("insight:panel_remove", keys[1]))
    assert order(told, board) == "甲丙"
    client.post(told.url("insight:panel_restore", keys[1]))
    assert order(told, board) == "甲乙丙"
    client.post(told.url("insight:board_remove", board.key))
    assert client.get(told.url("insight:board", board.key)).status_code == 404
    assert client.post(told.url("insight:board_restore", board.key)).status_code == 302
    assert client.get(told.url("insight:board", board.key)).status_code == 200


@pytest.mark.parametrize("name", ["insight:board_new", "insight:boards"])
def test_who_may_not_analyse_only_looks(told: World, name: str) -> None:
    board, keys = three(told)
    client = told.client(told.editor)
    for action in ("panel_add", "panel_width"):
        key = board.key if action == "panel_add" else keys[0]
        given = {"metric": "visits", "width": "12"}
        assert client.post(told.url(f"insight:{action}", key), given).status_code == 403
    if told.editor.role == "owner":
        pytest.fail("the editor is no owner")
    assert client.get(told.url("insight:board", board.key)).status_code == 200
    assert client.post(told.url("insight:panel_remove", keys[0])).status_code == 403
    assert client.get(told.url(name)).status_code in (200, 403)
    assert client.post(told.url("insight:board_remove", board.key)).status_code == 403


def test_a_board_is_taken_away_by_its_maker_or_an_owner(told: World) -> None:
    form = {"title": "小秦的看板", "period": "28d"}
    told.client(told.analyst).post(told.url("insight:board_new"), form)
    with told.scope():
        board = OwnBoard.objects.get(title="小秦的看板")
        admin = member(told.brand, "小管", "admin@yuhe.example", "admin")
    remove = told.url("insight:board_remove", board.key)
    why = REMOVE_BOARD.why_not(admin.actor, board)
    for name in ("insight:board", "insight:board_edit"):
        page = told.client(admin).get(told.url(name, board.key)).content.decode()
        assert why in page and remove not in page
        assert remove in told.client(told.analyst).get(told.url(name, board.key)).content.decode()
    assert (
        told.client(admin).post(told.url("insight:board_edit", board.key), form).status_code == 302
    )
    refused = told.client(admin).post(remove)
    assert refused.status_code == 403 and why in refused.content.decode()
    assert told.client(told.owner).post(remove).status_code == 302
    restore = told.url("insight:board_restore", board.key)
    assert told.client(admin).post(restore).status_code == 403
    assert told.client(told.analyst).post(restore).status_code == 302


def test_another_brand_sees_no_board(told: World) -> None:
    board, keys = three(told)
    from shemei.kernel.urls import wurl

    client = told.client(told.stranger)
    for name, key in (("board", board.key), ("panel", keys[0]), ("board_share", board.key)):
        assert client.get(wurl(told.other_brand, f"insight:{name}", key)).status_code == 404


def test_an_empty_board_says_what_to_do(world: World, home: Home) -> None:
    assert "还没有自建看板" in page(world, "insight:boards").content.decode()
    board = made(world)
    assert "加第一张" in page(world, "insight:board", board.key).content.decode()


def test_what_is_alike_is_told_apart_and_what_is_small_has_its_own_axis(told: World) -> None:
    name = Named("a", "新品", platform="xhs")
    assert _labels([name, name], on=False) == ("红 · 新品（1）", "红 · 新品（2）")
    assert _labels([Named("xhs", "小红书", platform="xhs")], on=True) == ("小红书",)
    board = made(told, 线={"kind": "line", "metrics": ["impressions", "clicks"]})
    with told.scope():
        view = OwnBoardView(OwnBoard.objects.get(pk=board.pk), NOVEMBER)
        shown, clicks = view.panels[0].chart.series
        assert clicks.right and not shown.right
        assert None in shown.values and None not in clicks.values
