"""Lists: search, filters, sort, paging, saved views, bulk actions, export; on rows of the database and plain ones."""

from __future__ import annotations

import doctest
import html
import io
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import pytest
from django.template.loader import get_template
from django.utils import timezone
from openpyxl import load_workbook

from shemei.apps.content.actions import create_post
from shemei.kernel.lists import file_numbers
from shemei.kernel.lists.declared import KINDS, Column
from shemei.kernel.lists.export import WRITERS, plain
from shemei.kernel.lists.query import ListQuery
from shemei.kernel.lists.tables import Table, Tables
from shemei.kernel.models import AuditEntry, Notification, SavedView
from tests.portal.fixtures import gallery, told

if TYPE_CHECKING:
    from django.http import HttpResponse

    from shemei.kernel.lists.declared import Kind
    from shemei.warehouse.home import Home
    from tests.world import World

__all__ = ["gallery", "told"]
pytestmark = pytest.mark.usefixtures("gallery")


def ask(told: World, name: str = "rows", member: object = None, **query: object) -> HttpResponse:
    return told.client(member).get(told.url(f"gallery:{name}"), query)  # type: ignore[arg-type]


def shown(response: HttpResponse) -> list[str]:
    return [row.label for row in response.context["page"].rows]  # type: ignore[attr-defined]


def test_search_takes_every_word(told: World) -> None:
    assert ask(told, q="D1123 5007").context["page"].total == 1
    assert ask(told, q="没有的").context["page"].is_narrowed


def test_a_search_of_a_thousand_words_is_answered(told: World) -> None:
    assert ask(told, q="D " * 2_000).context["page"].total == 30
    assert ask(told, q="x" * 10_000).status_code == 200


def test_filters_narrow_and_unknown_values_are_ignored(told: World) -> None:
    with told.scope():
        Notification.objects.filter(text__endswith="7").update(read_at=timezone.now())
    assert ask(told, state="done").context["page"].total == 3
    assert ask(told, state="'; drop table").context["page"].total == 30


def test_a_period_filter_takes_presets_and_own_days(told: World) -> None:
    with told.scope():
        Notification.objects.filter(text="D1123-5000").update(
            created_at=timezone.now() - timedelta(days=40)
        )
    assert ask(told, paid_range="7d").context["page"].total == 29
    page = ask(told, paid_from="2020-01-01", paid_to="2020-01-02").context["page"]
    assert page.total == 0
    assert (
        next(f for f in page.filters if f.declared.name == "paid").chosen
        == "2020-01-01 至 2020-01-02"
    )


def test_a_period_narrows_days_and_moments_also_of_another_row(inside: World, home: Home) -> None:
    from datetime import date

    from shemei.apps.content.models import Post, PostMetric
    from shemei.kernel.lists import Filter
    from shemei.kernel.periods import Period

    post = create_post(
        inside.brand, by=inside.editor.actor, title="晚安", platform="xhs", state="published",
        published_at=timezone.make_aware(datetime(2026, 10, 2, 23, 59)),
    )  # fmt: skip
    PostMetric.objects.create(workspace=inside.brand, post=post, day=date(2026, 10, 1), likes=1)
    first, second = (Period(day, day) for day in (date(2026, 10, 1), date(2026, 10, 2)))
    for rows, field, holds in (
        (Post.objects.all(), "published_at", second),
        (PostMetric.objects.all(), "day", first),
        (PostMetric.objects.all(), "post__published_at", second),
        (Post.objects.all(), "metrics__day", first),
    ):
        told = Filter("when", "时间", kind="period", field=field)
        assert [told.narrow(rows, span).count() for span in (first, second)] == [
            int(span is holds) for span in (first, second)
        ], field


def test_a_column_of_no_kind_fails_where_it_is_declared() -> None:
    for wrong in ({"kind": "monney"}, {"kind": "custom"}, {"kind": "num", "template": "x.html"}):
        with pytest.raises(ValueError, match="paid: "):
            Column("paid", "实付", str, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "custom"])
def test_every_kind_of_column_has_its_template(kind: Kind) -> None:
    assert get_template(Column("paid", "实付", str, kind).shown_by)


def test_sorting_is_limited_to_declared_columns(told: World) -> None:
    assert shown(ask(told, sort="text"))[0] == "D1123-5000"
    assert shown(ask(told, sort="-text"))[0] == "D1123-5029"
    assert shown(ask(told, sort="member__user__password")) == shown(ask(told))


def test_pages_are_counted_and_bounded(told: World) -> None:
    page = ask(told, page="2").context["page"]
    assert (page.first, page.last, page.total, page.pages) == (26, 30, 30, 2)
    assert ask(told, page="999").context["page"].number == 2
    assert ask(told, page="-1").context["page"].number == 1
    assert ask(told, size="50").context["page"].pages == 1
    assert ask(told, size="100000").context["page"].size == 25


def test_htmx_gets_the_list_alone_with_its_number_of_results(told: World) -> None:
    headers = {"HX-Request": "true", "HX-Target": "list-gallery-rows"}
    part = (
        told.client()
        .get(told.url("gallery:rows"), {"q": "D1123-5007"}, headers=headers)
        .content.decode()
    )
    assert "<html" not in part
    assert 'role="status" id="list-gallery-rows-count">1 单' in part


def test_no_data_and_no_result_are_two_things(told: World) -> None:
    assert "没有符合条件的订单" in ask(told, q="没有的").content.decode()
    with told.scope():
        Notification.objects.all().delete()
    bare = ask(told).content.decode()
    assert "还没有订单" in bare and "清空条件" not in bare


def test_bulk_runs_on_the_chosen_and_on_all_that_match(told: World) -> None:
    client, url = told.client(), told.url("gallery:rows")
    with told.scope():
        keys = list(Notification.objects.values_list("key", flat=True)[:2])
    client.post(url, {"_action": "archive", "keys": keys})
    with told.scope():
        assert Notification.objects.exclude(read_at=None).count() == 2
    client.post(f"{url}?q=D1123-502", {"_action": "archive", "_all": "1"})
    with told.scope():
        assert Notification.objects.exclude(read_at=None).count() == 10


def test_bulk_never_reaches_rows_outside_the_list(told: World) -> None:
    with told.scope():
        foreign = Notification.objects.create(
            workspace=told.brand, member=told.editor, text="别人的"
        )
    told.client().post(told.url("gallery:rows"), {"_action": "archive", "keys": [foreign.key]})
    foreign.refresh_from_db()
    assert foreign.read_at is None


def test_bulk_needs_its_permission_and_a_choice(told: World) -> None:
    url = told.url("gallery:rows")
    assert told.client(told.analyst).post(url, {"_action": "drop", "_all": "1"}).status_code == 403
    empty = told.client().post(url, {"_action": "archive"}).content.decode()
    assert "没有选中任何订单" in empty


def test_toasts_reach_fragments_in_a_header(told: World) -> None:
    with told.scope():
        key = Notification.objects.values_list("key", flat=True)[0]
    headers = {"HX-Request": "true", "HX-Target": "list-gallery-rows"}
    answer = told.client().post(
        told.url("gallery:rows"), {"_action": "archive", "keys": key}, headers=headers
    )
    assert "\\u5df2\\u5f52\\u6863" in answer.headers["HX-Trigger"]


def test_views_are_personal_or_the_teams(told: World) -> None:
    url = told.url("gallery:rows")
    for title, team in (("我的", ""), ("团队的", "1")):
        told.client().post(
            f"{url}?state=open&page=2", {"_list": "save", "title": title, "is_team": team}
        )
    mine = [view.title for view in ask(told).context["page"].views]
    theirs = [view.title for view in ask(told, member=told.editor).context["page"].views]
    assert (mine, theirs) == (["我的", "团队的"], ["团队的"])
    with told.scope():
        view = SavedView.objects.get(title="团队的")
    assert view.query == "state=open"
    told.client(told.editor).post(url, {"_list": "delete", "view": view.key})
    with told.scope():
        assert SavedView.objects.filter(pk=view.pk).exists()
    changed = ask(told, state="done", view=view.key).context["page"].current_view
    assert changed.is_changed and not changed.why_not
    told.client().post(f"{url}?state=done", {"_list": "update", "view": view.key})
    view.refresh_from_db()
    assert view.query == "state=done"


def test_columns_put_away_stay_away_but_never_the_first(told: World) -> None:
    url = told.url("gallery:rows")
    known = ["text", "created", "customer", "path", "platform", "content", "code", "paid", "state"]
    told.client().post(url, {"_list": "columns", "known": known, "shown": ["paid"]})
    assert [h.column.name for h in ask(told).context["page"].heads] == ["text", "paid"]
    assert len(ask(told, member=told.analyst).context["page"].heads) == 8


def test_narrow_screens_keep_name_main_figure_and_state(told: World) -> None:
    heads = ask(told).context["page"].heads
    assert [h.column.name for h in heads if not h.is_wide] == ["text", "paid", "state"]


def test_export_needs_a_permission_and_leaves_a_trace(told: World) -> None:
    assert ask(told, member=told.editor, export="csv").status_code == 403
    answer = ask(told, export="csv", q="D1123-5007")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("订单,付款时间,顾客,路径") and "实付（元）" in lines[0]
    assert len(lines) == 2 and "小红书 > 企业微信" in lines[1]
    with told.scope():
        entry = AuditEntry.objects.get(verb="data.exported")
    assert entry.details == {"what": "订单", "rows": 1, "label": ""}


def test_the_export_menu_leads_to_the_files(told: World) -> None:
    page = ask(told, q="D1123-5007").content.decode()
    for kind, label in (("xlsx", "Excel 表格"), ("csv", "CSV 文本")):
        found = re.search(rf'<a class="s-menu__item" href="([^"]+)">.{{0,200}}?{label}', page, re.S)
        assert found is not None
        query = dict(parse_qsl(html.unescape(found[1]).lstrip("?")))
        assert query == {"q": "D1123-5007", "export": kind}
        assert ask(told, **query).headers["Content-Disposition"].startswith("attachment")


def test_a_workbook_holds_numbers_as_numbers(told: World) -> None:
    answer = ask(told, export="xlsx", q="D1123-5007")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    head = [cell.value for cell in sheet[1]]
    assert isinstance(sheet[2][head.index("实付（元）")].value, float)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")


def test_formulas_in_exports_are_harmless(told: World) -> None:
    lines = ask(told, "sequence", export="csv").content.decode("utf-8-sig").splitlines()
    assert lines[0].split(",")[1].endswith("（%）")
    assert lines[1] == "换季烂脸自救,9.60,'=1+1"
    assert lines[2] == "配方师答疑,3.90,'@SUM(A1)"


def test_numbers_in_files_are_exact_and_without_noise() -> None:
    assert doctest.testmod(file_numbers).failed == 0
    columns = (
        Column("value", "成交额", lambda r: 9031233.333333334, "money"),
        Column("lost", "退款", lambda r: -5000, "money"),
        Column("rate", "互动率", lambda r: 0.1 + 0.2, "ratio"),
        Column("fall", "变化", lambda r: -0.012345678, "ratio"),
        Column("back", "产出比", lambda r: 3.4166666666666665, "times"),
        Column("part", "归因订单", lambda r: 677.3190476190476, "num"),
        Column("all", "订单", lambda r: 350.0, "num"),
        Column("wait", "间隔", lambda r: 1.5, "num", unit="小时"),
        Column("points", "差", lambda r: 0.021, "ratio", unit="百分点"),
    )
    told = Tables("数", (Table("all", "数", columns, lambda: [None]),))
    record = [plain(column, None) for column in columns]
    files = {kind: io.BytesIO() for kind in WRITERS}
    for kind, out in files.items():
        WRITERS[kind](told, lambda table: iter([record]), out)
    head, row = files["csv"].getvalue().decode("utf-8-sig").splitlines()
    assert head == (
        "成交额（元）,退款（元）,互动率（%）,变化（%）,产出比,归因订单,订单,间隔（小时）,差（百分点）"
    )
    assert row == "90312.33,-50.00,30.00,-1.23457,3.41667,677.319,350,1.5,2.10"
    sheet = load_workbook(files["xlsx"]).active
    assert sheet is not None
    cells = [(cell.value, cell.number_format) for cell in sheet[2]]
    assert cells == [
        (90312.33, "#,##0.00"), (-50, "#,##0.00"), (30, "#,##0.00"), (-1.23457, "#,##0.00"),
        (3.41667, "#,##0.00"), (677.319, "#,##0.00"), (350, "#,##0"), (1.5, "#,##0.00"), (2.1, "#,##0.00"),
    ]  # fmt: skip


def test_plain_rows_sort_with_the_unknown_last_and_are_searched(told: World) -> None:
    assert [r.key for r in ask(told, "sequence").context["page"].rows] == ["a", "c", "b"]
    assert [r.key for r in ask(told, "sequence", sort="rate").context["page"].rows] == [
        "c",
        "a",
        "b",
    ]
    assert ask(told, "sequence", q="敏感").context["page"].total == 1


def test_a_list_asks_the_database_a_fixed_number_of_times(
    told: World, django_assert_max_num_queries: object
) -> None:
    client, url = told.client(), told.url("gallery:rows")
    client.get(url)
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        client.get(url)


def test_a_query_is_read_changed_and_written() -> None:
    query = ListQuery.read("b=2&a=1&a=3&page=4&view=k")
    assert query.canonical == "a=1&a=3&b=2"
    assert query.without("a", value="1").all("a") == ["3"]
    assert query.having("a", "9").href == "?b=2&page=4&view=k&a=9"
    assert ListQuery.read("page=٣").page() == 1


def test_every_row_is_ranked_by_a_figure_however_many_there_are(inside: World) -> None:
    from shemei.apps.creators.models import Creator
    from shemei.kernel.lists.worth import ranked

    Creator.objects.bulk_create(
        Creator(workspace=inside.brand, name=f"达人 {n:04d}", platform="xhs") for n in range(1_200)
    )
    keys = list(Creator.objects.order_by("name").values_list("key", flat=True))
    worth = {key: n + 0.5 for n, key in enumerate(keys[:-100])}
    rows = ranked(Creator.objects.all(), worth).order_by("-rank", "name")
    names = list(rows.values_list("name", flat=True))
    assert names[:2] == ["达人 1099", "达人 1098"]
    assert names[1_099] == "达人 0000"
    assert names[1_100:] == [f"达人 {n}" for n in range(1_100, 1_200)]


def test_posts_are_filed_under_a_campaign_by_the_handful(inside: World, home: Home) -> None:
    from datetime import date

    from shemei.apps.brand.actions import create_campaign
    from shemei.apps.content.models import Post

    by = inside.owner.actor
    campaign = create_campaign(
        inside.brand, by=by, name="双11", starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 11)
    )
    posts = [create_post(inside.brand, by=by, title=f"第 {n} 篇", platform="xhs") for n in "一二三"]
    browser, url = inside.client(), inside.url("content:posts")
    asked = {"_action": "campaign", "keys": [p.key for p in posts[:2]]}
    page = browser.post(url, asked, headers={"HX-Request": "true"}).content.decode()
    assert "还没有选要归到营销计划哪一个" in page
    browser.post(url, asked | {"_choice_campaign": campaign.key})
    assert Post.objects.filter(campaign__name="双11").count() == 2
    book = browser.post(url, {"_action": "export", "keys": [posts[0].key]})
    assert "spreadsheetml" in book.headers["Content-Type"]


def test_clearing_the_conditions_keeps_the_period(inside: World, home: Home) -> None:
    create_post(inside.brand, by=inside.owner.actor, title="一篇", platform="xhs")
    url = inside.url("content:posts")
    page = inside.client().get(f"{url}?published_range=last30&platform=xhs&q=没有这一篇").content.decode()  # fmt: skip
    clear = page.split("清空条件")[0].rsplit('href="', 1)[1].split('"')[0]
    assert clear == "?published_range=last30"


def test_conditions_put_away_show_every_value(inside: World, home: Home) -> None:
    create_post(inside.brand, by=inside.owner.actor, title="一篇", platform="xhs")
    answer = inside.client().get(inside.url("content:posts"))
    page, text = answer.context["page"], html.unescape(answer.content.decode())
    assert any(len(one.options) > 8 for one in page.more_filters)
    for option in (option for one in page.more_filters for option in one.options):
        assert f'hx-get="{option.href}"' in text, option.label
