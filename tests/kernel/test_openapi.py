"""The OpenAPI document keeps its word: whatever a program sends, every answer is one that is documented."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from django_scopes import scope
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shemei.apps.accounts import actions_keys
from shemei.apps.accounts.rules import KEY_SCOPES
from shemei.kernel import api_middleware
from shemei.kernel.api import api
from shemei.kernel.permissions import Permission
from shemei.kernel.throttle import Bucket
from tests.kernel.openapi import Drawer, misfit, operations

if TYPE_CHECKING:
    from shemei.warehouse.home import Home
    from tests.world import World

DOCUMENT: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
DRAWER = Drawer(DOCUMENT)
EXAMPLES = 30


@pytest.fixture
def secrets(world: World, home: Home, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A key that may everything a key may, one that may little, and none; nobody is slowed down."""
    monkeypatch.setattr(api_middleware, "BUCKET", Bucket("api", burst=10**9, per_second=10**9))
    with scope(workspace=world.brand):
        made = {
            name: actions_keys.create_key(name, scopes, by=world.owner)[1]
            for name, scopes in (("all", list(KEY_SCOPES)), ("little", [Permission.EXPORT]))
        }
    return made | {"none": "", "wrong": "shemei_nobody"}


def _address(data: st.DataObject, path: str, parameters: list[dict[str, Any]]) -> str:
    query = {}
    for each in parameters:
        if each["in"] == "path":
            text = str(data.draw(DRAWER.any(each["schema"]), each["name"])) or "-"
            path = path.replace("{" + each["name"] + "}", quote(text, safe=""))
        elif each["in"] == "query" and (each.get("required") or data.draw(st.booleans())):
            query[each["name"]] = data.draw(DRAWER.any(each["schema"]), each["name"])
    return f"{path}?{urlencode({k: v for k, v in query.items() if v is not None})}"


def _samples() -> dict[str, Any]:
    """What is taken for certain, where an answer needs more than a shape: an event of this minute."""
    event = {"kind": "lead", "time": timezone.now().isoformat(), "visitor": "0123456789abcdef"}
    return {"/api/v1/events": {"events": [event | {"event_id": str(uuid4())}]}}


def _body(data: st.DataObject, operation: dict[str, Any], path: str) -> str:
    if path in _samples() and data.draw(st.booleans(), "sample"):
        return json.dumps(_samples()[path])
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return ""
    drawn = data.draw(DRAWER.any(content["application/json"]["schema"]), "body")
    return data.draw(st.sampled_from([json.dumps(drawn)] * 9 + ["{", ""]), "text")


@pytest.mark.parametrize(("method", "path"), operations(DOCUMENT))
def test_no_answer_is_undocumented(secrets: dict[str, str], method: str, path: str) -> None:
    operation = DOCUMENT["paths"][path][method]
    client = Client(raise_request_exception=False)
    met: set[int] = set()

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        secret = secrets[
            data.draw(st.sampled_from(["all"] * 6 + ["little", "none", "wrong"]), "key")
        ]
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        if data.draw(st.integers(0, 8), "idempotency"):
            headers["Idempotency-Key"] = data.draw(st.text("abcdef0123", min_size=1, max_size=90))
        answer = client.generic(
            method.upper(), _address(data, path, operation.get("parameters", [])),
            _body(data, operation, path), "application/json", headers=headers,
        )  # fmt: skip
        met.add(answer.status_code)
        _keeps_the_word(operation, answer)

    run()
    assert 401 in met
    assert met & {200, 201, 202, 404}, f"only refusals: {met}"


def _keeps_the_word(operation: dict[str, Any], answer: Any) -> None:
    declared = operation["responses"]
    told = declared.get(str(answer.status_code))
    assert told, f"{answer.status_code} is not documented: {answer.content[:300]!r}"
    content = told.get("content")
    if not content:
        assert answer.content == b""
        return
    kind = answer["Content-Type"].partition(";")[0]
    assert kind in content, f"{kind} is not documented for {answer.status_code}"
    assert not misfit(DRAWER, content[kind]["schema"], json.loads(answer.content))


def test_the_document_is_there_for_everybody_and_names_every_refusal(
    client: Client, db: None
) -> None:
    told = client.get("/api/v1/openapi.json").json()
    assert set(told["paths"]) == set(DOCUMENT["paths"])
    for method, path in operations(told):
        assert {"400", "401", "403", "422", "429"} <= set(told["paths"][path][method]["responses"])
        assert told["paths"][path][method]["summary"]


def test_a_misfit_is_seen() -> None:
    """The judge itself can fail."""
    shape = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}
    assert misfit(DRAWER, shape, {"a": 1}) == ""
    for wrong in ({}, {"a": "1"}, {"a": 1, "b": 2}, []):
        assert misfit(DRAWER, shape, wrong)
