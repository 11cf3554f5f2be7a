"""Links that need somebody: what is found, what is asked of foreign servers, and only when switched on."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from shemei.apps.tracking import actions, checkup, health
from shemei.apps.tracking.models import Link
from shemei.kernel import registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.world import World

pytestmark = pytest.mark.usefixtures("home")


class Shop(BaseHTTPRequestHandler):
    asked: list[tuple[str, str]] = []

    def do_HEAD(self) -> None:
        Shop.asked.append((self.command, self.path))
        status = {"/gone": 404, "/broken": 500, "/shy": 405, "/moved": 302}
        self.send_response(status.get(self.path.partition("?")[0], 200))
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Shop.asked = []
    monkeypatch.setattr(health, "may_ask", lambda address: address == "127.0.0.1")
    monkeypatch.setattr(health.time, "sleep", lambda seconds: None)
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def make(inside: World, url: str = "https://brand.cn/a", **values: Any) -> Link:
    rules = values.pop("rules", None)
    link = actions.create_link(inside.brand, by=inside.owner.actor, url=url, **values)
    return actions.change_rules(link, by=inside.owner.actor, given=rules) if rules else link


def checked(inside: World, link: Link) -> tuple[str, str]:
    checkup.check_links(inside.brand)
    link.refresh_from_db()
    return link.health, link.health_note


def test_nothing_is_asked_until_it_is_switched_on(inside: World, shop: str) -> None:
    link = make(inside, f"{shop}/gone")
    assert checked(inside, link) == ("fine", "")
    assert Shop.asked == []
    actions.change_care(inside.brand, by=inside.owner.actor, ask_targets=True)
    state, note = checked(inside, link)
    assert (state, "404" in note) == ("broken", True)
    assert Shop.asked == [("HEAD", "/gone")] * 2


@pytest.mark.parametrize(
    ("path", "wrong"),
    [("/", ""), ("/moved", ""), ("/shy?a=1", ""), ("/broken", "服务器出错（500）"),
     ("/中文%20路?q=1", "")],
)  # fmt: skip
def test_an_answer_is_judged_by_what_a_person_would_get(shop: str, path: str, wrong: str) -> None:
    assert health.ask_target(f"{shop}{path}") == wrong


def test_nobody_there_and_machines_inside(shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert health.ask_target("http://127.0.0.1:9/") == "连不上"
    monkeypatch.undo()
    assert health.ask_target(f"{shop}/") == "地址在内网，顾客打不开"
    assert Shop.asked == []


def test_addresses_of_rules_are_asked_too(inside: World, shop: str) -> None:
    actions.change_care(inside.brand, by=inside.owner.actor, ask_targets=True)
    rules = {"cases": [{"device": ["ios"], "ways": [{"url": f"{shop}/gone"}]}]}
    link = make(inside, f"{shop}/", rules=rules)
    assert checked(inside, link)[0] == "broken"


def test_what_is_over_full_or_orphaned_is_found(
    inside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = make(inside, rules={"expires": 1})
    later = make(inside, rules={"expires": 1, "after": "https://brand.cn/home"})
    full = make(inside, rules={"limit": 5})
    Link.objects.filter(pk=full.pk).update(clicks_seen=5)
    lost = make(inside, creator="creator-azhi")
    monkeypatch.delitem(registry.names, "creator")
    assert checked(inside, over)[0] == "expired"
    found = dict(Link.objects.values_list("pk", "health"))
    assert found == {over.pk: "expired", later.pk: "fine", full.pk: "full", lost.pk: "orphan"}


def test_the_page_and_the_to_dos_say_which(world: World, inside: World) -> None:
    link = make(inside, name="过期的那条", rules={"expires": 1})
    checkup.check_links(inside.brand)
    client = world.client(world.editor)
    page = client.get(world.url("tracking:care")).content.decode()
    assert "过期的那条" in page
    assert "1 条要处理" in page
    todo = client.get(world.url("insight:todos")).content.decode()
    assert "1 条短链已经过期，还在用" in todo
    assert link.key in page


def test_the_switch_and_the_button_need_the_permission(world: World) -> None:
    client = world.client(world.analyst)
    assert client.post(world.url("tracking:switch_care"), {"ask_targets": "1"}).status_code == 403
    assert client.post(world.url("tracking:check_now")).status_code == 403
    editor = world.client(world.editor)
    editor.post(world.url("tracking:switch_care"), {"ask_targets": "1"})
    with world.scope():
        assert checkup.care_of(world.brand).ask_targets


def test_the_button_checks(world: World, inside: World) -> None:
    link = make(inside, rules={"expires": 1})
    world.client(world.editor).post(world.url("tracking:check_now"))
    link.refresh_from_db()
    assert link.health == "expired"
