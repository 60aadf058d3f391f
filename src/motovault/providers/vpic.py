"""The embedded decoder: vPIC's data inside the package ``ultravin``; no server is asked.

Needs the extra ``vpic``; importing this module does not.

vPIC is the register of the United States: it knows what was sold there. The
package is no validator (it decodes 18 characters, and bytes of any script), so
only what :mod:`motovault.vin` has accepted reaches it. Where vPIC is silent,
the register of makers answers (:mod:`motovault.domain.vehicles.basic_decoder`).
Source of the fields: vPIC's own element list; data of the US government.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from motovault.domain.vehicles.basic_decoder import basic_year, known_maker, of_register
from motovault.domain.vehicles.decoding import (
    EMPTY,
    DecodedField,
    DecodedVin,
    number_of,
    one_by_one,
    read_later,
    sure,
)
from motovault.domain.vehicles.names import make_name
from motovault.errors import MissingExtra
from motovault.ports import Clock
from motovault.system import SystemClock
from motovault.vin import InvalidVin, is_check_digit_law, is_valid, wmi_of

__all__ = ["VEHICLE_TYPES", "VpicVinDecoder", "names_of"]

_AT_ONCE: Final = 256
"""VINs a call: the package holds the interpreter while it builds what it returns, here some 5 ms."""

_AT_FIRST: Final = 8
"""So that the first answer of a stream comes soon; each next call is four times as large."""

_SILENT: Final = {"", "Not Applicable"}

VEHICLE_TYPES: Final = {
    "PASSENGER CAR": "car",
    "MULTIPURPOSE PASSENGER VEHICLE (MPV)": "mpv",
    "TRUCK": "truck",
    "BUS": "bus",
    "MOTORCYCLE": "motorcycle",
    "TRAILER": "trailer",
    "INCOMPLETE VEHICLE": "incomplete",
    "LOW SPEED VEHICLE (LSV)": "low-speed",
    "OFF ROAD VEHICLE": "off-road",
}
_FUELS: Final = {
    "Gasoline": "gasoline",
    "Diesel": "diesel",
    "Electric": "electric",
    "Ethanol (E85)": "ethanol",
    "Liquefied Petroleum Gas (propane or LPG)": "lpg",
    "Compressed Natural Gas (CNG)": "cng",
    "Compressed Hydrogen/Hydrogen": "hydrogen",
}
"""Where fuel logs have a word for it; else vPIC's own words stay."""

_TRANSMISSIONS: Final = {
    "Manual/Standard": "Manual",
    "Continuously Variable Transmission (CVT)": "CVT",
    "Dual-Clutch Transmission (DCT)": "Dual-Clutch",
    "Automated Manual Transmission (AMT)": "Automated Manual",
}
_LAYOUTS: Final = {
    "In-Line": "I",
    "V-Shaped": "V",
    "W Shape": "W",
    "Horizontally opposed (boxer)": "H",
}
_NUMBER: Final = re.compile(r"\d{1,3}(\.\d{1,12})?")


class VpicVinDecoder:
    """Decodes with the data of vPIC, offline; a :class:`~motovault.domain.vehicles.VinDecoder`.

    Args:
        clock: Tells the day, from which vPIC knows what is published and which years can be; the machine's
            by default.

    Raises:
        MissingExtra: ultravin is not installed: ``pip install 'motovault[vpic]'``.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        try:
            import ultravin
        except ImportError as error:
            raise MissingExtra("vpic", "ultravin") from error
        self._decode_batch = ultravin.decode_batch
        self._clock = clock or SystemClock()
        self.name: Final = f"vpic {ultravin.provenance()['data_month'].replace('_', '-')}"

    def decode(self, vin: str, /) -> DecodedVin:
        """What one VIN tells. Raises InvalidVin."""
        return self._answers([number_of(vin)])[0]

    def decode_many(self, vins: Iterable[object], /) -> Iterator[DecodedVin]:
        """An answer for each, in order."""
        return self._in_batches(one_by_one(vins))

    def _in_batches(self, given: Iterator[object]) -> Iterator[DecodedVin]:
        size = _AT_FIRST
        while batch := list(islice(given, size)):
            size = min(4 * size, _AT_ONCE)
            numbers: list[str] = []
            wrong: dict[int, InvalidVin] = {}
            for place, one in enumerate(batch):
                try:
                    numbers.append(number_of(one))
                except InvalidVin as error:
                    wrong[place] = error
            answers = iter(self._answers(numbers) if numbers else ())
            if not wrong:
                yield from answers
                continue
            for place, one in enumerate(batch):
                error_here = wrong.get(place)
                yield next(answers) if error_here is None else DecodedVin.refused(one, error_here, self.name)

    def _answers(self, numbers: list[str]) -> list[DecodedVin]:
        now = self._clock.now()
        latest, name = now.year + 1, self.name
        return [
            read_later(
                number, name, _field, (latest, row["model_year"], *map(row["attributes"].get, _ELEMENTS))
            )
            for number, row in zip(numbers, self._decode_batch(numbers, now=now), strict=True)
        ]

    def __repr__(self) -> str:
        return f"<VpicVinDecoder {self.name}>"


def _field(answer: DecodedVin, name: str) -> DecodedField[Any]:
    """One field; what vPIC is silent about as the register of makers has it."""
    number, raw = answer.vin or "", answer.raw
    if name == "model_year":
        return _year(number, raw[_LATEST], raw[_YEAR], is_model_known=_said(raw[_PLACE["Model"]]) is not None)
    if name == "country":
        return of_register(number, name)
    found = _TOLD[name](wmi_of(number), *(_said(raw[place]) for place in _PLACES[name]))
    if name in ("make", "vehicle_type", "manufacturer"):
        return found or of_register(number, name)
    told, year = raw[_YEAR], answer.model_year.value
    if found is not None and year is not None and told is not None and told != year:
        # what belongs to another model year than the VIN's own is read, and not believed
        return sure(None, found.source_value)
    return found or EMPTY


def names_of(wmi: str, attributes: Mapping[str, str]) -> tuple[str | None, ...]:
    """What vPIC says of each of :data:`NAMES`, spelled as the decoder spells it; None where it is silent.

    Args:
        wmi: The maker's part of the VIN.
        attributes: By vPIC's names of its elements.
    """
    return _names(wmi, *map(attributes.get, _READ_FOR_NAMES))


@lru_cache(maxsize=16384)
def _names(wmi: str, *raw: str | None) -> tuple[str | None, ...]:
    said = dict(zip(_READ_FOR_NAMES, map(_said, raw), strict=True))
    found = (_TOLD[name](wmi, *map(said.get, _READ_FROM[name])) for name in NAMES)
    return tuple(None if field is None else field.value for field in found)


def _said(value: str | None) -> str | None:
    return None if value is None or value.strip() in _SILENT else value


def _year(number: str, latest: int, told: int | None, *, is_model_known: bool) -> DecodedField[int]:
    """The year that is certain by the VIN alone, or that vPIC and the VIN agree on.

    vPIC names a year for everything, also where the year code means two. It
    counts where its data of that year know the model, and either only one year
    is left or it is a light vehicle whose check digit is right, so that position
    7 was made to tell the cycle.
    """
    basic = basic_year(number, latest)
    if basic.value is not None or told not in basic.candidates or not is_model_known:
        return basic
    is_right = is_valid(number)
    if is_check_digit_law(number) and not is_right:
        return basic
    maker = known_maker(wmi_of(number))
    is_light = maker is not None and maker.position_7_decides
    if len(basic.candidates) > 1 and not (is_light and is_right):
        return basic
    return sure(told, str(told))


# --------------------------------------------------- what each field is read from
#
# Fields are never changed and repeat from VIN to VIN, so each is made once. No whole VIN is a key.

_once = lru_cache(maxsize=16384)


@_once
def _make(wmi: str, said: str | None) -> DecodedField[str] | None:
    if said is None:
        return None
    maker = known_maker(wmi)
    # vPIC writes makes in capitals; the register as their makers do
    spelt = {make.casefold(): make for make in maker.makes} if maker else {}
    return sure(spelt.get(said.strip().casefold()) or make_name(said), said)


@_once
def _plain(_: str, said: str | None) -> DecodedField[str] | None:
    # some names in the data have blanks at their end
    return None if said is None else sure(" ".join(said.split()), said)


@_once
def _fuel_type(_: str, said: str | None) -> DecodedField[str] | None:
    return None if said is None else sure(_FUELS.get(said, said.strip()), said)


@_once
def _vehicle_type(_: str, said: str | None) -> DecodedField[str] | None:
    return None if said is None else sure(VEHICLE_TYPES.get(said, said.strip()), said)


@_once
def _drive(_: str, said: str | None) -> DecodedField[str] | None:
    """``FWD/Front-Wheel Drive`` -> ``FWD``."""
    return None if said is None else sure(said.partition("/")[0].strip() or None, said)


@_once
def _engine(
    _: str, litres: str | None, layout: str | None, cylinders: str | None, turbo: str | None, fuel: str | None
) -> DecodedField[str] | None:
    """``3.0L V6``, ``2.0L I4 Turbo``, ``Electric``; and what it was put together from."""
    parts = []
    if litres is not None and _NUMBER.fullmatch(litres):
        parts.append(f"{float(litres):.1f}L")
    if cylinders is not None:
        parts.append(f"{_LAYOUTS[layout]}{cylinders}" if layout in _LAYOUTS else f"{cylinders}-Cylinder")
    if not parts:
        return sure("Electric", fuel) if fuel == "Electric" else None
    if turbo == "Yes":
        parts.append("Turbo")
    named = {"L": litres, "cylinders": cylinders, "layout": layout, "turbo": turbo}
    return sure(" ".join(parts), ", ".join(f"{name} {value}" for name, value in named.items() if value))


@_once
def _transmission(_: str, style: str | None, speeds: str | None) -> DecodedField[str] | None:
    """``5-Speed Automatic``; without a style nothing, as speeds alone are no transmission."""
    if style is None:
        return None
    short = _TRANSMISSIONS.get(style, style.strip())
    if speeds is None or not speeds.isdecimal() or short == "CVT":
        return sure(short, style)
    return sure(f"{speeds}-Speed {short}", f"{style}, {speeds} speeds")


_TOLD: Final[Mapping[str, Callable[..., DecodedField[str] | None]]] = {
    "make": _make,
    "model": _plain,
    "trim": _plain,
    "engine": _engine,
    "transmission": _transmission,
    "body": _plain,
    "drive": _drive,
    "fuel_type": _fuel_type,
    "vehicle_type": _vehicle_type,
    "manufacturer": _plain,
}
_READ_FROM: Final = {
    "make": ("Make",),
    "model": ("Model",),
    "trim": ("Trim",),
    "engine": (
        *("Displacement (L)", "Engine Configuration", "Engine Number of Cylinders", "Turbo"),
        "Fuel Type - Primary",
    ),
    "transmission": ("Transmission Style", "Transmission Speeds"),
    "body": ("Body Class",),
    "drive": ("Drive Type",),
    "fuel_type": ("Fuel Type - Primary",),
    "vehicle_type": ("Vehicle Type",),
    "manufacturer": ("Manufacturer Name",),
}
NAMES: Final = ("vehicle_type", "make", "model", "trim", "engine", "transmission")
"""What an option of a catalogue is made of."""

_READ_FOR_NAMES: Final = tuple(dict.fromkeys(element for name in NAMES for element in _READ_FROM[name]))

_LATEST, _YEAR = 0, 1
_ELEMENTS: Final = tuple(dict.fromkeys(element for read in _READ_FROM.values() for element in read))
_PLACE: Final = {element: place for place, element in enumerate(_ELEMENTS, start=_YEAR + 1)}
"""Where an answer's ``raw`` has it, behind the latest year that can be and the year that vPIC told."""

_PLACES: Final = {name: tuple(_PLACE[element] for element in read) for name, read in _READ_FROM.items()}
