"""A key may what its maker still may; who answers for it, and who may change whom."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from shemei.apps.accounts import actions, actions_keys, queries
from shemei.apps.accounts.models import ApiKey
from shemei.apps.accounts.policies import CHANGE_MEMBER, GIVE_ROLE, TAKE_KEY, grantable
from shemei.apps.accounts.rules import ROLES
from shemei.kernel.models import AuditEntry
from shemei.kernel.permissions import Forbidden, Permission
from tests.world import World, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(inside: World):
    return member(inside.brand, "小管", "admin@yuhe.example", "admin")


def test_a_key_shrinks_with_its_maker_and_grows_back(inside: World, admin) -> None:
    _, secret = actions_keys.create_key("ERP", ["orders", "view"], by=admin)
    actions.change_role(admin, "analyst", by=inside.owner)
    found = queries.owner_of_secret(secret)
    assert found is not None and found[1].permissions == {Permission.VIEW}
    actions.change_role(admin, "admin", by=inside.owner)
    found = queries.owner_of_secret(secret)
    assert found is not None and found[1].can(Permission.ORDERS)


def test_a_key_stops_with_its_maker_until_somebody_takes_it_over(inside: World, admin) -> None:
    key, secret = actions_keys.create_key("ERP", ["orders"], by=admin)
    actions.remove_member(admin, by=inside.owner)
    assert queries.owner_of_secret(secret) is None
    page = inside.client().get(inside.url("accounts:keys")).text
    assert "负责人已离开" in page and "接手" in page
    inside.client().post(inside.url("accounts:key_take_over", key.key))
    found = queries.owner_of_secret(secret)
    assert found is not None and found[1].can(Permission.ORDERS)
    told = AuditEntry.objects.get(verb="key.taken_over")
    assert told.sentence == "接手接口密钥「ERP」，原由小管负责"


def test_who_manages_no_keys_takes_none_over(inside: World, admin) -> None:
    key, _ = actions_keys.create_key("ERP", ["view"], by=admin)
    with pytest.raises(Forbidden):
        actions_keys.take_over_key(key, by=inside.analyst)
    url = inside.url("accounts:key_take_over", key.key)
    assert inside.client(inside.analyst).post(url).status_code == 403
    assert ApiKey.objects.get().created_by == admin


def test_a_revoked_key_is_not_taken_over(inside: World, admin) -> None:
    key, _ = actions_keys.create_key("ERP", ["view"], by=admin)
    actions_keys.revoke_key(key, by=inside.owner.actor)
    key.refresh_from_db()
    assert TAKE_KEY.why_not(inside.owner.actor, key).startswith("这把密钥已停用")
    with pytest.raises(ValidationError, match="已停用"):
        actions_keys.take_over_key(key, by=inside.owner)


def test_an_admin_changes_no_owner_and_the_page_offers_nothing(inside: World, admin) -> None:
    assert CHANGE_MEMBER.allows(admin.actor, inside.editor)
    why = CHANGE_MEMBER.why_not(admin.actor, inside.owner)
    page = inside.client(admin).get(inside.url("accounts:member", inside.owner.key)).text
    assert "更改角色" not in page and why in page
    with pytest.raises(ValidationError, match=why):
        actions.remove_member(inside.owner, by=admin)


def test_the_last_owner_stays_and_both_pages_say_why(inside: World) -> None:
    why = CHANGE_MEMBER.why_not(inside.owner.actor, inside.owner)
    assert why.startswith("品牌空间至少要有一位所有者")
    for name in ("member", "member_remove"):
        page = inside.client().get(inside.url(f"accounts:{name}", inside.owner.key)).text
        assert why in page and "更改角色" not in page and 's-btn is-danger" type' not in page
    actions.change_role(inside.editor, "owner", by=inside.owner)
    page = inside.client().get(inside.url("accounts:member", inside.owner.key)).text
    assert why not in page and "更改角色" in page


def test_a_form_offers_the_roles_that_the_action_gives(inside: World, admin) -> None:
    for by in (inside.owner, admin):
        form = inside.client(by).get(inside.url("accounts:invitation_new")).context["form"]
        offered = [key for key, _ in form.fields["role"].choices]
        assert offered == [role for role in ROLES if GIVE_ROLE.allows(by.actor, role)]
    assert "owner" not in grantable(admin.actor) and grantable(inside.editor.actor) == {}
    with pytest.raises(ValidationError) as refused:
        actions.invite(inside.brand, "owner", by=admin)
    assert refused.value.message_dict == {"role": [GIVE_ROLE.why_not(admin.actor, "owner")]}
    assert "没有这个角色" in GIVE_ROLE.why_not(inside.owner.actor, "boss")
