"""What a brand agreed on for its links: told while typing, reported, repaired, taken back; and templates."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from shemei.apps.tracking import actions, naming, naming_checks
from shemei.apps.tracking.models import BulkChange, Link, LinkTemplate
from shemei.apps.tracking.naming import Facts, NamingRules
from shemei.apps.tracking.rules import FILLED
from shemei.kernel.models import AuditEntry

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.usefixtures("home")
FACTS = Facts(platform="小红书", campaign="双11", date="20261111")


@pytest.mark.parametrize(
    ("pattern", "facts", "name"),
    [
        ("{platform}-{campaign}-{date}", FACTS, "小红书-双11-20261111"),
        ("{platform}-{creator}-{date}", FACTS, "小红书-20261111"),
        ("{creator}-{platform}", FACTS, "小红书"),
        ("屿禾_{platform}", FACTS, "屿禾_小红书"),
        ("{platform} · {spot}", Facts(), ""),
    ],
)
def test_a_name_is_made_of_what_is_known(pattern: str, facts: Facts, name: str) -> None:
    assert naming.expected_name(pattern, facts) == name


@pytest.mark.parametrize(
    ("rules", "values", "offered"),
    [
        (NamingRules(lower=True), {"utm_source": "XHS"}, [("utm_source", "xhs")]),
        (NamingRules(plain=True), {"utm_campaign": "双11 a"}, [("utm_campaign", "11_a")]),
        (NamingRules(sources=("xhs", "douyin")), {"utm_source": "xhss"}, [("utm_source", "xhs")]),
        (NamingRules(sources=("xhs",)), {"utm_source": "weibo"}, [("utm_source", "")]),
        (NamingRules(required=("utm_source",)), {"platform": "xhs"}, [("utm_source", "xhs")]),
        (NamingRules(required=("utm_term",)), {"platform": "xhs"}, [("utm_term", "")]),
        (NamingRules(pattern="{platform}-{date}"), {"name": "小红书-20260101"}, []),
        (NamingRules(pattern="{platform}-{date}"), {"name": "随便"}, [("name", "小红书-20261111")]),
        (NamingRules(lower=True, plain=True), {"utm_source": "xhs"}, []),
        (NamingRules(), {"utm_source": "X H S"}, []),
    ],
)
def test_each_remark_offers_what_is_right(
    rules: NamingRules, values: dict[str, str], offered: list[tuple[str, str]]
) -> None:
    found = naming.remarks(rules, values, FACTS)
    assert [(one.field, one.better) for one in found] == offered


def test_what_is_offered_breaks_nothing() -> None:
    rules = NamingRules("{platform}-{date}", True, True, ("utm_source",), ("xhs",), ("kol", "ads"))
    values = {"platform": "xhs", "name": "a", "utm_source": "X H S", "utm_medium": "KOLs"}
    fixed = values | {one.field: one.better for one in naming.remarks(rules, values, FACTS)}
    assert fixed["utm_medium"] == "kol"
    assert naming.remarks(rules, fixed, FACTS) == []


def make(world: World, **told: Any) -> Link:
    given = {"url": "https://brand.cn/a", "platform": "xhs", **told}
    return actions.create_link(world.brand, by=world.editor.actor, **given)


def agree(world: World, **rules: Any) -> None:
    actions.set_naming(world.brand, by=world.editor.actor, **rules)


def test_a_link_without_a_name_is_named_as_agreed(inside: World) -> None:
    agree(inside, pattern="{platform}_{spot}")
    assert make(inside, spot="收银台").name == "小红书_收银台"


def test_rules_that_contradict_themselves_are_refused(inside: World) -> None:
    with pytest.raises(ValidationError, match="不认得"):
        agree(inside, pattern="{brand}")
    with pytest.raises(ValidationError, match="同名"):
        agree(inside, pattern="短链")
    with pytest.raises(ValidationError, match="和上面的规定不符"):
        agree(inside, lower=True, sources=["XHS"])


def test_links_are_repaired_at_once_and_the_repair_is_taken_back(inside: World) -> None:
    wrong = make(inside, utm={"utm_source": "xhss"}, name="一")
    fine = make(inside, name="二")
    agree(inside, sources=["xhs"])
    (found,) = naming_checks.broken(inside.brand, naming_checks.checked_links())
    assert (found.link, found.fixes) == (wrong, {"utm_source": "xhs"})
    repair = actions.repair_links(inside.brand, [found], by=inside.editor.actor)
    wrong.refresh_from_db()
    assert (wrong.utm_source, wrong.version) == ("xhs", 2)
    assert actions.undo_bulk_change(repair, by=inside.editor.actor) == 1
    assert actions.undo_bulk_change(repair, by=inside.editor.actor) == 0
    wrong.refresh_from_db()
    fine.refresh_from_db()
    assert (wrong.utm_source, fine.version) == ("xhss", 1)
    verbs = list(AuditEntry.objects.values_list("verb", flat=True)[:2])
    assert verbs == ["links.put_back", "links.repaired"]


def test_what_somebody_changed_since_the_repair_stays(inside: World) -> None:
    wrong = make(inside, utm={"utm_source": "xhss"})
    agree(inside, sources=["xhs"])
    found = naming_checks.broken(inside.brand, [wrong])
    repair = actions.repair_links(inside.brand, found, by=inside.editor.actor)
    Link.objects.filter(pk=wrong.pk).update(utm_source="red")
    assert actions.undo_bulk_change(repair, by=inside.editor.actor) == 0
    wrong.refresh_from_db()
    assert wrong.utm_source == "red"


def test_a_template_gives_its_links_owners_rules_and_an_end(world: World) -> None:
    with world.scope():
        link = make(world, folder="双11", spot="收银台", utm={"utm_medium": "poster"})
        actions.change_rules(
            link,
            by=world.editor.actor,
            given={"cases": [{"in_app": ["wechat"], "ways": [{"kind": "guide"}]}], "limit": 5},
        )
    client = world.client(world.editor)
    client.post(world.url("tracking:save_template", link.key), {"name": "门店", "holds_days": "30"})
    with world.scope():
        (template,) = LinkTemplate.objects.all()
    assert "limit" not in template.routing
    page = client.get(world.url("tracking:new"), {"template": template.key}).content.decode()
    assert 'value="收银台"' in page
    assert "30 天后到期" in page
    sent = {"url": "https://brand.cn/b", "folder": "双11", "utm_medium": "poster"}
    client.post(f"{world.url('tracking:new')}?template={template.key}", sent)
    with world.scope():
        made = Link.objects.first()
    assert made is not None and made.url == "https://brand.cn/b"
    assert made.routing["cases"] == template.routing["cases"]
    assert made.routing["expires"] > 0
    gone = client.post(world.url("tracking:remove_template", template.key), follow=True)
    assert world.url("tracking:restore_template", template.key) in gone.content.decode()
    assert client.get(world.url("tracking:new"), {"template": template.key}).status_code == 404


def test_the_form_tells_what_is_not_as_agreed(world: World) -> None:
    with world.scope():
        agree(world, sources=["xhs", "weibo"])
    sent = {"url": "https://brand.cn/b", "platform": "xhs", "utm_source": "xhss"}
    told = world.client().get(world.url("tracking:preview"), sent).content.decode()
    assert 'data-fill-with="xhs"' in told


def test_the_report_repairs_and_offers_the_way_back(world: World) -> None:
    with world.scope():
        make(world, utm={"utm_source": "xhss"}, name="一")
    client = world.client(world.editor)
    rules = {"pattern": "", "lower": "on", "sources": "xhs\nweibo", "mediums": ""}
    client.post(world.url("tracking:naming"), rules)
    assert "改好 1 条" in client.get(world.url("tracking:naming_report")).content.decode()
    page = client.post(world.url("tracking:repair"), follow=True).content.decode()
    with world.scope():
        (repair,) = BulkChange.objects.all()
    assert world.url("tracking:undo_bulk_change", repair.key) in page
    assert "没有不合规则的短链" in page


def test_no_two_links_get_the_same_name_by_repair(inside: World) -> None:
    make(inside, spot="收银台", name="小红书-收银台-2")
    archived = make(inside, spot="收银台", name="小红书-收银台")
    Link.objects.filter(pk=archived.pk).update(is_active=False)
    wrong = [make(inside, spot="收银台", name=f"随便 {n}") for n in range(3)]
    agree(inside, pattern="{platform}-{spot}")
    found = naming_checks.broken(inside.brand, naming_checks.checked_links())
    assert {one.link.pk for one in found} == {link.pk for link in wrong}
    shown = [one.fixes["name"] for one in naming_checks.apart(found)]
    made = actions.repair_links(inside.brand, found, by=inside.editor.actor)
    names = list(Link.objects.values_list("name", flat=True))
    assert len(set(names)) == len(names) == 5
    assert {f"小红书-收银台-{n}" for n in (2, 3, 4, 5)} < set(names)
    assert sorted(told["name"][1] for told in made.changes.values()) == sorted(shown)
    assert naming_checks.broken(inside.brand, naming_checks.checked_links()) == []


def test_a_long_name_leaves_room_for_its_number() -> None:
    long = "长" * 80
    assert naming.numbered(long, {long}) == "长" * 75 + "-2"
    rules = NamingRules(pattern="{spot}")
    assert naming.remarks(rules, {"name": "长" * 75 + "-2"}, Facts(spot=long)) == []
    assert naming.remarks(rules, {"name": "长" * 75 + "-二"}, Facts(spot=long)) != []


def test_repairing_all_is_asked_first_with_what_it_does(world: World) -> None:
    with world.scope():
        for n in range(4):
            make(world, spot="收银台", name=f"随便{n}")
        agree(world, pattern="{platform}-{spot}")
        found = naming_checks.apart(
            naming_checks.broken(world.brand, naming_checks.checked_links())
        )
    said = naming_checks.consequence(found)
    assert said.startswith("改 4 条短链，其中 4 条换名称。例如：「随便3」→「小红书-收银台」；")
    assert said.count("→") == 3 and "有 3 条会和别的短链同名，加上 -2、-3 分开" in said
    page = world.client(world.editor).get(world.url("tracking:naming_report")).content.decode()
    assert 'data-confirm="改好 4 条短链？"' in page and f'data-confirm-text="{said}"' in page


def test_what_is_left_for_a_person_after_the_repair_is_said_before(world: World) -> None:
    with world.scope():
        for n in range(3):
            make(world, name=f"第 {n} 条", utm={"utm_source": "xhss"})
        agree(world, sources=["xhs"], required=["utm_term"])
        found = naming_checks.broken(world.brand, naming_checks.checked_links())
    assert "改好后还有 3 条要人填" in naming_checks.consequence(found)
    page = world.client(world.editor).get(world.url("tracking:naming_report")).content.decode()
    assert "其中 3 条能一次改好，改好后还有 3 条要人填" in " ".join(page.split())


def test_what_was_changed_at_once_can_be_taken_back_for_thirty_days(world: World) -> None:
    with world.scope():
        wrong, old = make(world, utm={"utm_source": "xhss"}), make(world, name="旧")
        agree(world, sources=["xhs"])
        past = actions.move_links(world.brand, [old], by=world.editor.actor, folder="旧的")
        BulkChange.objects.update(created_at=timezone.now() - timedelta(days=31))
    client, report = world.client(world.editor), world.url("tracking:naming_report")
    client.post(world.url("tracking:repair"), follow=True)
    client.get(report)
    with world.scope():
        made = BulkChange.objects.exclude(pk=past.pk).get()
        entry = AuditEntry.objects.get(verb="links.repaired")
    assert (entry.subject_key, entry.details["count"]) == (made.key, 1)
    page = client.get(report).content.decode()
    undo = world.url("tracking:undo_bulk_change", made.key)
    assert f'action="{undo}"' in page and "1 条短链：utm_source" in page
    assert world.editor.actor.label in page
    assert past.key not in page
    assert f'action="{undo}"' not in world.client(world.analyst).get(report).content.decode()
    back = client.post(undo, {"from": "report"})
    assert back["Location"] == report
    wrong.refresh_from_db()
    assert wrong.utm_source == "xhss"
    assert "已撤回" in client.get(report).content.decode()


def test_who_may_not_track_reads_alone_and_strangers_see_nothing(world: World) -> None:
    client = world.client(world.analyst)
    assert client.get(world.url("tracking:naming")).status_code == 200
    assert client.get(world.url("tracking:naming_report")).status_code == 200
    assert client.post(world.url("tracking:naming"), {"lower": "on"}).status_code == 403
    assert client.post(world.url("tracking:repair")).status_code == 403
    with world.scope():
        link = make(world)
        template = actions.save_template(
            world.brand, by=world.editor.actor, name="x", values={"spot": "y"}
        )
    stranger, other = world.client(world.stranger), f"/w/{world.other_brand.key}/links"
    assert stranger.post(f"{other}/templates/{template.key}/remove/").status_code == 404
    assert stranger.post(f"{other}/{link.key}/template/", {"name": "z"}).status_code == 404
    assert stranger.get(f"{other}/new/?template={template.key}").status_code == 404


def test_the_report_is_paged_and_leads_to_what_a_person_must_fill(world: World) -> None:
    with world.scope():
        for n in range(27):
            make(world, name=f"第 {n:02} 条", utm={"utm_source": "xhss"})
        asked = make(world, name="缺关键词", utm={"utm_source": "xhs"})
        agree(world, sources=["xhs"], required=["utm_term"])
    client, report = world.client(world.editor), world.url("tracking:naming_report")
    first = client.get(report).content.decode()
    assert "第 1 至 25 条，共 28 条" in " ".join(first.split())
    names = [*(f"第 {n:02} 条" for n in range(27)), asked.name]
    assert sum(name in first for name in names) == 25
    last = client.get(report, {"page": 2}).content.decode()
    assert "第 26 至 28 条" in " ".join(last.split())
    by_hand = client.get(report, {"only": "person", "page": 1}).content.decode()
    assert "要人填 28" in " ".join(by_hand.split())
    assert client.get(report, {"only": "fixable"}).content.decode().count(asked.name) == 0
    assert f'href="{world.url("tracking:edit", asked.key)}">去填' in first


def test_mending_one_comes_back_to_the_same_page_of_the_report(world: World) -> None:
    with world.scope():
        wrong = make(world, name="一", utm={"utm_source": "xhss"})
        agree(world, sources=["xhs"])
    sent = world.url("tracking:repair") + "?only=fixable&page=2&next=evil"
    back = world.client(world.editor).post(sent, {"link": wrong.key})
    assert back["Location"] == world.url("tracking:naming_report") + "?only=fixable&page=2"


def test_the_rules_say_what_the_system_fills_in(world: World) -> None:
    page = world.client(world.editor).get(world.url("tracking:naming")).content.decode()
    assert page.count(">系统填</span>") == 3 and page.count(">要人填</span>") == 2
    with world.scope():
        link = make(world, campaign="", utm={})
    filled = {key for key in FILLED if getattr(link, key)}
    assert filled | {"utm_campaign"} == {key for key, how in FILLED.items() if how}
