"""What work a text names: by whole words, what is certain, and never a guess."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motovault.domain.maintenance import SUBTYPES, Category, UnknownCategory, UnknownSubtype, check_work
from motovault.errors import InvalidValue
from motovault.importers import ImportOptions, Work
from motovault.importers.words import ANY_WORK, Resolved, WorkWords, proposal_for
from motovault.importers.work import fold_words, plain_words, work_of

ROUTINE = (Category.ROUTINE_MAINTENANCE, Category.REPAIR)


def resolved(
    *parts: str, allowed: tuple[Category, ...] = ROUTINE, is_credit: bool = False, **work: object
) -> Resolved:
    declared = ImportOptions(work={name.replace("_", " "): value for name, value in work.items()}).work  # type: ignore[misc]
    return WorkWords(declared).resolve(parts, allowed, is_credit=is_credit)


def known(*parts: str, allowed: tuple[Category, ...] = ROUTINE) -> str:
    return str(resolved(*parts, allowed=allowed).work)


@pytest.mark.parametrize(
    ("title", "work"),
    [
        ("Oil change", "routine_maintenance:Engine Oil"),
        ("ÖLWECHSEL", "routine_maintenance:Engine Oil"),
        ("O\u0308lwechsel + Ölfilter", "routine_maintenance:Engine Oil"),
        ("wymiana oleju", "routine_maintenance:Engine Oil"),
        ("Vidange d'huile 120 000 km", "routine_maintenance:Engine Oil"),
        ("engine_oil", "routine_maintenance:Engine Oil"),
        ("Cambio gomme invernali", "routine_maintenance:Tires"),
        ("windshield_wipers", "routine_maintenance:Wiper Blade"),
        ("new windshield", "repair:Exterior"),
        ("Zahnriemen", "routine_maintenance:Drive Belt"),
        ("pollen filter, Zündkerzen", "routine_maintenance:Cabin Air Filter / Purifier,Spark Plug"),
        ("parking brake", "routine_maintenance:Parking Brake System"),
        ("Brake service", "routine_maintenance:Brakes and Traction Control"),
        ("pastiglie freni anteriori", "routine_maintenance:Brakes and Traction Control"),
        ("Water pump", "repair:Engine"),
    ],
)
def test_common_words_of_many_languages_are_known(title: str, work: str) -> None:
    assert known(title) == work


@pytest.mark.parametrize(
    ("title", "proposed", "is_near"),
    [
        ("Tagliando 120000 km", "routine_maintenance:Engine Oil", True),
        ("Rabbocco olio motore 1 kg 5W40", "routine_maintenance:Engine Oil", True),  # topped up, not changed
        ("oil leak", "repair:Engine", True),
        ("TÜV", "routine_maintenance:Restraints and Safety Systems", True),
        ("new battery", "repair:Engine", True),
        ("oil change and water pump", "routine_maintenance:Engine Oil", True),  # of two categories
        ("koolant flash", "routine_maintenance:Coolant", True),
        ("spark plgs", "routine_maintenance:Spark Plug", True),
        ("flux capacitor", "routine_maintenance:Engine Oil", False),
        ("", "routine_maintenance:Engine Oil", False),
    ],
)
def test_what_is_not_certain_is_proposed_and_not_taken(title: str, proposed: str, is_near: bool) -> None:
    found = resolved(title)
    assert found.work is None
    (unknown,) = found.unknown
    work, near = proposal_for(unknown)
    assert (str(work), near) == (proposed, is_near)


def test_boiled_is_not_oil() -> None:
    assert resolved("boiled").work is None
    assert resolved("soil").work is None


def test_a_wash_is_no_work_and_nothing_to_declare() -> None:
    found = resolved("Car wash")
    assert (found.work, found.unknown) == (None, ())


def test_what_certain_words_say_holds_in_their_category_alone() -> None:
    assert known("tires", allowed=(Category.PERFORMANCE_UPGRADE,)) == "performance_upgrade:Wheels/Tires"
    assert known("tires", allowed=(Category.REPAIR,)) == "None"
    assert known("tires", allowed=ANY_WORK) == "routine_maintenance:Tires"


def test_money_that_came_back_is_not_certain_to_be_work() -> None:
    assert resolved("oil change", is_credit=True).work is None


def test_what_is_declared_holds_against_all_else() -> None:
    def said(title: str) -> str:
        found = resolved(title, tuev="repair:Engine", oil="repair:Engine", mot=None, oil_change="-")
        return f"{found.work} {found.is_declared} {len(found.unknown)}"

    assert said("TUEV 2024") == "repair:Engine True 0"
    assert said("olive oil") == "repair:Engine True 0"
    assert said("oil change") == "None True 0"  # the longest words hold
    assert said("MOT") == "None True 0"
    assert said("motor oil") == "repair:Engine True 0"


def test_a_star_is_everything_that_is_not_known() -> None:
    words = WorkWords(ImportOptions(work={"*": ("repair", ["Interior"])}).work)
    assert str(words.resolve(("whatever",), ROUTINE).work) == "repair:Interior"
    assert str(words.resolve(("oil",), ROUTINE).work) == "routine_maintenance:Engine Oil"
    assert words.resolve(("car wash",), ROUTINE).work is None


def test_of_a_list_everything_must_be_known() -> None:
    assert known("air_filter", "engine_oil") == "routine_maintenance:Air Filter Element,Engine Oil"
    found = resolved("air_filter", "lights", "magic")
    assert (found.work, [one.words for one in found.unknown]) == (None, ["lights", "magic"])
    assert known("car wash", "oil") == "routine_maintenance:Engine Oil"
    both = resolved("oil", "windscreen")
    assert (both.work, [one.words for one in both.unknown]) == (None, ["oil windscreen"])
    declared = resolved("oil", "windscreen", oil_windscreen="repair:Exterior")
    assert str(declared.work) == "repair:Exterior"


def test_numbers_and_their_units_are_no_part_of_words() -> None:
    assert plain_words("Tagliando 120.000 Km (2024)") == "Tagliando"
    assert plain_words("Service km") == "Service km"
    assert plain_words("5W40") == "5W40"
    assert len(plain_words("wörter " * 50)) <= 60


@pytest.mark.parametrize(
    "value", ["repair:engine", "Repair : Engine", ("repair", ["ENGINE"]), ("repair", ("Engine",))]
)
def test_work_is_declared_as_text_or_as_a_pair(value: object) -> None:
    assert work_of(value) == Work(Category.REPAIR, ("Engine",))


@pytest.mark.parametrize(
    ("work", "error", "said"),
    [
        ({"a": "repairs:Engine"}, UnknownCategory, "repairs"),
        ({"a": "repair:Tires"}, UnknownSubtype, "Tires"),
        ({"a": "repair:"}, InvalidValue, "at least one"),
        ({"a": "repair"}, InvalidValue, "CATEGORY"),
        ({"a": 5}, InvalidValue, "category"),
        ({"a": ("repair", "Engine")}, InvalidValue, "list"),
        ({"a": ("repair", [5])}, InvalidValue, "text"),
        ({"": "repair:Engine"}, InvalidValue, "words"),
        ({"--": "repair:Engine"}, InvalidValue, "words"),
        ({"TÜV": "-", "tuv": "-"}, InvalidValue, "twice"),
        (["a"], InvalidValue, "mapping"),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(work: object, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        ImportOptions(work=work)  # type: ignore[arg-type]


@given(st.text(max_size=80))
def test_what_is_proposed_is_a_work_that_there_is_and_declares_itself(text: str) -> None:
    found = resolved(text, allowed=ANY_WORK)
    for unknown in found.unknown:
        work, _ = proposal_for(unknown)
        check_work(work.category, work.subtypes)
        if unknown.key:
            words = WorkWords(ImportOptions(work={unknown.words: work}).work)
            assert words.resolve((text,), ANY_WORK).work == work


@given(st.text(max_size=60))
def test_case_accents_and_blanks_do_not_count(text: str) -> None:
    assert fold_words(f"  {text} ") == fold_words(text)
    assert all(word == word.casefold() for word in fold_words(text.upper()))


def test_the_shipped_words_are_of_every_subtype_and_say_one_thing_each() -> None:
    from motovault.importers.words import _shipped

    named = {
        (meaning.work.category, subtype)
        for meanings in _shipped().values()
        for meaning in meanings
        if meaning.work is not None
        for subtype in meaning.work.subtypes
    }
    assert named == {(category, subtype) for category, subtypes in SUBTYPES.items() for subtype in subtypes}
    for words, meanings in _shipped().items():
        categories = [meaning.work.category for meaning in meanings if meaning.work is not None]
        assert words
        assert len(categories) == len(set(categories)), words


def test_long_titles_take_no_longer_than_short_ones() -> None:
    start = time.process_time()
    for i in range(2000):
        resolved(f"oil {i} " * 5000)
    assert time.process_time() - start < 20
