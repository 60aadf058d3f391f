"""Options of a catalogue, with every field drawn."""

from __future__ import annotations

import attrs
from hypothesis import strategies as st

from motovault.domain.platform import EngineSpec, TransmissionSpec, VehicleOption
from motovault.testing.strategies.entities import texts

__all__ = ["engine_specs", "transmission_specs", "vehicle_options"]


def _names(longest: int) -> st.SearchStrategy[str]:
    return texts(longest).map(lambda text: " ".join(text.split())).filter(bool)


def engine_specs() -> st.SearchStrategy[EngineSpec]:
    """Any engine that a catalogue can hold."""
    details = [field.name for field in attrs.fields(EngineSpec) if field.name != "name"]
    return st.builds(EngineSpec, name=_names(255), **{name: st.none() | texts(50) for name in details})


def transmission_specs() -> st.SearchStrategy[TransmissionSpec]:
    """Any transmission that a catalogue can hold."""
    return st.builds(
        TransmissionSpec, type=_names(100), speeds=st.none() | texts(50), drive_type=st.none() | texts(100)
    )


def vehicle_options() -> st.SearchStrategy[VehicleOption]:
    """Any option that a catalogue can hold.

    >>> from hypothesis import find
    >>> find(vehicle_options(), lambda option: option.engine is None).model_year
    1885
    """
    return st.builds(
        VehicleOption,
        model_year=st.integers(1885, 2100),
        make=_names(100),
        model=_names(255),
        trim=st.just("") | _names(255),
        engine=st.none() | engine_specs(),
        transmission=st.none() | transmission_specs(),
    )
