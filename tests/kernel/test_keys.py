"""Ids in addresses: long, speakable, all different, every letter as likely as the next."""

from __future__ import annotations

from collections import Counter

import pytest

from shemei.kernel.keys import KEY_LENGTH, new_key

LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def test_keys_are_different_and_without_look_alikes() -> None:
    keys = [new_key() for _ in range(20_000)]
    assert len(set(keys)) == len(keys)
    assert {len(key) for key in keys} == {KEY_LENGTH}
    seen = Counter("".join(keys))
    assert set(seen) == set(LETTERS)
    expected = len(keys) * KEY_LENGTH / len(LETTERS)
    assert all(abs(n - expected) < 7 * expected**0.5 for n in seen.values()), seen


def test_a_draw_that_falls_short_is_made_good(monkeypatch: pytest.MonkeyPatch) -> None:
    draws = iter([b"\xff" * 44, bytes(range(44))])
    monkeypatch.setattr("secrets.token_bytes", lambda _: next(draws))
    assert new_key() == LETTERS[:KEY_LENGTH]
