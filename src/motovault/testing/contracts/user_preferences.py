"""What every repository of preferences must do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import attrs
import pytest

from motovault.domain.user_preferences import UserPreferences
from motovault.errors import InvalidValue, NotFound
from motovault.testing.contracts.base import StoreContract, at_once
from motovault.testing.examples import ANA, BOB, NOON, example_preferences

if TYPE_CHECKING:
    from motovault.vault import Store

__all__ = ["UserPreferencesRepositoryContract"]

_KINDS: Final[dict[str, dict[str, Any]]] = {
    "the schema's defaults": {},
    "all chosen": {
        "unit_system": "metric",
        "currency_code": "EUR",
        "time_zone": "America/Argentina/Buenos_Aires",
    },
    "a microsecond": {
        "created_at": NOON + timedelta(microseconds=1),
        "updated_at": NOON - timedelta(microseconds=1),
    },
}


class UserPreferencesRepositoryContract(StoreContract):
    """Every promise of :class:`motovault.domain.user_preferences.UserPreferencesRepository`."""

    def test_nothing_is_found_where_nothing_was_kept(self, store: Store) -> None:
        with store.unit_of_work(ANA) as work:
            assert work.user_preferences.find() is None

    @pytest.mark.parametrize("kind", _KINDS)
    def test_the_first_record_is_kept_as_it_was(self, store: Store, kind: str) -> None:
        record = example_preferences(**_KINDS[kind])
        with store.unit_of_work(ANA) as work:
            assert work.user_preferences.get_or_add(record) == record
        with store.unit_of_work(ANA) as work:
            assert work.user_preferences.find() == record

    def test_a_second_record_is_answered_with_the_first(self, store: Store) -> None:
        first, second = example_preferences(), example_preferences(currency_code="EUR")
        with store.unit_of_work(ANA) as work:
            work.user_preferences.get_or_add(first)
            assert work.user_preferences.get_or_add(second) == first
        with store.unit_of_work(ANA) as work:
            assert work.user_preferences.find() == first

    def test_at_once_one_record_is_kept_and_all_are_answered_with_it(self, store: Store) -> None:
        def add(record: UserPreferences) -> UserPreferences:
            with store.unit_of_work(ANA) as work:
                return work.user_preferences.get_or_add(record)

        records = [example_preferences() for _ in range(4)]
        results = at_once([lambda record=record: add(record) for record in records])  # type: ignore[misc]
        with store.unit_of_work(ANA) as work:
            kept = work.user_preferences.find()
        assert kept in records
        assert results == [kept] * 4

    @pytest.mark.parametrize("kind", _KINDS)
    def test_replacing_changes_every_field(self, store: Store, kind: str) -> None:
        record = example_preferences(currency_code="CHF")
        changes = {"updated_at": NOON + timedelta(days=1), **_KINDS[kind]}
        changed = example_preferences(**changes | {"id": record.id})
        with store.unit_of_work(ANA) as work:
            work.user_preferences.get_or_add(record)
            work.user_preferences.replace(changed)
        with store.unit_of_work(ANA) as work:
            assert work.user_preferences.find() == changed

    def test_replacing_what_was_never_kept_is_refused(self, store: Store) -> None:
        with pytest.raises(NotFound), store.unit_of_work(ANA) as work:
            work.user_preferences.replace(example_preferences())
        with store.unit_of_work(ANA) as work:
            assert work.user_preferences.find() is None

    def test_those_of_another_user_do_not_exist(self, store: Store) -> None:
        theirs, mine = example_preferences(BOB, currency_code="GBP"), example_preferences(currency_code="EUR")
        with store.unit_of_work(BOB) as work:
            work.user_preferences.get_or_add(theirs)
        with store.unit_of_work(ANA) as work:
            assert work.user_preferences.find() is None
        with pytest.raises(NotFound), store.unit_of_work(ANA) as work:
            work.user_preferences.replace(mine)
        with store.unit_of_work(ANA) as work:
            assert work.user_preferences.get_or_add(mine) == mine
        with store.unit_of_work(BOB) as work:
            assert work.user_preferences.find() == theirs

    def test_one_that_says_it_is_of_another_user_is_refused(self, store: Store) -> None:
        mine = example_preferences()
        with pytest.raises(InvalidValue) as caught, store.unit_of_work(ANA) as work:
            work.user_preferences.get_or_add(example_preferences(BOB))
        assert caught.value.field == "user_id"
        with store.unit_of_work(ANA) as work:
            work.user_preferences.get_or_add(mine)
        with pytest.raises(InvalidValue), store.unit_of_work(ANA) as work:
            work.user_preferences.replace(attrs.evolve(mine, user_id=BOB))
        for user_id, kept in ((ANA, mine), (BOB, None)):
            with store.unit_of_work(user_id) as work:
                assert work.user_preferences.find() == kept
