"""``open_vault(cache=...)``: what may stand there, what is refused, and that no secret is shown."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

import motovault
from motovault.cache import Answers, CachedStore, LocalCache, open_cache
from motovault.errors import InvalidValue, MissingExtra


@pytest.mark.parametrize("url", ["http://x:pass@y/", "redis://:pass@host:port/0", "pass"])
def test_a_url_that_is_none_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        motovault.open_vault("memory:", cache=url)
    assert "pass" not in str(caught.value)
    assert "pass" not in repr(caught.value.value)
    assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_a_url_that_would_turn_bytes_into_text_is_refused() -> None:
    with pytest.raises(InvalidValue, match="bytes"):
        open_cache("redis://localhost/0?decode_responses=True")


def test_no_password_is_shown() -> None:
    answers = open_cache("redis://:hush@localhost:1/0")
    assert "hush" not in repr(answers) + str(answers.far)
    answers.close()


def test_a_hosts_connection_cannot_have_a_cache(sqlite_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{sqlite_path}")
    with engine.connect() as connection, pytest.raises(InvalidValue) as caught:
        motovault.open_vault(connection=connection, cache="memory:")
    assert caught.value.field == "cache"
    engine.dispose()


def test_without_the_package_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name in ("motovault.cache.redis", "motovault.cache.near")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(MissingExtra, match=r"motovault\[redis\]"):
        open_cache("redis://localhost")


def test_a_cache_of_ones_own_will_do() -> None:
    own = LocalCache()
    with motovault.open_vault("memory:", cache=own) as vault:
        assert isinstance(vault._store, CachedStore)
        vault.garage("ana").vehicles.add(license_plate="AB 1")
        assert vault.garage("ana").vehicles.list() == vault.garage("ana").vehicles.list()
        assert isinstance(own.get("vehicles:user:ana"), bytes)
        assert Answers(far=own).far is own
