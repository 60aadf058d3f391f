"""How makes and models are written."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from motovault.domain.vehicles import make_name, model_name

_CAPITALS = (
    *("HD", "GT", "GL", "SE", "LE", "XLE", "RS", "SVT", "XR", "ST", "FX4", "TRD", "ZR1", "Z06"),
    *("GTI", "GLI", "SI", "SS", "LT", "LTZ", "RT", "SRT", "SR", "SR5", "XSE", "SEL"),
)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("bmw", "BMW"),
        ("Gmc", "GMC"),
        ("mini", "MINI"),
        ("MCLAREN", "McLaren"),
        ("mcLaren ", "McLaren"),
        ("honda", "Honda"),
        ("  alfa   romeo ", "Alfa Romeo"),
        ("MERCEDES-BENZ", "Mercedes-Benz"),
        ("rolls-royce", "Rolls-Royce"),
        ("škoda", "Škoda"),
        ("citroën", "Citroën"),
        ("", ""),
    ],
)
def test_makes_are_written_as_their_makers_do(typed: str, written: str) -> None:
    assert make_name(typed) == written


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("sierra_2500_hd", "Sierra 2500 HD"),
        ("civic  si", "Civic SI"),
        ("golf gti", "Golf GTI"),
        ("CAMRY XSE", "Camry XSE"),
        ("tacoma_trd_off_road", "Tacoma TRD Off Road"),
        ("corvette z06", "Corvette Z06"),
        ("4runner sr5", "4Runner SR5"),
        ("a4", "A4"),
        ("cx-5", "CX-5"),
        ("f150", "F150"),
        ("f-150 lightning", "F-150 Lightning"),
        ("model 3", "Model 3"),
        ("grand\tcherokee", "Grand Cherokee"),
        ("__", ""),
        ("d'elegance", "D'elegance"),
    ],
)
def test_models_are_written_as_on_the_car(typed: str, written: str) -> None:
    assert model_name(typed) == written


@pytest.mark.parametrize("mark", _CAPITALS)
def test_marks_are_in_capitals_wherever_they_stand(mark: str) -> None:
    assert model_name(f"{mark.lower()}_civic {mark.title()}") == f"{mark} Civic {mark}"


@given(st.text())
@example("ßa ŉ123 ŉdjamena ǆip ΑΣ ﬁat")
@example("İstanbul ıssık")
def test_writing_a_name_again_changes_nothing(text: str) -> None:
    assert make_name(make_name(text)) == make_name(text)
    assert model_name(model_name(text)) == model_name(text)


@given(st.text())
def test_a_name_has_no_blanks_around_it_nor_two_together(text: str) -> None:
    for name in (make_name(text), model_name(text)):
        assert name == " ".join(name.split())


@given(st.text(st.characters(codec="ascii")))
def test_how_a_name_is_typed_does_not_matter(text: str) -> None:
    # all in capitals the apostrophe rule has nothing to go by
    text = text.replace("'", "")
    assert make_name(text.upper()) == make_name(text.lower()) == make_name(text)
    assert model_name(text.upper()) == model_name(text.lower()) == model_name(text)
