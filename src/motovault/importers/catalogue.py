"""A catalogue of vehicles from a table: CSV of any usual delimiter, or Parquet.

One row an option: year, make, model, and where known trim, engine, transmission
and details of the two. Titles are taken without regard to case, blanks, dashes
and underscores; columns of other titles are left alone. The file is read once,
as a stream. The first cell that breaks a rule stops it, with its place.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, BinaryIO, Final

import attrs

from motovault.domain.loading import loader
from motovault.domain.platform import EngineSpec, TransmissionSpec, VehicleOption
from motovault.domain.platform.entities import catalogue_name, model_year
from motovault.errors import InvalidValue, MissingExtra
from motovault.importers.errors import CatalogueCellInvalid, UnreadableSource

__all__ = ["TITLES", "open_catalogue"]

TITLES: Final[dict[str, tuple[str, ...]]] = {
    "year": ("year", "modelyear", "my"),
    "make": ("make", "makename", "manufacturer", "brand"),
    "model": ("model", "modelname"),
    "trim": ("trim", "trimlevel", "trimname", "submodel"),
    "engine": ("engine", "enginename"),
    "displacement": ("displacement", "enginedisplacement"),
    "configuration": ("configuration", "engineconfiguration"),
    "horsepower": ("horsepower", "hp"),
    "torque": ("torque",),
    "fuel_type": ("fueltype",),
    "fuel_system": ("fuelsystem",),
    "aspiration": ("aspiration",),
    "transmission": ("transmission", "transmissiontype", "transmissionname"),
    "speeds": ("speeds", "gears"),
    "drive_type": ("drivetype", "drivetrain"),
}
"""What a column may be called; small letters and digits alone are compared."""

REQUIRED: Final = ("year", "make", "model")
_OF_ENGINE: Final = tuple(field.name for field in attrs.fields(EngineSpec))
_OF_TRANSMISSION: Final = tuple(field.name for field in attrs.fields(TransmissionSpec))
_COLUMN_OF: Final = {"name": "engine", "type": "transmission", "model_year": "year"}
_DELIMITERS: Final = ",;\t|"
_PARQUET: Final = b"PAR1"
_BATCH: Final = 10_000
_REMEMBERED: Final = 50_000
_IN_MEMORY: Final = 8 << 20

_load: Final = loader(VehicleOption)

Rows = Iterable[tuple[int, Sequence[Any]]]


@contextlib.contextmanager
def open_catalogue(
    source: Path | str | bytes | BinaryIO, *, name: str | None = None
) -> Iterator[Iterator[VehicleOption]]:
    """The options of a file, to be gone through once while the context is open.

    Args:
        source: A path, the bytes of the file, or a binary stream.
        name: What errors call it.

    Raises:
        UnreadableSource: It cannot be opened, is not UTF-8, or is a broken Parquet file.
        CatalogueCellInvalid: A column is missing or there twice; later, while reading, a cell breaks a rule.
        MissingExtra: Parquet without pyarrow.
    """
    shown = name or (Path(source).name if isinstance(source, str | os.PathLike) else "file")
    with _opened(source, shown) as stream:
        begun = stream.tell()
        is_parquet = stream.read(len(_PARQUET)) == _PARQUET
        stream.seek(begun)
        if is_parquet:
            yield _parquet(stream, shown)
            return
        lines = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        try:
            yield _text(lines, shown)
        finally:
            lines.detach()  # whose the stream is closes it


@contextlib.contextmanager
def _opened(source: Any, name: str) -> Iterator[IO[bytes]]:
    """The file as a stream that can be rewound; a pipe is written down first."""
    with contextlib.ExitStack() as open_files:
        try:
            if isinstance(source, str | os.PathLike):
                stream: Any = open_files.enter_context(open(source, "rb"))
            elif isinstance(source, bytes | bytearray | memoryview):
                stream = io.BytesIO(bytes(source))
            elif hasattr(source, "read"):
                stream = source
            else:
                raise UnreadableSource(name, "must be a path, bytes or a binary stream")
            if not stream.seekable():
                spool = open_files.enter_context(tempfile.SpooledTemporaryFile(_IN_MEMORY))
                shutil.copyfileobj(stream, spool)
                spool.seek(0)
                stream = spool
        except OSError as error:
            raise UnreadableSource(name, f"cannot be opened: {error.strerror or error}") from error
        yield stream


# ----------------------------------------------------------------------------- CSV


def _text(lines: io.TextIOWrapper, name: str) -> Iterator[VehicleOption]:
    try:
        header = lines.readline()
    except UnicodeDecodeError as error:
        raise UnreadableSource(name, "is not text in UTF-8") from error
    titles, delimiter = _titles(header)
    table = _Table(name, titles, first_line=1)
    return table.options(_csv_rows(lines, delimiter, name, len(titles)))


def _titles(header: str) -> tuple[list[str], str]:
    """The titles, by the delimiter under which most of them are known."""

    def split(delimiter: str) -> list[str]:
        return next(csv.reader([header], delimiter=delimiter), [])

    best = max(_DELIMITERS, key=lambda delimiter: len(_known(split(delimiter))))
    return split(best), best


def _csv_rows(lines: io.TextIOWrapper, delimiter: str, name: str, width: int) -> Rows:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = 2  # on which the row begins; a cell may hold line ends
    try:
        for row in reader:
            if len(row) != width:
                if len(row) > width:
                    rule = f"stands beyond the last title: the row has {len(row)} cells, the header {width}"
                    raise CatalogueCellInvalid(name, line, str(width + 1), row[width], rule)
                row += [""] * (width - len(row))
            if any(row):
                yield line, row
            line = reader.line_num + 2
    except UnicodeDecodeError as error:
        raise UnreadableSource(name, f"is not text in UTF-8 (line {line} or later)") from error
    except csv.Error as error:
        raise UnreadableSource(name, f"is no CSV on line {line}: {error}") from error


# ------------------------------------------------------------------------- Parquet


def _parquet(stream: IO[bytes], name: str) -> Iterator[VehicleOption]:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ModuleNotFoundError as error:
        raise MissingExtra("parquet", "pyarrow") from error
    try:
        file = parquet.ParquetFile(stream)
    except (pa.ArrowException, OSError) as error:
        raise UnreadableSource(name, "is a broken Parquet file") from error
    schema = file.schema_arrow
    table = _Table(name, schema.names, first_line=0)
    kinds = pa.types
    for title in table.titles:
        kind = schema.field(title).type
        kind = kind.value_type if kinds.is_dictionary(kind) else kind
        if not (kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_integer(kind)):
            rule = "is the column's type, and must be text or a whole number"
            raise CatalogueCellInvalid(name, 0, title, str(kind), rule)
    narrow = _Table(name, table.titles, first_line=0)

    def rows() -> Rows:
        number = 0
        try:
            for batch in file.iter_batches(batch_size=_BATCH, columns=table.titles):
                columns = [batch.column(title).to_pylist() for title in table.titles]
                for row in zip(*columns, strict=True):
                    number += 1
                    yield number, row
        except (pa.ArrowException, OSError) as error:
            raise UnreadableSource(name, f"is a broken Parquet file after row {number}") from error

    return narrow.options(rows())


# ------------------------------------------------------------------------ any table


def _known(titles: Sequence[str]) -> dict[str, list[int]]:
    """Where the columns stand that mean something to us."""
    meaning = {spelled: field for field, names in TITLES.items() for spelled in names}
    found: dict[str, list[int]] = {}
    for place, title in enumerate(titles):
        if field := meaning.get(re.sub(r"[^a-z0-9]", "", title.casefold())):
            found.setdefault(field, []).append(place)
    return found


class _Remembered(dict[Any, Any]):
    """What a rule made of a value: names come again and again. It never grows beyond its bound."""

    def __init__(self, rule: Callable[[Any], Any]) -> None:
        super().__init__()
        self._rule = rule

    def __missing__(self, value: Any) -> Any:
        made = self._rule(value)
        if len(self) >= _REMEMBERED:
            self.clear()
        self[value] = made
        return made


class _Table:
    """The columns of one file, and its rows as options.

    Attributes:
        titles: Those that mean something, in their order.
    """

    def __init__(self, name: str, titles: Sequence[str], *, first_line: int) -> None:
        known = _known(titles)
        for field in REQUIRED:
            if field not in known:
                rule = f"are the titles; there must be {field}, of at least {', '.join(REQUIRED)}"
                raise CatalogueCellInvalid(name, first_line, field, ", ".join(titles), rule)
        for field, places in known.items():
            if len(places) > 1:
                both = ", ".join(titles[place] for place in places)
                raise CatalogueCellInvalid(
                    name, first_line, titles[places[0]], both, f"all mean {field}: leave one"
                )
        self._name = name
        self._all_titles = titles
        self._places = {field: places[0] for field, places in known.items()}
        self.titles = [titles[place] for place in sorted(self._places.values())]

    def options(self, rows: Rows) -> Iterator[VehicleOption]:
        """The rows, each an option; an error says where it stands."""
        line = 0
        years = _Remembered(lambda cell: model_year(_number(cell), "model_year"))
        makes, models, trims = (
            _Remembered(_of_name(field, longest, required))
            for field, longest, required in (("make", 100, True), ("model", 255, True), ("trim", 255, False))
        )
        engines = _Remembered(lambda cells: _spec(EngineSpec, _OF_ENGINE, cells))
        ways = _Remembered(lambda cells: _spec(TransmissionSpec, _OF_TRANSMISSION, cells))
        year, make, model, trim = (self._cell(field) for field in (*REQUIRED, "trim"))
        engine, way = self._cells(_OF_ENGINE), self._cells(_OF_TRANSMISSION)
        try:
            for line, row in rows:  # noqa: B007 - an error tells it
                yield _load(
                    years[year(row)],
                    makes[make(row)],
                    models[model(row)],
                    trims[trim(row)],
                    engines[engine(row)],
                    ways[way(row)],
                )
        except InvalidValue as error:
            if isinstance(error, CatalogueCellInvalid | UnreadableSource):
                raise
            field = _COLUMN_OF.get(error.field, error.field)
            title = self._all_titles[self._places[field]] if field in self._places else field
            raise CatalogueCellInvalid(self._name, line, title, error.value, error.rule) from None

    def _cell(self, field: str) -> Callable[[Sequence[Any]], Any]:
        if field not in self._places:
            return lambda row: None
        return itemgetter(self._places[field])

    def _cells(self, fields: Sequence[str]) -> Callable[[Sequence[Any]], Any]:
        """The cells of some fields, None where the file has no such column."""
        places = [self._places.get(_COLUMN_OF.get(field, field)) for field in fields]
        if all(place is None for place in places):
            return lambda row: None
        return lambda row: tuple([None if place is None else row[place] for place in places])


def _number(cell: Any) -> Any:
    """A cell of digits as a number; anything else as it is, for the rule to refuse."""
    text = cell.strip() if isinstance(cell, str) else ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else cell


def _of_name(field: str, longest: int, required: bool) -> Callable[[Any], str]:
    rule = catalogue_name(longest, required=required)
    return lambda cell: rule(str(cell) if isinstance(cell, int) else cell, field)


def _spec(kind: type[Any], fields: Sequence[str], cells: Sequence[Any] | None) -> Any:
    """An engine or a transmission of its cells, the name first; None where all are empty."""
    if cells is None:
        return None
    values = [str(cell) if isinstance(cell, int) else cell or None for cell in cells]
    given = {
        field: value for field, value in zip(fields, values, strict=True) if value and str(value).strip()
    }
    if not given:
        return None
    name = fields[0]
    if name not in given:
        field, value = next(iter(given.items()))
        raise InvalidValue(field, value, f"tells of an {_COLUMN_OF[name]} that the row does not name")
    return kind(**given)
