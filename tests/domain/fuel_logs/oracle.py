"""Rules R1 to R18 of the economy vectors once more: fractions, no units in between, no state carried along.

Written from the text of the rules and from nothing else; slow and plain on
purpose. Where the rules are silent, the decision stands beside the line.
Everything is worked out in kilometres (or engine hours) and litres, kilograms
or kilowatt-hours, and turned into the unit of the question at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

import attrs

from motovault.domain.fuel_logs import Fill

MILE, US_GALLON, IMPERIAL_GALLON = Fraction("1.609344"), Fraction("3.785411784"), Fraction("4.54609")
KWH_PER_GALLON = Fraction("33.705")

DISTANCES = {
    "km": ("km", Fraction(1)),
    "mi": ("km", MILE),
    "nmi": ("km", Fraction("1.852")),
    "h": ("h", Fraction(1)),
}
FUELS = {
    "L": ("L", Fraction(1)),
    "us_gal": ("L", US_GALLON),
    "imp_gal": ("L", IMPERIAL_GALLON),
    "kg": ("kg", Fraction(1)),
    "kWh": ("kWh", Fraction(1)),
}

# distance and fuel in base units to a figure: the table "units" of the vectors, spelled out
FIGURES: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "mpg_us": lambda km, litres: (km / MILE) / (litres / US_GALLON),
    "mpg_uk": lambda km, litres: (km / MILE) / (litres / IMPERIAL_GALLON),
    "L/100km": lambda km, litres: 100 * litres / km,
    "km/L": lambda km, litres: km / litres,
    "km/us_gal": lambda km, litres: km / (litres / US_GALLON),
    "L/100mi": lambda km, litres: 100 * litres / (km / MILE),
    "kWh/100km": lambda km, kwh: 100 * kwh / km,
    "kWh/100mi": lambda km, kwh: 100 * kwh / (km / MILE),
    "mi/kWh": lambda km, kwh: (km / MILE) / kwh,
    "mpge": lambda km, kwh: KWH_PER_GALLON * (km / MILE) / kwh,
    "L/h": lambda hours, litres: litres / hours,
    "us_gal/h": lambda hours, litres: (litres / US_GALLON) / hours,
    "h/us_gal": lambda hours, litres: hours / (litres / US_GALLON),
}


@attrs.frozen(kw_only=True)
class Closed:
    """One valid closed interval, in base units."""

    key: object
    year: int
    distance: Fraction
    fuel: Fraction
    is_towing: bool
    cost: tuple[str | None, Fraction] | None


Tank = tuple[object, str, str]
"""R13, and: what does not add up (litres and kilowatt-hours, kilometres and hours) is a chain of its own."""


def closed_intervals(
    fills: Iterable[Fill], battery_capacity_kwh: Decimal | None = None
) -> dict[Tank, list[Closed]]:
    """Every valid interval of every tank, oldest closing fill first."""
    chains: dict[Tank, list[Fill]] = {}
    for fill in fills:
        tank = (fill.tank, FUELS[fill.fuel_unit][0], DISTANCES[fill.odometer_unit][0])
        chains.setdefault(tank, []).append(fill)
    return {tank: list(_of_chain(in_order(chain), battery_capacity_kwh)) for tank, chain in chains.items()}


def pooled(closed: Iterable[Closed], unit: str) -> Fraction | None:
    """R11."""
    chosen = list(closed)
    if not chosen:
        return None
    return FIGURES[unit](
        sum((c.distance for c in chosen), Fraction()), sum((c.fuel for c in chosen), Fraction())
    )


def in_order(chain: Sequence[Fill]) -> list[Fill]:
    """R1; a fill without an odometer keeps its place in its day, and the others are sorted around it."""
    ordered: list[Fill] = []
    for _, same_day in groupby(sorted(chain, key=lambda fill: fill.on), key=lambda fill: fill.on):
        day = list(same_day)
        known = iter(sorted((f for f in day if f.odometer is not None), key=lambda f: dial(f) or Fraction()))
        ordered += [fill if fill.odometer is None else next(known) for fill in day]
    return ordered


def dial(fill: Fill) -> Fraction | None:
    return _km(fill.odometer, fill)


def _km(value: Decimal | None, fill: Fill) -> Fraction | None:
    return None if value is None else Fraction(value) * DISTANCES[fill.odometer_unit][1]


def _litres(fill: Fill) -> Fraction | None:
    return None if fill.volume is None else Fraction(fill.volume) * FUELS[fill.fuel_unit][1]


Place = tuple[int, Fraction]
"""A frame and a position in it: two positions compare within one frame only."""


def placed(chain: Sequence[Fill]) -> list[Place | None]:
    """R7 and R18.

    Where a trip meter counts on from a fill whose own position is unknown, that
    fill is 0 of a frame of its own: nothing links it to what was before.
    """
    at: list[Place | None] = []
    frame = 0
    for i, fill in enumerate(chain):
        own, trip = _km(fill.fuel_distance, fill), _km(fill.trip_distance, fill)
        previous = at[i - 1] if i else None
        link = _same_dial(chain, at, i, frame)
        if own is None and link is not None:
            at.append(link)
        elif own is None and fill.odometer is not None:
            if trip is not None and previous is not None:
                at.append((frame, previous[1] + trip))
            else:
                frame += 1
                at.append((frame, dial(fill) or Fraction()))
        else:
            step = trip if own is None else own
            if step is None:
                at.append(None)
            elif previous is not None:
                at.append((frame, previous[1] + step))
            else:
                frame += 1
                if i:
                    at[i - 1] = (frame, Fraction())
                at.append((frame, step))
    return at


def _same_dial(chain: Sequence[Fill], at: Sequence[Place | None], i: int, frame: int) -> Place | None:
    """Where the dial puts fill ``i``, counted from the nearest earlier reading in this frame."""
    here = dial(chain[i])
    if here is None:
        return None
    for j in range(i - 1, -1, -1):
        there, place = dial(chain[j]), at[j]
        if place is not None and place[0] != frame:
            return None
        if there is not None and place is not None:
            return frame, place[1] + here - there
        if chain[j].fuel_distance is not None:
            return None  # the dial ran on by an unknown share of another fuel
    return None


def _of_chain(chain: Sequence[Fill], capacity: Decimal | None) -> Iterable[Closed]:
    at = placed(chain)
    is_battery = bool(chain) and FUELS[chain[0].fuel_unit][0] == "kWh"
    if is_battery and (capacity is not None or any(f.charge_end_percent is not None for f in chain)):
        stretches = _charged(chain, at, None if capacity is None else Fraction(capacity))
    else:
        stretches = _full_to_full(chain, at)
    for a, z, used in stretches:
        inside = chain[a + 1 : z + 1]
        if any(fill.missed_previous for fill in inside) or any(fill.volume is None for fill in inside):
            continue  # R5, R6
        fuel = sum((_litres(fill) or Fraction() for fill in inside), Fraction()) if used is None else used
        distance = _driven(chain, at, a, z)
        if distance > 0 and fuel > 0:  # R10
            costs = [(f.currency_code, Fraction(f.total_cost)) for f in inside if f.total_cost is not None]
            is_known = len(costs) == len(inside) and len({code for code, _ in costs}) == 1
            yield Closed(
                key=chain[z].id,
                year=chain[z].on.year,
                distance=distance,
                fuel=fuel,
                is_towing=any(fill.is_towing for fill in inside),  # R14
                cost=(costs[0][0], sum((c for _, c in costs), Fraction())) if is_known else None,  # R17
            )


def _driven(chain: Sequence[Fill], at: Sequence[Place | None], a: int, z: int) -> Fraction:
    start, end = at[a], at[z]
    assert start is not None
    assert end is not None
    return (
        end[1]
        - start[1]
        - sum((_km(f.excluded_distance, f) or Fraction() for f in chain[a + 1 : z + 1]), Fraction())
    )


def _is_broken(at: Sequence[Place | None], a: int, z: int) -> bool:
    """R9, and a change of frame: fill ``z`` does not lie ahead of the last known place since ``a``."""
    here = at[z]
    if here is None:
        return False
    last = next(place for place in reversed(at[a:z]) if place is not None)
    return here[0] != last[0] or here[1] < last[1]


Stretch = tuple[int, int, Fraction | None]
"""Opening fill, closing fill, and the energy used where it is not simply what was added."""


def _full_to_full(chain: Sequence[Fill], at: Sequence[Place | None]) -> Iterable[Stretch]:
    a: int | None = None
    near = 0  # the full fill before
    for z, fill in enumerate(chain):
        place = at[z]
        if place is None:
            continue  # R7
        if a is not None and _is_broken(at, a, z):
            a = None  # R9
        if a is None:
            a = z if fill.is_full_tank else None  # R2
        elif (
            fill.is_full_tank and place[1] != (at[near] or place)[1] and _driven(chain, at, near, z) != 0
        ):  # R3, R4, R8
            yield a, z, None
            a = z
        if fill.is_full_tank:
            near = z


def _end_level(fill: Fill) -> Fraction | None:
    if fill.charge_end_percent is not None:
        return Fraction(fill.charge_end_percent)
    return Fraction(100) if fill.is_full_tank else None


def _charged(
    chain: Sequence[Fill], at: Sequence[Place | None], capacity: Fraction | None
) -> Iterable[Stretch]:
    """R16. Intervals never overlap, or an average would count energy twice: what closes first stands.

    Without the capacity an equal level, which is exact, goes before the estimate from the level before.
    """
    begin = 0  # nothing before this fill may open an interval any more
    for z, fill in enumerate(chain):
        place, level = at[z], _end_level(fill)
        if place is None:
            continue
        openings = [a for a in range(begin, z) if at[a] is not None and _end_level(chain[a]) is not None]
        if openings and _is_broken(at, openings[0], z):
            begin = z
            continue
        same = [a for a in openings if _end_level(chain[a]) == level]
        if level is None or not openings:
            continue
        if capacity is not None:
            a = openings[0]
        elif same:
            a = same[0]
        elif fill.charge_start_percent is not None:
            a = openings[0]
        else:
            continue
        if place[1] == (at[a] or place)[1] or _driven(chain, at, a, z) == 0:
            continue  # R8
        begin = z
        yield a, z, _used(chain[a : z + 1], capacity)


def _used(stretch: Sequence[Fill], capacity: Fraction | None) -> Fraction:
    """The energy used in a stretch; 0, which gives no figure, where its last charge makes no sense."""
    before, after = _end_level(stretch[0]), _end_level(stretch[-1])
    assert before is not None
    assert after is not None
    added = [_litres(fill) or Fraction() for fill in stretch[1:]]
    if before == after:
        return sum(added, Fraction())
    if capacity is not None:
        return sum(added, Fraction()) - capacity * (after - before) / 100
    start = Fraction(stretch[-1].charge_start_percent or 0)
    if after <= start:
        return Fraction()
    size = added[-1] / (after - start)
    return sum(added[:-1], Fraction()) + size * (before - start)
