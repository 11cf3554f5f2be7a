"""Every row belongs to a brand, or stands on a short list with a reason."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django_scopes.exceptions import ScopeError

from shemei.kernel.models import WorkspaceOwned

if TYPE_CHECKING:
    from tests.world import World

GLOBAL = {
    "accounts.User": "a person may belong to several brands",
    "accounts.Workspace": "is the brand itself",
    "kernel.OutboxStream": "one per database: the stream its relay writes",
    "auth.Group": "Django's own; unused",
    "auth.Permission": "Django's own; unused",
    "contenttypes.ContentType": "Django's own",
    "sessions.Session": "of a browser, before any brand is chosen",
    "account.EmailAddress": "of a person",
    "account.EmailConfirmation": "of a person",
    "mfa.Authenticator": "of a person",
    "usersessions.UserSession": "of a person",
}
PARTS = {"commerce.OrderLine": "a line of an order; its manager is scoped through the order"}
OURS = [m for m in apps.get_models() if m.__module__.startswith("shemei.")]


@pytest.mark.parametrize("model", apps.get_models(), ids=lambda m: m._meta.label)
def test_a_model_belongs_to_a_brand_or_is_explained(model: type[models.Model]) -> None:
    explained = model._meta.label in GLOBAL or model._meta.label in PARTS
    assert issubclass(model, WorkspaceOwned) != explained


def test_the_list_of_exceptions_names_models_that_exist() -> None:
    assert {*GLOBAL, *PARTS} <= {m._meta.label for m in apps.get_models()}


@pytest.mark.parametrize(
    "model", [m for m in OURS if m._meta.label not in GLOBAL], ids=lambda m: m._meta.label
)
def test_no_query_runs_outside_a_scope(model: type[models.Model], world: World) -> None:
    with pytest.raises(ScopeError):
        model._default_manager.count()
    with world.scope():
        model._default_manager.count()


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
def test_money_is_no_float(model: type[models.Model]) -> None:
    floats = [f.name for f in model._meta.concrete_fields if isinstance(f, models.FloatField)]
    money = ("amount", "price", "fee", "value", "cost", "refund", "revenue", "budget")
    assert not [name for name in floats if any(word in name for word in money)]


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
def test_foreign_keys_to_other_rooms_leave_no_door_back(model: type[models.Model]) -> None:
    room = model._meta.app_label
    for field in model._meta.concrete_fields:
        target = field.related_model
        if target is None or target._meta.app_label == room or room in ("accounts", "kernel"):
            continue
        assert field.remote_field.hidden, f"{model._meta.label}.{field.name} wants related_name='+'"


@pytest.mark.django_db
def test_migrations_tell_of_every_model() -> None:
    said = io.StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=said)
    assert "No changes" in said.getvalue() or not said.getvalue().strip()
