"""The tables of 漏斗, 传播, 留存 and 对账 as files: what the page shows, in numbers, with what must be known of them."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook
from tests.insight.browsing import NOVEMBER, page, table

from shemei.apps.insight.attribution import paths_file
from shemei.apps.insight.queries import Board
from shemei.apps.insight.reports.movements import FunnelPage
from shemei.apps.insight.reports.reconcile import Reconciliation
from shemei.apps.insight.reports.retention import RetentionPage
from shemei.kernel.lists import export
from shemei.kernel.models import AuditEntry, LongTask
from shemei.kernel.periods import comparison_from, period_from
from shemei.warehouse.vocabulary import date_of

if TYPE_CHECKING:
    from openpyxl import Workbook
    from tests.world import World

    from shemei.warehouse.home import Home

BRIDGE = "三个成交额怎么对上"
REPORTS = {
    "insight:funnel": "漏斗报表",
    "insight:spreading": "传播报表",
    "insight:retention": "留存报表",
    "insight:reconciliation": "对账报表",
    "insight:quality": "数据质量报表",
}


def board(world: World) -> Board:
    period = period_from(NOVEMBER)
    return Board(world.brand, period, comparison_from(NOVEMBER, period))


def book(world: World, name: str, **query: str) -> Workbook:
    return load_workbook(io.BytesIO(page(world, name, export="xlsx", **query).content))


def spend(world: World, platform: str, amount: int, claimed: int, campaign: object = None) -> None:
    from shemei.apps.advertising.models import Spend

    with world.scope():
        Spend.objects.create(
            workspace=world.brand, day=date(2026, 11, 2), platform=platform, amount=amount,
            claimed_orders=3, claimed_value=claimed, campaign=campaign,
        )  # fmt: skip


@pytest.mark.parametrize("name", [name for name in REPORTS if name != "insight:spreading"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_needs_the_permission_a_fresh_sign_in_and_leaves_a_trace(
    told: World, name: str, kind: str
) -> None:
    url, asked = told.url(name), NOVEMBER | {"export": kind}
    assert told.client(told.editor).get(url, asked).status_code == 403
    assert "reauthenticate" in told.client(recently=False).get(url, asked).url
    with told.scope():
        assert not AuditEntry.objects.filter(verb="data.exported").exists()
    made = told.client().get(url, asked)
    assert REPORTS[name] in unquote(made["Content-Disposition"]) and made.content
    with told.scope():
        entry = AuditEntry.objects.get(verb="data.exported")
    assert entry.details["what"].startswith(REPORTS[name]) and entry.details["rows"] > 0


@pytest.mark.parametrize("name", REPORTS)
def test_the_menu_is_there_for_who_may_and_where_there_is_something(
    world: World, home: Home, name: str
) -> None:
    assert "导出" not in page(world, name).content.decode(), "an empty brand has nothing to take"


@pytest.mark.parametrize(
    ("name", "named", "head"),
    [
        ("insight:funnel", "", "步骤,"),
        ("insight:spreading", "pages", "页面,"),
        ("insight:retention", "", "哪一批，起始日,"),
        ("insight:reconciliation", "", "平台,"),
        ("insight:quality", "gaps", ""),
        ("insight:paths", "", "订单号,"),
    ],
)
def test_a_period_without_anything_gives_a_file_of_heads(
    world: World, home: Home, name: str, named: str, head: str
) -> None:
    """What asks for the file every week gets one, also in a week of nothing."""
    made = page(world, name, export="csv", **({"table": named} if named else {}))
    assert made.status_code == 200 and made.content.decode("utf-8-sig").startswith(head)
    assert page(world, name, export="xlsx").status_code == 200
    assert page(world, name, export="csv", table="colour").status_code == 404


def test_what_is_empty_beside_others_is_in_no_menu_and_no_workbook(told: World) -> None:
    shown = page(told, "insight:reconciliation").content.decode()
    assert "table=days" in shown and "table=platforms" not in shown
    assert book(told, "insight:reconciliation").sheetnames == ["订单来路", "每天", BRIDGE, "说明"]
    made = page(told, "insight:reconciliation", export="csv", table="platforms")
    assert table(made)[0] == [] and "对账报表-分平台-" in unquote(made["Content-Disposition"])


def test_the_rows_of_a_file_are_asked_for_once(
    told: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    listed = paths_file.touches

    def noted(*args: Any) -> Any:
        asked.append("touches")
        return listed(*args)

    monkeypatch.setattr(paths_file, "touches", noted)
    for kind in ("csv", "xlsx"):
        assert page(told, "insight:paths", export=kind).status_code == 200
    assert len(asked) == 2, "once for each file"


def test_the_menu_asks_for_what_the_page_shows(told: World) -> None:
    shown = page(told, "insight:funnel", by="content", within="7").content.decode()
    for kind, name in (("xlsx", ""), ("csv", "steps"), ("csv", "split")):
        part = f"&amp;table={name}" if name else ""
        span = "?from=2026-11-01&amp;to=2026-11-30&amp;by=content&amp;within=7"
        assert f'href="{span}{part}&amp;export={kind}">' in shown
    hidden = told.client(told.editor).get(told.url("insight:funnel"), NOVEMBER)
    assert hidden.status_code == 200 and "export=" not in hidden.content.decode()


def test_a_table_that_is_not_there_is_not_found(told: World) -> None:
    assert page(told, "insight:funnel", export="csv", table="colour").status_code == 404


def test_the_funnel_s_steps_are_the_page_s(told: World) -> None:
    rows, notes = table(page(told, "insight:funnel", export="csv"))
    with told.scope():
        shown = FunnelPage(board(told), "channel", 0)
        assert [int(row["人数"]) for row in rows] == [step.people for step in shown.steps]
        assert shown.beside in notes
    assert [row["步骤"] for row in rows] == ["触达", "兴趣", "欲望", "行动", "分享"]
    assert rows[0]["占上一步（%）"] == rows[0]["变化（百分点）"] == ""
    assert 0 < float(rows[1]["占上一步（%）"]) <= 100
    assert all(float(row["间隔中位（小时）"]) >= 0 for row in rows if row["间隔中位（小时）"])
    assert any("期内依次" in note and "整段时间" in note for note in notes)
    assert any(note.startswith("变化对比 2026-") for note in notes)


def test_the_funnel_s_split_is_whole(told: World) -> None:
    asked = {"export": "csv", "table": "split", "by": "content"}
    made = page(told, "insight:funnel", **asked)
    assert "漏斗报表-按内容-" in unquote(made["Content-Disposition"])
    rows, notes = table(made)
    assert list(rows[0])[:2] == ["内容", "平台"]
    with told.scope():
        started = FunnelPage(board(told), "content", 0).started
    assert sum(int(row["触达"]) for row in rows) == started
    assert any("这里全列" in note for note in notes)
    weekly = page(told, "insight:funnel", within="7", **asked)
    assert any("7 天内" in note for note in table(weekly)[1][2:3])


def test_a_workbook_has_a_sheet_for_each_table_and_one_of_notes(told: World) -> None:
    made = book(told, "insight:funnel")
    assert made.sheetnames == ["每一步", "按渠道", "说明"]
    people = [row[2].value for row in made["每一步"].iter_rows(min_row=2)]
    with told.scope():
        assert people == [step.people for step in FunnelPage(board(told), "channel", 0).steps]
    assert ("每一步", True) in {(row[0].value, "变化对比" in row[1].value) for row in made["说明"]}


def test_cohorts_come_as_people_and_as_shares(told: World) -> None:
    people, notes = table(page(told, "insight:retention", export="csv"))
    shares, _ = table(page(told, "insight:retention", export="csv", table="share"))
    with told.scope():
        shown = RetentionPage(board(told), "order", "order", "week").rows
    assert [int(row["人数"]) for row in people] == [row.size for row in shown]
    assert people[0]["哪一批，起始日"] == str(date_of(shown[0].day)) == "2026-11-02"
    for one, part, row in zip(people, shares, shown, strict=True):
        assert int(one["已过完（周）"]) == row.over
        for n, cell in enumerate(row.cells):
            head = f"第 {n} 周" if n else "当周"
            assert int(one[head]) == cell.people
            assert float(part[f"{head}（%）"]) == pytest.approx(100 * cell.people / row.size, 1e-4)
        assert all(one[f"第 {n} 周"] == "" for n in range(len(row.cells), len(shown[0].cells)))
    assert any("首次下单的人" in note for note in notes)


def test_claims_and_traced_stand_side_by_side_and_are_never_added(told: World) -> None:
    from shemei.apps.brand.models import Campaign

    with told.scope():
        days = {"starts_on": date(2026, 11, 1), "ends_on": date(2026, 11, 30)}
        plan = Campaign.objects.create(workspace=told.brand, name="换季", **days)
    spend(told, "xhs", 20_000, 100_000, plan)
    spend(told, "douyin", 20_000, 30_000, plan)
    rows, notes = table(page(told, "insight:reconciliation", export="csv"))
    xhs = {row["平台"]: row for row in rows}["小红书"]
    assert (xhs["平台自报订单"], xhs["平台自报成交额（元）"], xhs["广告花费（元）"]) == (
        "3",
        "1000.00",
        "200.00",
    )
    assert float(xhs["可追踪 ÷ 自报（%）"]) == pytest.approx(
        float(xhs["可追踪成交额（元）"]) / 10, 1e-3
    )
    assert any("不相加" in note for note in notes)
    asked = {"export": "csv", "table": "campaigns"}
    text = page(told, "insight:reconciliation", **asked).content.decode("utf-8-sig")
    [plan_row] = table(page(told, "insight:reconciliation", **asked))[0]
    assert plan_row["平台自报成交额·小红书（元）"] == "1000.00"
    assert plan_row["平台自报成交额·抖音（元）"] == "300.00"
    assert "1300.00" not in text
    made = book(told, "insight:reconciliation")
    assert made.sheetnames == ["分平台", "分活动", "订单来路", "每天", BRIDGE, "说明"]


def test_orders_by_their_way_name_both_shares(told: World) -> None:
    asked = {"export": "csv", "table": "ways"}
    [traced, lost], notes = table(page(told, "insight:reconciliation", **asked))
    assert (traced["订单"], lost["订单"]) == ("5", "2")
    assert (traced["占全部订单（%）"], traced["占至今净额（%）"]) == ("71.4286", "87.6289")
    assert any("追得到的订单 =" in note and "追得到的成交额 =" in note for note in notes)
    days, _ = table(page(told, "insight:reconciliation", export="csv", table="days"))
    assert len(days) == 30 and days[0]["付款日"] == "2026-11-01"
    assert sum(int(day["追得到的订单"]) for day in days) == 5
    with told.scope():
        shown = Reconciliation(board(told))
        assert shown.value_share == pytest.approx(board(told).channels_now.coverage)


def test_what_was_left_out_and_what_is_missing_is_taken_along(told: World) -> None:
    rows, notes = table(page(told, "insight:quality", export="csv"))
    reasons = {row["原因"]: (row["点击"], row["合计"]) for row in rows}
    assert reasons == {"聊天软件抓取链接预览": ("1", "1"), "搜索引擎或其他爬虫": ("1", "1")}
    assert "带着原因留在日志里，不计入看板与归因" in notes
    made = book(told, "insight:quality", quiet="3")
    assert made.sheetnames == ["没有计入的", "断了的来源", "最近一条", "说明"]
    assert any("3 天以上没有数据" in str(row[1].value) for row in made["说明"])


@pytest.mark.parametrize(("kind", "table"), [("xlsx", ""), ("csv", "days")])
def test_long_tables_are_written_in_the_background(
    told: World,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
    kind: str,
    table: str,
) -> None:
    """All tables of the file count, and the page that one goes back to is the page itself."""
    monkeypatch.setattr(export, "AT_ONCE", 10)
    asked = {"export": kind} | ({"table": table} if table else {})
    with django_capture_on_commit_callbacks(execute=True):
        response = page(told, "insight:reconciliation", **asked)
    assert response.status_code == 302
    assert response.url.endswith("/reports/reconciliation/?from=2026-11-01&to=2026-11-30")
    with told.scope():
        task = LongTask.objects.get()
        assert task.state == "done" and AuditEntry.objects.filter(verb="data.exported").count() == 1
    made = told.client().get(task.result_url)
    body = b"".join(made.streaming_content)
    if kind == "csv":
        assert task.title == "导出 对账报表-每天 30 行" and "追得到的订单" in body.decode(
            "utf-8-sig"
        )
    else:
        assert task.title == "导出 对账报表 38 行"
        assert load_workbook(io.BytesIO(body)).sheetnames == ["订单来路", "每天", BRIDGE, "说明"]


def test_what_a_spreadsheet_would_run_stays_text(told: World) -> None:
    from shemei.apps.brand.models import Campaign

    with told.scope():
        days = {"starts_on": date(2026, 11, 1), "ends_on": date(2026, 11, 30)}
        plan = Campaign.objects.create(workspace=told.brand, name="=1+1", **days)
    spend(told, "xhs", 1, 2, plan)
    made = page(told, "insight:reconciliation", export="csv", table="campaigns")
    assert next(csv.DictReader(io.StringIO(made.content.decode("utf-8-sig"))))["活动"] == "'=1+1"
