"""How answers are written down for a cache in another process: versioned JSON, nothing that could run.

Each value says of which kind and version it is, and whose. What is of another
version, or cannot be read at all, was never there: it is worked out again.
"""

from __future__ import annotations

import enum
import sys
from collections.abc import Callable, Sequence
from operator import attrgetter
from types import UnionType
from typing import Any, Final, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs

from motovault.domain.loading import loader
from motovault.errors import MissingExtra

__all__ = ["Kept", "Kind", "ListKind", "PlainKind", "msgspec_or_missing"]

T = TypeVar("T")


@attrs.frozen
class Kept(Generic[T]):
    """One answer.

    Attributes:
        owner: The user who asked, or empty where the answer is everybody's.
        value: The answer; None where it is too long to be kept, which is worth knowing too.
        early: From when on somebody may work it out anew, though it still counts; seconds since 1970.
        until: How long it counts.
    """

    owner: str
    value: T | None
    early: float
    until: float


class Kind(Generic[T]):
    """One kind of answer: its name, its version, how long it counts.

    The version is to be raised with every change of what is written; ``tests/cache`` tells when.
    """

    def __init__(self, name: str, version: int, seconds: float) -> None:
        self.schema = f"{name}/{version}"
        self.seconds = seconds

    def is_worth(self, value: T) -> bool:
        """Whether this answer may be kept; an owner is only known of what belongs to somebody."""
        return True

    def shortened(self, value: T) -> T | None:
        """What is kept of it: the answer, or None where it is too long."""
        return value

    def weight(self, value: T | None) -> int:
        """About how many bytes of memory it takes."""
        raise NotImplementedError

    def encode(self, kept: Kept[T]) -> bytes:
        """As JSON."""
        raise NotImplementedError

    def decode(self, raw: bytes) -> Kept[T] | None:
        """The answer; None for anything that this version did not write."""
        raise NotImplementedError


class ListKind(Kind[tuple[T, ...]]):
    """A list of entities of one class, kept as a tuple.

    Args:
        name: What they are.
        version: Of the class's fields; see :attr:`fingerprint`.
        seconds: How long a list counts.
        entity: The class; frozen, so that all may share one.
        most: Longer lists are not kept.
        keeps_empty: Also an empty list is kept: its key says whose it is.
    """

    def __init__(
        self, name: str, version: int, seconds: float, entity: type[T], *, most: int, keeps_empty: bool
    ) -> None:
        super().__init__(name, version, seconds)
        self.most = most
        self._keeps_empty = keeps_empty
        self._entity = entity
        self._wire: tuple[Callable[[Any], bytes], Callable[[bytes], Kept[tuple[T, ...]] | None]] | None = None

    @property
    def fingerprint(self) -> str:
        """The fields and their types: where they change, the version must."""
        hints = get_type_hints(self._entity)
        fields: Sequence[Any] = attrs.fields(self._entity)  # type: ignore[arg-type]
        return "; ".join(f"{field.name}: {_plain_name(hints[field.name])}" for field in fields)

    def is_worth(self, value: tuple[T, ...]) -> bool:
        return self._keeps_empty or bool(value)

    def shortened(self, value: tuple[T, ...]) -> tuple[T, ...] | None:
        return value if len(value) <= self.most else None

    def weight(self, value: tuple[T, ...] | None) -> int:
        if value is None:
            return 100
        return sys.getsizeof(value) + sum(map(_size, value))

    def encode(self, kept: Kept[tuple[T, ...]]) -> bytes:
        return (self._wire or self._made())[0](kept)

    def decode(self, raw: bytes) -> Kept[tuple[T, ...]] | None:
        return (self._wire or self._made())[1](raw)

    def _made(self) -> Any:
        self._wire = _wire_of(self._entity, self.schema)
        return self._wire


class PlainKind(Kind[T]):
    """Anything that msgspec writes and reads by its type: texts, numbers, lists, typed classes.

    Args:
        name: What it is.
        version: Of the type.
        seconds: How long it counts.
        plain: The type; its values must not change once they are made.
    """

    def __init__(self, name: str, version: int, seconds: float, plain: Any) -> None:
        super().__init__(name, version, seconds)
        self._plain = plain
        self._decoder: Any = None
        self._encode: Any = None

    def weight(self, value: T | None) -> int:
        return 100 + len(repr(value))

    def encode(self, kept: Kept[T]) -> bytes:
        self._prepare()
        written: bytes = self._encode((self.schema, kept.owner, kept.early, kept.until, kept.value))
        return written

    def decode(self, raw: bytes) -> Kept[T] | None:
        msgspec = self._prepare()
        try:
            schema, owner, early, until, value = self._decoder.decode(raw)
        except (msgspec.MsgspecError, ValueError, TypeError):
            return None
        return Kept(owner, value, early, until) if schema == self.schema else None

    def _prepare(self) -> Any:
        msgspec = msgspec_or_missing()
        if self._decoder is None:
            self._encode = msgspec.json.Encoder().encode
            shape: Any = tuple.__class_getitem__((str, str, float, float, self._plain))
            self._decoder = msgspec.json.Decoder(shape)
        return msgspec


def msgspec_or_missing() -> Any:
    """The encoder. Raises MissingExtra: a cache in this process alone does not need it."""
    try:
        import msgspec
    except ModuleNotFoundError as missing:
        raise MissingExtra("redis", "msgspec") from missing
    return msgspec


_SHARED: Final = (bool, enum.Enum, type(None))


def _size(entity: object) -> int:
    """Bytes of one entity: its slots, and the values that hang on them."""
    fields: Sequence[Any] = attrs.fields(type(entity))  # type: ignore[arg-type]
    size = sys.getsizeof(entity)
    for field in fields:
        value = getattr(entity, field.name)
        if not isinstance(value, _SHARED):
            size += sys.getsizeof(value)
    return size


def _wire_of(entity: type[Any], schema: str) -> Any:
    """Writing and reading lists of a class: each entity is an array of its fields, in their order."""
    msgspec = msgspec_or_missing()
    hints = get_type_hints(entity)
    names = [field.name for field in attrs.fields(entity)]
    # Words of an enumeration travel as text, and unknown ones stay text: a row that another
    # application wrote may hold some.
    words = {
        place: dict(_words_of(found))
        for place, name in enumerate(names)
        if (found := _enumeration(hints[name], name)) is not None
    }
    row: Any = tuple.__class_getitem__(tuple(_wire_type(hints[name]) for name in names))
    rows: Any = list.__class_getitem__(row) | None
    decoder = msgspec.json.Decoder(tuple.__class_getitem__((str, str, float, float, rows)))
    encoder, values_of, load = msgspec.json.Encoder(), attrgetter(*names), loader(entity)
    mapped = tuple(words.items())

    def write(kept: Kept[Any]) -> bytes:
        rows = None if kept.value is None else [values_of(one) for one in kept.value]
        written: bytes = encoder.encode((schema, kept.owner, kept.early, kept.until, rows))
        return written

    def read(raw: bytes) -> Kept[Any] | None:
        try:
            found, owner, early, until, rows = decoder.decode(raw)
        except (msgspec.MsgspecError, ValueError, TypeError, ArithmeticError):
            return None
        if found != schema:
            return None
        if rows is None:
            return Kept(owner, None, early, until)
        entities = []
        for one in rows:
            values = list(one)
            for place, known in mapped:
                values[place] = known.get(values[place], values[place])
            entities.append(load(*values))
        return Kept(owner, tuple(entities), early, until)

    return write, read


def _parts(hint: Any) -> list[Any]:
    return list(get_args(hint)) if get_origin(hint) in (Union, UnionType) else [hint]


def _enumeration(hint: Any, name: str) -> type[enum.Enum] | None:
    for part in _parts(hint):
        if isinstance(part, type) and issubclass(part, enum.Enum):
            return part
    if name == "category":  # text by its type, since others' words may stand there
        from motovault.domain.maintenance.entities import Category

        return Category
    return None


def _words_of(found: type[enum.Enum]) -> list[tuple[str, enum.Enum]]:
    return [(member.value, member) for member in found]


def _wire_type(hint: Any) -> Any:
    parts = [str if isinstance(part, type) and issubclass(part, enum.Enum) else part for part in _parts(hint)]
    return parts[0] if len(parts) == 1 else Union[tuple(parts)]  # noqa: UP007


def _plain_name(hint: Any) -> str:
    return " | ".join(getattr(part, "__name__", str(part)) for part in _parts(hint))
