"""Behind a proxy the web, too, must see each visitor's own address: floods are counted by it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from shemei.commands import serve


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEMEI_HOME", str(tmp_path / "home"))


@pytest.mark.parametrize(
    ("options", "trusted"), [([], None), (["--trust-proxy", "10.0.0.2"], "10.0.0.2")]
)
def test_the_web_believes_the_proxy_it_is_told_of(
    monkeypatch: pytest.MonkeyPatch, options: list[str], trusted: str | None
) -> None:
    told: dict[str, Any] = {}
    monkeypatch.setattr(serve, "django_home", lambda home: None)
    monkeypatch.setattr(serve, "migrate", lambda: None)
    monkeypatch.setattr("uvicorn.run", lambda app, **values: told.update(values))
    assert CliRunner().invoke(serve.web, options).exit_code == 0
    assert told["forwarded_allow_ips"] == trusted


def test_serving_tells_both_front_doors(monkeypatch: pytest.MonkeyPatch) -> None:
    parts: list[Any] = []
    monkeypatch.setattr(serve, "refuse_taken_ports", lambda *ports: None)
    monkeypatch.setattr(serve, "_prepare", lambda home: None)
    monkeypatch.setattr(serve, "supervise", lambda found, *, ready: parts.extend(found))
    serve.run_all(None, "127.0.0.1", 8190, 8191, trust_proxy="10.0.0.2")
    proxied = {part.name for part in parts if part.arguments[-2:] == ["--trust-proxy", "10.0.0.2"]}
    assert proxied == {"web", "edge"}
