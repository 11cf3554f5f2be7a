"""Lists too long for one page's wait: written by the worker, fetched by who asked."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import pytest

from shemei.kernel import tasks
from shemei.kernel.lists import background, export
from shemei.kernel.models import AuditEntry, LongTask, Notification
from tests.portal.fixtures import gallery, told

if TYPE_CHECKING:
    from django.http import HttpResponse

    from shemei.warehouse.home import Home
    from tests.world import World

__all__ = ["gallery", "told"]
pytestmark = pytest.mark.usefixtures("gallery")


@pytest.fixture
def long(told: World, home: Home, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(export, "AT_ONCE", 10)
    return told


def ask(world: World, run: Any, **query: str) -> HttpResponse:
    with run(execute=True):
        return world.client().get(world.url("gallery:rows"), {"export": "csv", **query})


def last_task(world: World) -> LongTask:
    with world.scope():
        found = LongTask.objects.first()
        assert found is not None
        return found


def body(response: Any) -> str:
    return b"".join(response.streaming_content).decode("utf-8-sig")


def test_a_long_list_is_written_in_the_background(
    long: World, django_capture_on_commit_callbacks: Any
) -> None:
    response = ask(long, django_capture_on_commit_callbacks, state="")
    assert response.status_code == 302 and "export" not in response.url
    task = last_task(long)
    assert (task.state, task.title) == ("done", "导出 订单 30 行")
    fetched = long.client().get(task.result_url)
    assert len(body(fetched).splitlines()) == 31
    assert "csv" in fetched["Content-Disposition"]
    with long.scope():
        assert AuditEntry.objects.get(verb="data.exported").details["rows"] == 30
        assert Notification.objects.filter(text__contains="写好了", member=long.owner).exists()


def test_a_short_list_is_answered_at_once(
    long: World, django_capture_on_commit_callbacks: Any
) -> None:
    response = ask(long, django_capture_on_commit_callbacks, q="D1123-5007")
    assert response.status_code == 200
    assert response.content.decode("utf-8-sig").count("\n") == 2


def test_xlsx_too(long: World, django_capture_on_commit_callbacks: Any) -> None:
    ask(long, django_capture_on_commit_callbacks, export="xlsx")
    fetched = long.client().get(last_task(long).result_url)
    assert b"".join(fetched.streaming_content).startswith(b"PK")


def test_only_who_asked_fetches_it(long: World, django_capture_on_commit_callbacks: Any) -> None:
    ask(long, django_capture_on_commit_callbacks)
    url = last_task(long).result_url
    assert long.client(long.analyst).get(url).status_code == 404
    assert long.client(long.editor).get(url).status_code == 403
    assert long.client(long.stranger).get(url).status_code == 404
    asked_again = long.client(recently=False).get(url)
    assert asked_again.status_code == 302 and "reauthenticate" in asked_again.url


def test_a_cancelled_export_leaves_no_file(
    long: World,
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    def tell(*_: Any) -> None:
        raise tasks.Cancelled

    monkeypatch.setattr(tasks.Progress, "tell", tell)
    ask(long, django_capture_on_commit_callbacks)
    task = last_task(long)
    assert task.state == "cancelled"
    assert list(background.path_of(task, "").glob("*")) == []


def test_after_a_day_the_file_is_gone_and_the_page_says_so(
    long: World, home: Home, django_capture_on_commit_callbacks: Any
) -> None:
    ask(long, django_capture_on_commit_callbacks)
    task = last_task(long)
    folder = background.path_of(task, "")
    before = time.time() - 2 * 86_400
    os.utime(folder, (before, before))
    assert background.forget_exports.call_local() == 1
    response = long.client().get(task.result_url)
    assert response.status_code == 404
    assert "再导一次" in response.content.decode()
