"""The way in: first start, login, every page of allauth in our look, the brands of a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from allauth.account.adapter import get_adapter
from allauth.mfa.adapter import get_adapter as get_adapter_of_mfa
from django.core import mail
from django.test import Client

from shemei.apps.accounts import actions
from shemei.apps.accounts.models import User, Workspace
from tests.world import PASSWORD, World, signed_in

if TYPE_CHECKING:
    from django.test import Client as Browser

    from shemei.warehouse.home import Home

pytestmark = pytest.mark.django_db


def test_the_first_visit_leads_to_the_first_start(db: None) -> None:
    client = Client()
    assert client.get("/").url == "/start/"
    told = {"brand": "屿禾", "name": "陈总", "email": "chen@x.example", "password": "river-9-mount"}
    inside = client.post("/start/", told)
    assert inside.url.startswith(f"/w/{Workspace.objects.get().key}/")
    assert client.get("/start/").url == "/"
    assert client.get("/").url.startswith("/w/")


def test_the_first_start_closes_with_the_first_account(world: World) -> None:
    told = {"brand": "贼", "name": "贼", "email": "t@x.example", "password": "river-9-mount"}
    assert Client().post("/start/", told).url == "/"
    assert not User.objects.filter(email="t@x.example").exists()


def test_nobody_signs_up_by_themselves(world: World) -> None:
    client = Client()
    assert client.get("/account/signup/").url == "/"
    told = {"email": "t@x.example", "password1": "river-9-mount"}
    assert client.post("/account/signup/", told).status_code == 302
    assert not User.objects.filter(email="t@x.example").exists()


def test_login_goes_to_where_one_wanted(world: World) -> None:
    client, wanted = Client(), world.url("accounts:members")
    asked = client.get(wanted)
    assert asked.url == f"/account/login/?next={wanted}"
    told = {"login": "Chen@yuhe.example", "password": PASSWORD, "next": wanted}
    assert client.post("/account/login/", told).url == wanted


def test_a_wrong_password_says_what_to_do_and_keeps_the_address(world: World) -> None:
    told = {"login": "chen@yuhe.example", "password": "wrong"}
    page = Client().post("/account/login/", told).content.decode()
    assert "邮箱或密码不对" in page
    assert page.count("忘记密码？") == 1
    assert 'value="chen@yuhe.example"' in page


def test_home_is_the_brand_used_last(world: World) -> None:
    owner = world.owner.user
    second = actions.open_brand("第二个品牌", user=owner).workspace
    client = signed_in(owner)
    client.get(f"/w/{second.key}/settings/me/")
    assert client.get("/").url.startswith(f"/w/{second.key}/")


def test_a_new_brand_is_for_owners(world: World) -> None:
    assert world.client(world.editor).get("/brands/new/").status_code == 403
    denied = world.client(world.editor).post("/brands/new/", {"name": "我的"})
    assert denied.status_code == 403
    made = world.client().post("/brands/new/", {"name": "屿禾男士"})
    assert made.url.startswith(f"/w/{Workspace.objects.get(name='屿禾男士').key}/")


def test_somebody_without_a_brand_may_open_one(world: World) -> None:
    loner = signed_in(User.objects.create_user("solo@x.example", PASSWORD, name="独"))
    assert loner.get("/").url == "/brands/new/"
    assert loner.get("/brands/new/").status_code == 200
    assert loner.get("/account/sessions/").url == "/brands/new/"


ANONYMOUS = ("login/", "password/reset/", "password/reset/done/", "password/reset/key/1-x/",
             "password/reset/key/done/", "inactive/")  # fmt: skip
SIGNED_IN = ("logout/", "reauthenticate/", "password/change/", "2fa/", "2fa/totp/activate/",
             "2fa/webauthn/", "2fa/webauthn/add/")  # fmt: skip


def in_our_look(page: str) -> bool:
    english = ("Sign In", "Sign Out", "Password Reset", "Two-Factor", "Security Key", "Recovery")
    return "s-login__form" in page and not any(word in page for word in english)


@pytest.mark.parametrize("path", ANONYMOUS)
def test_pages_before_the_login_have_our_look(world: World, path: str) -> None:
    response = Client().get(f"/account/{path}")
    assert response.status_code == 200
    assert in_our_look(response.content.decode())


@pytest.mark.parametrize("path", SIGNED_IN)
def test_pages_behind_the_login_have_our_look(world: World, path: str) -> None:
    response = world.client().get(f"/account/{path}")
    assert response.status_code == 200, response.headers
    assert in_our_look(response.content.decode())


def with_totp(client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    from allauth.mfa.totp.internal import auth

    monkeypatch.setattr(auth, "validate_totp_code", lambda secret, code: code == "123456")
    monkeypatch.setattr("allauth.mfa.totp.forms.auth.validate_totp_code", auth.validate_totp_code)
    assert client.post("/account/2fa/totp/activate/", {"code": "123456"}).status_code == 302


def test_an_authenticator_is_set_up_and_asked_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = world.client()
    page = client.get("/account/2fa/totp/activate/").content.decode()
    assert 'src="data:image/svg+xml' in page
    with_totp(client, monkeypatch)
    for path in ("", "totp/deactivate/", "recovery-codes/", "recovery-codes/generate/"):
        response = client.get(f"/account/2fa/{path}")
        assert response.status_code == 200, path
        assert in_our_look(response.content.decode()), path
    assert client.get("/account/2fa/reauthenticate/").status_code == 200
    guest = Client()
    told = {"login": "chen@yuhe.example", "password": PASSWORD}
    assert guest.post("/account/login/", told).url.startswith("/account/2fa/authenticate/")
    assert in_our_look(guest.get("/account/2fa/authenticate/").content.decode())
    assert guest.post("/account/2fa/authenticate/", {"code": "123456"}).url == "/"


def test_a_lost_password_is_reset_by_mail(world: World) -> None:
    client = Client()
    client.post("/account/password/reset/", {"email": "ali@yuhe.example"})
    text = mail.outbox[0].body
    assert "重设这个邮箱的登录密码" in text
    link = next(word for word in text.split() if word.startswith("http://testserver/"))
    path = client.get(link.removeprefix("http://testserver")).url
    told = {"password1": "a-new-one-26", "password2": "a-new-one-26"}
    assert in_our_look(client.get(path).content.decode())
    assert client.post(path, told).status_code == 302
    told = {"login": "ali@yuhe.example", "password": "a-new-one-26"}
    assert Client().post("/account/login/", told).url == "/"


def test_the_door_is_open_for_invited_guests_alone(rf: Any, world: World) -> None:
    request = rf.get("/")
    request.session = {}
    assert not get_adapter(request).is_open_for_signup(request)
    request.session = {"invitation": "token"}
    assert get_adapter(request).is_open_for_signup(request)


def test_secrets_of_the_second_step_are_ciphertext_in_the_database(
    world: World, home: Home
) -> None:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    secret = generate_totp_secret()
    totp = TOTP.activate(world.owner.user, secret)
    stored = Authenticator.objects.get(pk=totp.instance.pk).data["secret"]
    assert secret not in stored
    assert get_adapter_of_mfa().decrypt(stored) == secret


def test_a_weak_password_is_refused_in_chinese(world: World) -> None:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError) as refused:
        validate_password("123")
    assert refused.value.messages == [
        "密码太短，至少要 10 个字符。",
        "这个密码太常见，容易被猜到。请换一个。",
    ]
    with pytest.raises(ValidationError, match=r"密码和.+太像"):
        validate_password(world.owner.user.email, world.owner.user)


def test_where_one_is_signed_in_is_told_in_words(world: World) -> None:
    from shemei.apps.accounts.rules import device_in_words

    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) AppleWebKit MicroMessenger/8.0.42"
    assert device_in_words(agent) == "iPhone 上的 微信"
    page = world.client(world.owner).get(world.url("accounts:me")).content.decode()
    assert "Mozilla" not in page


def test_an_invitation_is_for_an_editor_unless_something_else_is_meant(world: World) -> None:
    page = world.client(world.owner).get(world.url("accounts:invitation_new"))
    content = page.content.decode()
    if page.status_code == 200:
        assert '<option value="editor" selected>' in content
        assert content.count("（选填）") == 1
