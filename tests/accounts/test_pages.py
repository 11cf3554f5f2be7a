"""The settings pages: one golden path and one refused member each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from shemei.apps.accounts import actions
from shemei.apps.accounts.models import ApiKey, Invitation, Member, Workspace
from shemei.apps.accounts.rules import API_USES, KEY_SCOPES
from shemei.kernel.api import api
from shemei.kernel.models import AuditEntry
from shemei.kernel.permissions import PERMISSION_NAMES

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.django_db
TABS = ("brand", "members", "invitations", "keys", "audit", "me")
SEEN = {
    "owner": TABS,
    "editor": ("brand", "members", "me"),
    "analyst": ("brand", "members", "audit", "me"),
    "external": ("me",),
}


@pytest.mark.parametrize("who", SEEN)
def test_each_role_sees_its_tabs_and_no_other(world: World, who: str) -> None:
    client = world.client(getattr(world, who))
    for tab in TABS:
        wanted = 200 if tab in SEEN[who] else 403
        assert client.get(world.url(f"accounts:{tab}")).status_code == wanted, tab


def test_settings_open_at_the_first_tab_a_member_may_see(world: World) -> None:
    assert world.client().get(world.url("accounts:settings")).url.endswith("/brand/")
    outside = world.client(world.external).get(world.url("accounts:settings"))
    assert outside.url.endswith("/me/")


def test_the_brand_is_renamed_and_its_link_host_tidied(world: World) -> None:
    told = {"name": "屿禾", "link_host": " S.Yuhe.example/ "}
    response = world.client().post(world.url("accounts:brand"), told, follow=True)
    assert "已保存：品牌名称、短链域名" in response.content.decode()
    brand = Workspace.objects.get(pk=world.brand.pk)
    assert (brand.name, brand.link_host) == ("屿禾", "https://s.yuhe.example")


@pytest.mark.parametrize(
    "host", ["s.a.cn;script-src", "s.a.cn\tx", "s.a.cn\x0cx", "s.a.cn,b", "s.a.cn'", "a..cn", "a.cn:99999"]
)  # fmt: skip
def test_a_link_host_is_a_host_and_nothing_more(world: World, host: str) -> None:
    told = {"name": "屿禾", "link_host": host}
    answer = world.client().post(world.url("accounts:brand"), told)
    assert "不是域名" in answer.content.decode()


def test_a_wrong_link_host_keeps_what_was_typed(world: World) -> None:
    told = {"name": "新名字", "link_host": "s.yuhe.example/x"}
    page = world.client().post(world.url("accounts:brand"), told).content.decode()
    assert "不是域名" in page
    assert 'value="新名字"' in page
    assert "屿禾护肤" in page, "the frame still names the brand as it is"


def test_an_editor_may_look_but_not_change_the_brand(world: World) -> None:
    client = world.client(world.editor)
    assert client.post(world.url("accounts:brand"), {"name": "别的"}).status_code == 403
    assert client.post(world.url("accounts:attribution"), {}).status_code == 403


def test_an_analyst_sets_the_counting_rule(world: World) -> None:
    told = {"attribution_model": "markov", "lookback_days": "14"}
    world.client(world.analyst).post(world.url("accounts:attribution"), told)
    assert Workspace.objects.get(pk=world.brand.pk).lookback_days == 14


def test_a_role_is_changed_on_the_members_page(world: World) -> None:
    url = world.url("accounts:member", world.editor.key)
    world.client().post(url, {"role": "approver"})
    with world.scope():
        assert Member.objects.get(pk=world.editor.pk).role == "approver"


def test_the_last_owner_reads_why_not(world: World) -> None:
    url = world.url("accounts:member_remove", world.owner.key)
    page = world.client().post(url).content.decode()
    assert "至少要有一位所有者" in page


def test_a_member_is_removed_and_gets_the_404_of_a_stranger(world: World) -> None:
    theirs = world.client(world.editor)
    assert theirs.get(world.url("accounts:me")).status_code == 200
    world.client().post(world.url("accounts:member_remove", world.editor.key))
    assert theirs.get(world.url("accounts:me")).status_code == 404


def invitation_link(world: World, **told: str) -> str:
    filled = {"role": "editor", "email": "", "days": "7", **told}
    page = world.client().post(world.url("accounts:invitation_new"), filled).content.decode()
    return re.search(r"http://testserver(/invite/[^/]+/)", page)[1]


def test_an_invitation_is_accepted_with_a_new_account(world: World) -> None:
    url, guest = invitation_link(world), Client()
    assert "加入「屿禾护肤」" in guest.get(url).content.decode()
    assert guest.get("/account/signup/").url == url
    account = {"name": "小新", "email": "new@yuhe.example", "password": "mountain-river-9"}
    response = guest.post(url, account)
    assert response.url.startswith(f"/w/{world.brand.key}/")
    assert guest.get(world.url("accounts:me")).status_code == 200
    assert Client().get(url).status_code == 404, "a link works once"


def test_a_weak_password_is_told_where_it_stands(world: World) -> None:
    account = {"name": "小新", "email": "new@yuhe.example", "password": "123"}
    page = Client().post(invitation_link(world), account).content.decode()
    assert 'id="id_password-error"' in page
    assert 'value="new@yuhe.example"' in page


def test_an_invitation_is_accepted_by_who_is_signed_in(world: World) -> None:
    client = world.client(world.stranger)
    url = invitation_link(world)
    assert "wai@gebi.example" in client.get(url).content.decode()
    client.post(url)
    assert client.get(world.url("accounts:me")).status_code == 200


def test_an_invitation_is_revoked(world: World) -> None:
    url = invitation_link(world)
    with world.scope():
        row = Invitation.objects.get()
    assert "撤回" in world.client().get(world.url("accounts:invitations")).content.decode()
    world.client().post(world.url("accounts:invitation_revoke", row.key))
    assert Client().get(url).status_code == 404


def test_a_key_is_shown_once_and_opens_the_api(world: World) -> None:
    told = {"name": "订单系统", "scopes": ["orders", "view"], "days": "90"}
    client = world.client()
    page = client.post(world.url("accounts:key_new"), told).content.decode()
    secret = re.search(r'value="(sm_\w+)"', page)[1]
    assert secret not in client.get(world.url("accounts:keys")).content.decode()
    known = Client().get("/api/v1/key", headers={"Authorization": f"Bearer {secret}"}).json()
    assert (known["brand"], known["scopes"]) == ("屿禾护肤", ["orders", "view"])
    with world.scope():
        row = ApiKey.objects.get()
    client.post(world.url("accounts:key_revoke", row.key))
    again = Client().get("/api/v1/key", headers={"Authorization": f"Bearer {secret}"})
    assert again.status_code == 401


def test_the_page_of_keys_names_what_every_part_of_the_api_asks_for(world: World) -> None:
    asked = {
        operation.view_func.permission
        for _, router in api._routers
        for view in router.path_operations.values()
        for operation in view.operations
        if hasattr(operation.view_func, "permission")
    }
    assert asked == {needed for needed, _, _ in API_USES} <= set(KEY_SCOPES)
    told = world.client().get(world.url("accounts:keys")).content.decode()
    form = world.client().get(world.url("accounts:key_new")).content.decode()
    for needed, what, _ in API_USES:
        assert f'<td class="b">{what}</td><td>{PERMISSION_NAMES[needed]}</td>' in told
        name = PERMISSION_NAMES[needed]
        assert (name if what == name else f"{name}（{what}）") in form
    assert "上报事件（上报事件）" not in form
    assert form.count('name="scopes"') == len(asked)


def test_a_key_asks_for_the_password_again(world: World) -> None:
    client = world.client(recently=False)
    url = world.url("accounts:key_new")
    asked = client.get(url)
    assert asked.url.startswith("/account/reauthenticate/?next=%2Fw%2F")
    assert '<a href="/">先不做了，回到首页</a>' in client.get(asked.url).content.decode()
    from tests.world import PASSWORD

    back = client.post(asked.url, {"password": PASSWORD, "next": url})
    assert back.url == url
    assert client.get(url).status_code == 200


def test_a_member_with_a_passkey_alone_is_asked_for_the_passkey(world: World) -> None:
    from allauth.mfa.models import Authenticator

    world.owner.user.set_unusable_password()
    world.owner.user.save()
    kind = Authenticator.Type.WEBAUTHN
    Authenticator.objects.create(user=world.owner.user, type=kind, data={"name": "电脑"})
    asked = world.client(recently=False).get(world.url("accounts:key_new"))
    assert asked.url.startswith("/account/2fa/webauthn/reauthenticate/")


def test_the_audit_log_is_read_filtered_and_exported(world: World) -> None:
    with world.scope():
        actions.change_role(world.editor, "approver", by=world.owner)
        actions.invite(world.brand, "editor", by=world.owner)
    client, url = world.client(), world.url("accounts:audit")
    page = client.get(url).content.decode()
    assert "把「阿丽」的角色由编辑改为审批" in page
    narrowed = client.get(url, {"area": "invitation"}).content.decode()
    assert "新建邀请链接" in narrowed
    assert "把「阿丽」的角色" not in narrowed
    file = client.get(url, {"export": "csv"})
    assert "把「阿丽」的角色由编辑改为审批" in file.content.decode("utf-8-sig")
    with world.scope():
        assert AuditEntry.objects.first().sentence == "导出操作记录，2 行"


def test_an_export_asks_for_the_password_again(world: World) -> None:
    client = world.client(recently=False)
    asked = client.get(world.url("accounts:audit"), {"export": "csv"})
    assert asked.url.startswith("/account/reauthenticate/?next=")


def test_ones_own_name_and_theme_are_saved(world: World) -> None:
    client, url = world.client(), world.url("accounts:me")
    page = client.post(url, {"name": "陈老板", "theme": "dark"}, follow=True).content.decode()
    assert 'data-theme="dark"' in page
    world.owner.user.refresh_from_db()
    assert world.owner.user.name == "陈老板"


def test_other_sessions_are_signed_out(world: World) -> None:
    from tests.world import PASSWORD

    here, there = Client(), Client()
    for client in (here, there):
        told = {"login": "chen@yuhe.example", "password": PASSWORD}
        assert client.post("/account/login/", told).status_code == 302
    url = world.url("accounts:me")
    assert "2 处" in here.get(url).content.decode()
    here.post(world.url("accounts:sign_out_others"))
    assert here.get(url).status_code == 200
    assert there.get(url).status_code == 302
