"""Catalogues from CSV and Parquet: tolerant of titles, strict with cells, and each error says where."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from motovault import open_vault
from motovault.domain.platform import EngineSpec, TransmissionSpec, VehicleOption
from motovault.errors import MissingExtra, MotovaultError
from motovault.importers import CatalogueCellInvalid, UnreadableSource
from motovault.importers.catalogue import TITLES, open_catalogue
from motovault.testing import strategies as mv
from motovault.testing.catalogue import COLUMNS, catalogue_cells, catalogue_options, write_catalogue

CIVIC = VehicleOption(model_year=2020, make="Honda", model="Civic")


def options(source: Any, **how: Any) -> list[VehicleOption]:
    with open_catalogue(source, **how) as found:
        return list(found)


def as_parquet(columns: dict[str, Any]) -> bytes:
    sink = io.BytesIO()
    parquet.write_table(pa.table(columns), sink, row_group_size=3)
    return sink.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "year,make,model\n2020,Honda,Civic\n",
        "Model Year;Manufacturer;MODEL_NAME\r\n2020;Honda;Civic",
        "make\tmodel\tmodel-year\n Honda \tCivic\t 2020 \n",
        '\ufeff"Year"|"Make"|"Model"\n"2020"|"Honda"|"Civic"\n\n',
        'id,year,make,model,notes\n7,2020,Honda,Civic,"any, thing"\n',
        "year,make,model,trim,engine,transmission\n2020,Honda,Civic\n",
        "year,make,model,trim,engine,transmission\n2020,Honda,Civic, , , \n,,,,,\n",
    ],
)
def test_titles_delimiters_blanks_and_marks_are_taken_as_they_come(text: str) -> None:
    assert options(text.encode()) == [CIVIC]


@pytest.mark.parametrize(("field", "title"), [(f, t) for f, names in TITLES.items() for t in names])
def test_every_title_that_is_known_is_known_in_any_form(field: str, title: str) -> None:
    titles = {"year": "year", "make": "make", "model": "model", "engine": "engine"}
    cells = {"year": "2020", "make": "Honda", "model": "Civic", "engine": "I4", "transmission": "CVT"}
    titles["transmission"] = "transmission"
    titles[field] = "_".join(title).upper() + " "
    header = ",".join(titles.values())
    row = ",".join(cells.get(name, "x") for name in titles)
    (found,) = options(f"{header}\n{row}\n".encode())
    assert (found.model_year, found.make, found.model) == (2020, "Honda", "Civic")
    if field in ("speeds", "drive_type"):
        assert getattr(found.transmission, field) == "x"
    elif field == "trim":
        assert found.trim == "x"
    elif field not in cells:
        assert getattr(found.engine, field) == "x"


def test_details_go_to_engine_and_transmission() -> None:
    text = (
        "year,make,model,trim,engine,displacement,hp,aspiration,transmission,gears,drivetrain\n"
        "2020,Honda,Civic,EX,2.0L  I4,2.0L,158,,CVT,,FWD\n"
    )
    assert options(text.encode()) == [
        VehicleOption(
            model_year=2020,
            make="Honda",
            model="Civic",
            trim="EX",
            engine=EngineSpec(name="2.0L I4", displacement="2.0L", horsepower="158"),
            transmission=TransmissionSpec(type="CVT", drive_type="FWD"),
        )
    ]


@pytest.mark.parametrize(
    ("text", "line", "column", "value", "rule"),
    [
        ("Year,make,model\n2020,a,b\n20x0,a,b\n", 3, "Year", "20x0", "1885 to 2100"),
        ("Year,make,model\n٢٠٢٠,a,b\n", 2, "Year", "٢٠٢٠", "1885 to 2100"),
        ("Year,make,model\n,a,b\n", 2, "Year", "", "1885 to 2100"),
        ("Year,make,model\n2020.0,a,b\n", 2, "Year", "2020.0", "1885 to 2100"),
        ("Year,make,model\n2020, ,b\n", 2, "make", " ", "empty"),
        ("Year,make,model\n2020,a\n", 2, "model", "", "empty"),
        ('Year,make,model\n2020,"a\nb",b\n2020,a,' + "b" * 256, 4, "model", "b" * 256, "255"),
        ("Year,make,model\n2020,a\0,b\n", 2, "make", "a\0", "NUL"),
        ("Year,make,model\n2020,a,b,c\n", 2, "4", "c", "beyond the last title"),
        ("Year,make,model,Engine Name\n2020,a,b," + "c" * 256, 2, "Engine Name", "c" * 256, "255"),
        ("Year,make,model,Engine,HP\n2020,a,b,,158\n", 2, "HP", "158", "engine that the row does not name"),
        ("Year,make,model,gears\n2020,a,b,6\n", 2, "gears", "6", "transmission that the row does not"),
        ("Year,make\n2020,a\n", 1, "model", "Year, make", "there must be model"),
        ("", 1, "year", "", "there must be year"),
        ("Year,make,brand,model\n", 1, "make", "make, brand", "all mean make"),
    ],
)
def test_an_error_names_file_line_column_value_and_rule(
    tmp_path: Path, text: str, line: int, column: str, value: str, rule: str
) -> None:
    path = tmp_path / "cars.csv"
    path.write_text(text, encoding="utf-8", newline="")
    with pytest.raises(CatalogueCellInvalid) as caught:
        options(path)
    error = caught.value
    assert (error.file, error.line, error.column, error.value) == ("cars.csv", line, column, value)
    assert (error.field, rule in error.rule) == (column, True)
    assert f"cars.csv, line {line}, column {column}: " in str(error)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("année,make,model".encode("latin-1"), "UTF-8"),
        ("year,make,model\n2020,Citroën,C3".encode("latin-1"), "UTF-8"),
        ("year,make,model\n2020,a,b".encode("utf-16"), "UTF-8"),
        (b'year,make,model\n2020,"a,b\n', "no CSV on line 2"),
        (b"year,make,model\n2020," + b"a" * 200_000, "no CSV on line 2"),
        (b"PAR1 and nothing else", "broken Parquet"),
        (as_parquet({"year": [2020], "make": ["a"], "model": ["b"]})[:-9], "broken Parquet"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, rule: str) -> None:
    with pytest.raises(UnreadableSource) as caught:
        options(content)
    assert rule in caught.value.rule


@pytest.mark.parametrize("source", ["no such file.csv", ".", 7])
def test_what_cannot_be_opened_is_refused(source: Any) -> None:
    with pytest.raises(UnreadableSource):
        options(source)


def test_a_file_of_ours_comes_back_as_it_was(tmp_path: Path) -> None:
    some = list(catalogue_options(2_000))
    write_catalogue(tmp_path / "some.csv", some)
    found = options(tmp_path / "some.csv")
    # speeds have no column there
    assert list(catalogue_cells(found)) == list(catalogue_cells(some))
    assert found[0].engine == some[0].engine


@pytest.mark.parametrize("coded", [False, True])
def test_parquet_holds_the_same_catalogue(coded: bool) -> None:
    cells = list(catalogue_cells(catalogue_options(500)))
    columns: dict[str, Any] = {}
    for title, values in zip(COLUMNS, zip(*cells, strict=True), strict=True):
        text = pa.array([value or None for value in values], pa.string())
        columns[title] = pa.array(map(int, values), pa.int32()) if title == "year" else text
        if coded and title != "year":
            columns[title] = text.dictionary_encode()
    found = options(as_parquet(columns | {"weights": [1.5] * len(cells)}))
    assert list(catalogue_cells(found)) == cells


@pytest.mark.parametrize(
    ("columns", "line", "column", "rule"),
    [
        ({"year": [2020, None], "make": ["a", "b"], "model": ["c", "d"]}, 2, "year", "1885"),
        ({"year": ["2020"] * 4, "make": ["a", "b", "c", ""], "model": ["c"] * 4}, 4, "make", "empty"),
        ({"year": [2020.0], "make": ["a"], "model": ["c"]}, 0, "year", "text or a whole number"),
        ({"year": [2020], "make": [["a"]], "model": ["c"]}, 0, "make", "text or a whole number"),
        ({"year": [2020], "make": ["a"]}, 0, "model", "must be model"),
    ],
)
def test_an_error_in_parquet_names_the_row(
    columns: dict[str, Any], line: int, column: str, rule: str
) -> None:
    with pytest.raises(CatalogueCellInvalid) as caught:
        options(as_parquet(columns), name="cars.parquet")
    assert (caught.value.file, caught.value.line, caught.value.column) == ("cars.parquet", line, column)
    assert rule in caught.value.rule


def test_numbers_are_names_too() -> None:
    (found,) = options(as_parquet({"year": [2020], "make": ["Mazda"], "model": [3], "engine": [20]}))
    assert (found.model, found.engine) == ("3", EngineSpec(name="20"))


def test_parquet_without_pyarrow_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    content = as_parquet({"year": [2020], "make": ["a"], "model": ["b"]})
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra) as caught:
        options(content)
    assert (caught.value.extra, caught.value.package) == ("parquet", "pyarrow")
    assert options(b"year,make,model\n2020,Honda,Civic\n") == [CIVIC]


class Pipe(io.RawIOBase):
    """Gives its bytes once."""

    def __init__(self, content: bytes) -> None:
        self._inner = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._inner.readinto(buffer)


@pytest.mark.parametrize(
    "content",
    [
        b"year,make,model\n2020,Honda,Civic\n",
        as_parquet({"year": [2020], "make": ["Honda"], "model": ["Civic"]}),
    ],
)
@pytest.mark.parametrize("kind", [bytes, io.BytesIO, Pipe])
def test_bytes_streams_and_pipes_are_read(kind: Callable[[bytes], Any], content: bytes) -> None:
    source = kind(content)
    assert options(source) == [CIVIC]
    if kind is not bytes:
        assert not source.closed  # it is the caller's


def test_a_file_is_closed_whatever_happens(tmp_path: Path) -> None:
    """In a process where a file that nobody closed is an error."""
    (tmp_path / "a.csv").write_text("year,make,model\n20x0,a,b\n")
    program = (
        "import gc, sys, motovault\n"
        "try: motovault.open_vault('memory:').import_catalogue(sys.argv[1])\n"
        "except motovault.InvalidValue as error: print(error.line)\n"
        "gc.collect()\n"
    )
    command = [sys.executable, "-W", "error", "-c", program, str(tmp_path / "a.csv")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("2\n", "")


@given(st.binary(max_size=200) | st.binary(max_size=99).map(lambda rest: b"year,make,model\n2020," + rest))
def test_no_file_leads_to_an_error_that_is_not_ours(content: bytes) -> None:
    with contextlib.suppress(MotovaultError):
        options(content)


@given(st.lists(mv.vehicle_options(), max_size=5))
def test_any_catalogue_survives_its_file(
    tmp_path_factory: pytest.TempPathFactory, some: list[VehicleOption]
) -> None:
    path = tmp_path_factory.mktemp("any") / "any.csv"
    write_catalogue(path, some)
    vault = open_vault("memory:")
    first = vault.import_catalogue(path)
    assert first.read == len(some)
    assert not vault.import_catalogue(path).is_change


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    """Names are remembered up to a bound, rows never."""
    some = list(catalogue_options(1_000))

    def peak(times: int) -> int:
        write_catalogue(tmp_path / "some.csv", some * times)
        tracemalloc.start()
        try:
            with open_catalogue(tmp_path / "some.csv") as found:
                assert sum(1 for _ in found) == 1_000 * times
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1)  # what is loaded once
    assert peak(40) < 1.5 * peak(1)
