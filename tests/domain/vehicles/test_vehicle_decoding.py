"""``garage.vehicles.add(decode=True)`` and ``decode()``: what is filled, what stays, who may."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import motovault
from motovault import Garage, InvalidValue
from motovault.domain.tiers import AllFeatures, FeatureNotInTier, Tier, TierPolicy
from motovault.domain.vehicles import (
    BasicVinDecoder,
    CheckDigitMismatch,
    Confidence,
    DecodedField,
    DecodedVin,
    Vehicle,
    VehicleExists,
    make_name,
    model_name,
)
from motovault.domain.vehicles.decoding import OF_VEHICLE
from motovault.vin import InvalidVin

HONDA = "1HGCM82633A123454"
WRONG = "1HGCM82633A123455"
TOLD: dict[str, Any] = {
    "model_year": 2003,
    "make": "Honda",
    "model": "Accord",
    "trim": "EX-V6",
    "engine": "3.0L V6",
    "transmission": "5-Speed Automatic",
}


class Telling:
    """A decoder that says the same of every VIN, and remembers which it was asked about."""

    def __init__(self, **values: Any) -> None:
        self.asked: list[str] = []
        self._fields: dict[str, DecodedField[Any]] = {
            name: DecodedField(value=value, source_value=str(value), confidence=Confidence.MEDIUM)
            for name, value in values.items()
        }

    def decode(self, vin: str, /) -> DecodedVin:
        self.asked.append(vin)
        return DecodedVin.of(BasicVinDecoder().decode(vin).vin or "", self._fields, "telling")

    def decode_many(self, vins: Iterable[object], /) -> Iterator[DecodedVin]:
        return (self.decode(str(vin)) for vin in vins)


def garage_with(decoder: Any = None, policy: Any = None) -> Garage:
    return motovault.open_vault("memory:", vin_decoder=decoder, policy=policy or AllFeatures()).garage("ana")


def shown(vehicle: Vehicle) -> dict[str, Any]:
    return {name: getattr(vehicle, name) for name in OF_VEHICLE}


# ------------------------------------------------------------------------- filling


def test_what_was_left_empty_is_filled_and_kept() -> None:
    garage = garage_with(Telling(**TOLD, body="Coupe"))
    car = garage.vehicles.add(vin="1hgcm826-33a123454", nickname="Daily", decode=True)
    assert shown(car) == TOLD
    assert (car.vin, car.nickname) == (HONDA, "Daily")
    assert garage.vehicles.get(car.id) == car


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "model_year": st.one_of(st.none(), st.integers(1990, 2020)),
            "make": st.one_of(st.none(), st.sampled_from(["", "  ", "Acura", "bmw"])),
            "model": st.one_of(st.none(), st.sampled_from(["", "cr-v", "TL"])),
            "trim": st.one_of(st.none(), st.sampled_from(["", "LX"])),
            "engine": st.one_of(st.none(), st.sampled_from([" ", "2.4L I4"])),
            "transmission": st.one_of(st.none(), st.sampled_from(["", "Manual"])),
            "nickname": st.one_of(st.none(), st.text(st.characters(codec="ascii"), max_size=9)).filter(
                lambda name: name is None or "\x00" not in name
            ),
        },
    )
)
def test_what_the_caller_gave_is_never_overwritten(details: dict[str, Any]) -> None:
    """Of every field: the caller's value where there is one, else the VIN's."""
    written = {"make": make_name, "model": model_name}
    car = garage_with(Telling(**TOLD)).vehicles.add(vin=HONDA, decode=True, **details)
    for name in OF_VEHICLE:
        given = details.get(name)
        is_empty = given is None or (isinstance(given, str) and not given.strip())
        expected = TOLD[name] if is_empty else given
        assert getattr(car, name) == written.get(name, lambda value: value)(expected)


def test_filled_names_are_written_as_typed_ones_are() -> None:
    car = garage_with(Telling(make="HONDA", model="cr-v touring")).vehicles.add(vin=HONDA, decode=True)
    typed = garage_with().vehicles.add(vin=HONDA, make="HONDA", model="cr-v touring")
    assert (car.make, car.model) == (typed.make, typed.model)


def test_what_has_no_room_or_no_value_is_left_empty() -> None:
    car = garage_with(Telling(trim="x" * 101, make="Honda")).vehicles.add(vin=HONDA, decode=True)
    assert (car.make, car.trim, car.model) == ("Honda", None, None)


def test_without_being_asked_nothing_is_decoded() -> None:
    decoder = Telling(**TOLD)
    car = garage_with(decoder).vehicles.add(vin=HONDA)
    assert shown(car) == dict.fromkeys(OF_VEHICLE)
    assert decoder.asked == []


def test_candidates_fill_nothing() -> None:
    car = garage_with(BasicVinDecoder()).vehicles.add(vin="WVWZZZ1KZ8W000001", decode=True)
    assert car.make == "Volkswagen"
    assert car.model_year is None


def test_a_refused_vin_is_not_decoded() -> None:
    decoder = Telling(**TOLD)
    garage = garage_with(decoder)
    with pytest.raises(CheckDigitMismatch):
        garage.vehicles.add(vin=WRONG, decode=True)
    assert decoder.asked == []
    assert garage.vehicles.add(vin=WRONG, decode=True, allow_check_digit_mismatch=True).make == "Honda"


def test_before_1981_there_is_nothing_to_decode() -> None:
    decoder = Telling(**TOLD)
    car = garage_with(decoder).vehicles.add(vin="12437-9N-000001", pre_standard=True, decode=True)
    assert (car.make, decoder.asked) == (None, [])


def test_without_a_vin_there_is_nothing_to_decode_either_and_that_is_said() -> None:
    with pytest.raises(InvalidValue) as caught:
        garage_with().vehicles.add(license_plate="AB 1", decode=True)
    assert caught.value.field == "decode"


def test_one_vin_twice_is_refused_with_decoding_too() -> None:
    garage = garage_with(Telling(**TOLD))
    garage.vehicles.add(vin=HONDA, decode=True)
    with pytest.raises(VehicleExists):
        garage.vehicles.add(vin=HONDA, decode=True)


def test_decoding_keeps_nothing() -> None:
    garage = garage_with()
    assert garage.vehicles.decode("1hgcm826 33a123454").make.value == "Honda"
    assert garage.vehicles.count() == 0
    with pytest.raises(InvalidVin):
        garage.vehicles.decode("no VIN")
    assert garage.vehicles.decode(WRONG).findings[0].code == "check_digit_wrong"


# ------------------------------------------------------------------------- the tier


def test_by_default_every_user_is_free_and_the_error_says_how_to_change_that() -> None:
    garage = motovault.open_vault("memory:").garage("ana")
    for asked in (
        lambda: garage.vehicles.decode(HONDA),
        lambda: garage.vehicles.add(vin=HONDA, decode=True),
        lambda: garage.vehicles.decode("no VIN"),
    ):
        with pytest.raises(FeatureNotInTier) as caught:
            asked()
        error = caught.value
        assert (error.feature, error.needed, error.held) == ("vehicle.vin_decode", Tier.PRO, Tier.FREE)
        assert "open_vault(policy=" in str(error)
        assert HONDA not in str(error)
    assert garage.vehicles.count() == 0
    assert garage.vehicles.add(vin=HONDA).vin == HONDA


def test_each_user_of_a_vault_has_a_tier_of_their_own() -> None:
    policy = TierPolicy(lambda user_id: Tier.PRO if user_id == "ana" else Tier.FREE)
    vault = motovault.open_vault("memory:", policy=policy)
    assert vault.garage("ana").vehicles.decode(HONDA).make.value == "Honda"
    with pytest.raises(FeatureNotInTier):
        vault.garage("ben").vehicles.decode(HONDA)


def test_the_vaults_own_decoder_belongs_to_no_user_and_asks_for_no_tier() -> None:
    vault = motovault.open_vault("memory:")
    assert [answer.make.value for answer in vault.vin_decoder.decode_many([HONDA, "x"])] == ["Honda", None]


def test_a_database_has_it_too(tmp_path: Any) -> None:
    with motovault.open_vault(
        tmp_path / "garage.db", vin_decoder=Telling(**TOLD), policy=AllFeatures()
    ) as vault:
        car = vault.garage("ana").vehicles.add(vin=HONDA, decode=True)
        assert shown(vault.garage("ana").vehicles.get(car.id)) == TOLD
