"""The tables of makers and countries."""

from __future__ import annotations

from importlib.resources import files

import pytest

from motovault import vin
from tests.vin.vector_cases import folded

KINDS = {"car", "mpv", "truck", "bus", "motorcycle", "trailer", "incomplete", "low-speed", "off-road"}


def lines(name):
    return files("motovault.vin").joinpath(name).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", ["wmi.tsv", "countries.tsv"])
def test_line_one_names_the_source_and_that_it_may_be_passed_on(name):
    first = lines(name)[0]
    assert first.startswith("# Source: ")
    assert "MIT" in first


def test_every_row_is_whole_sorted_and_of_the_alphabet():
    rows = [line.split("\t") for line in lines("wmi.tsv") if not line.startswith("#")]
    assert len(rows) > 5000
    assert [row[0] for row in rows] == sorted({row[0] for row in rows})
    for wmi, kind, seven, makes, manufacturer in rows:
        assert len(wmi) == (6 if wmi[2] == "9" else 3), wmi
        assert set(wmi) <= set(vin.ALPHABET)
        assert kind in KINDS
        assert seven in ("", "7")
        assert makes or manufacturer
        names = makes.split("|") if makes else []
        assert all(name == name.strip() != "" for name in names)
        assert not seven or (wmi[0] in "12345" and kind in ("car", "mpv", "truck"))


MAKES = """
    WVW Volkswagen, WDD Mercedes-Benz, W0L Opel, W0L Vauxhall, VF1 Renault, VF3 Peugeot,
    VF7 Citroën, ZFA Fiat, ZAR Alfa Romeo, TMB Škoda, VSS SEAT, UU1 Dacia,
    YV1 Volvo, YS3 Saab, SAL Land Rover, SJN Nissan, XTA Lada, ZDM Ducati,
    ZD4 Aprilia, VBK KTM, SMT Triumph, JYA Yamaha, JKA Kawasaki, JHM Honda,
    JT1 Toyota, JMZ Mazda, KMH Hyundai, KNA Kia, LSV Volkswagen, LGX BYD,
    LRW Tesla, MA3 Suzuki, MAT Tata, ME3 Royal Enfield, MMB Mitsubishi, MR0 Toyota,
    9BW Volkswagen, 9BD Fiat, 93Y Renault, 8AP Fiat, 6T1 Toyota, AHT Toyota,
    NM0 Ford, PL1 Proton, 1HD Harley-Davidson, 3C4 Dodge,
"""


@pytest.mark.parametrize(("wmi", "make"), [item.split(maxsplit=1) for item in MAKES.split(",")[:-1]])
def test_makes_of_all_continents_are_known(wmi, make):
    found = vin.find_maker(wmi)
    assert found is not None
    assert folded(make) in map(folded, found.makes)


COUNTRIES = """
    1A United States, 2A Canada, 3V Mexico, JH Japan, KN South Korea, LR China,
    SA United Kingdom, SN Germany, SU Poland, TM Czechia, TR Hungary, TW Portugal,
    U5 Slovakia, VF France, VS Spain, YV Sweden, ZF Italy, 7S United States,
    7A New Zealand, 9B Brazil, 8A Argentina, MA India,
"""


@pytest.mark.parametrize(("start", "country"), [item.split(maxsplit=1) for item in COUNTRIES.split(",")[:-1]])
def test_the_country_follows_from_two_characters(start, country):
    assert vin.country_of(start) == country


def test_the_country_is_of_the_identifier_and_not_of_the_company():
    assert vin.country_of("WBA") == "Germany"
    assert vin.country_of("4US") == "United States"


def test_unassigned_beginnings_have_no_country_and_zero_no_region():
    assert vin.country_of("00") is None
    assert vin.region_of("0") is None
    assert vin.region_of("") is None
    assert vin.find_maker("000") is None
    assert {vin.region_of(c) for c in "AJSW169"} == {
        "Africa", "Asia", "Europe", "North America", "Oceania", "South America"
    }  # fmt: skip
