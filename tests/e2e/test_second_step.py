"""Passkeys and the second step in a real browser: a virtual authenticator, codes of the hour, codes for the worst day."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.browser import serious
from tests.world import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.browser import Visit
    from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SIGN_IN = "/account/login/"


@pytest.fixture
def page(visit: Visit, home: object) -> Page:
    """A page under the name that passkeys are bound to: an address of digits has none."""
    visit.base = visit.base.replace("127.0.0.1", "localhost")
    page = visit.page()
    page.set_default_timeout(10_000)
    return page


@contextmanager
def authenticator(page: Page) -> Iterator[list[dict[str, object]]]:
    """A device that knows its owner's finger; gives what it holds, brought up to date on leaving."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    device = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )["authenticatorId"]
    held: list[dict[str, object]] = []
    yield held
    held += session.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]


def with_password(page: Page, email: str) -> None:
    page.goto(SIGN_IN)
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit] >> nth=0")


def proven_again(page: Page, path: str) -> None:
    """Open a page that guards the account: it asks for the password once more first."""
    page.goto(path)
    page.wait_for_url("**/account/reauthenticate/**")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit] >> nth=0")
    page.wait_for_url(f"**{path}")


def sign_out(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/")
    page.wait_for_url(f"**{SIGN_IN}*")


def is_inside(page: Page, world: World) -> None:
    page.wait_for_url(f"**/w/{world.brand.key}/**")


def test_a_passkey_is_added_and_signs_in_without_a_password(page: Page, world: World) -> None:
    with authenticator(page) as held:
        with_password(page, world.owner.user.email)
        is_inside(page, world)
        proven_again(page, "/account/2fa/webauthn/add/")
        page.fill("input[name=name]", "办公电脑")
        page.check("input[name=passwordless]")
        page.click("[data-passkey=create] button[type=submit]")
        page.wait_for_url(lambda url: not url.endswith("/add/"))
        page.goto("/account/2fa/webauthn/")
        assert "办公电脑" in page.inner_text("main") and "可直接登录" in page.inner_text("main")
        assert serious(page) == []
        sign_out(page)
        page.click("button:has-text('用通行密钥登录')")
        is_inside(page, world)
    assert [one["rpId"] for one in held] == ["localhost"]
    assert held[0]["signCount"] == 2, "asked once to be made and once to sign in"


def code_now(secret: str) -> str:
    """What an authenticator app shows for ``secret`` in this half minute; not in its last seconds, so that it is typed in time."""
    if (left := 30 - time.time() % 30) < 10:
        time.sleep(left)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def second_step(page: Page, world: World, code: str) -> None:
    sign_out(page)
    with_password(page, world.owner.user.email)
    page.wait_for_url("**/2fa/authenticate/**")
    page.fill("input[name=code]", code)
    page.click("button:has-text('验证并登录')")


def test_a_code_is_the_second_step_and_a_recovery_code_works_once(page: Page, world: World) -> None:
    with_password(page, world.owner.user.email)
    is_inside(page, world)
    proven_again(page, "/account/2fa/totp/activate/")
    assert serious(page) == []
    secret = page.input_value("#secret")
    page.fill("input[name=code]", code_now(secret))
    page.click("button:has-text('开启')")
    page.wait_for_selector("#codes")
    codes = page.input_value("#codes").split()
    assert len(codes) == len(set(codes)) >= 8
    assert serious(page) == []
    second_step(page, world, "000000")
    page.wait_for_selector("text=验证码不对")
    second_step(page, world, codes[0])
    is_inside(page, world)
    second_step(page, world, codes[0])
    page.wait_for_selector("text=验证码不对")
    second_step(page, world, code_now(secret))
    is_inside(page, world)
