"""Every error that motovault raises on purpose: one root, a few families.

A capsule's own errors live in its ``errors.py`` and belong to one of these
families. An error states the fact and carries it as attributes, so that a
handler needs no parsing of English. Whole VINs and secrets never appear in a
text: pass them through :func:`redacted`.
"""

from __future__ import annotations

__all__ = [
    "Conflict",
    "InvalidValue",
    "MissingExtra",
    "MotovaultError",
    "NotAllowed",
    "NotFound",
    "StorageFailure",
    "redacted",
]

_LONGEST_KEY = 200
_SHOWN = 60
"""How much of an offending value an error text shows; the attribute has it all."""


class MotovaultError(Exception):
    """Root of all errors raised by motovault."""


class InvalidValue(MotovaultError, ValueError):
    """A value breaks a rule.

    Attributes:
        field: Name of the offending field, as the caller knows it.
        value: What was given.
        rule: What would have been right, in words.
    """

    def __init__(self, field: str, value: object, rule: str) -> None:
        super().__init__(f"{field}: {_shown(value)} {rule}")
        self.field = field
        self.value = value
        self.rule = rule

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.args, self.__dict__))


class NotFound(MotovaultError, LookupError):
    """Nothing with this key belongs to this user; not-yours is the same answer.

    Attributes:
        what: The kind of thing looked for, for example ``"vehicle"``.
        key: What it was looked for by, whole; the text shows of a VIN its beginning only.
    """

    def __init__(self, what: str, key: object) -> None:
        super().__init__(f"no {what} {_named(key)}")
        self.what = what
        self.key = key

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.args, self.__dict__))


class Conflict(MotovaultError):
    """What was asked clashes with what is there already.

    Attributes:
        what: The kind of thing that clashes.
        rule: Which rule forbids it, in words.
    """

    def __init__(self, what: str, rule: str) -> None:
        super().__init__(f"{what}: {rule}")
        self.what = what
        self.rule = rule

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.args, self.__dict__))


class NotAllowed(MotovaultError):
    """What was asked is a thing that this user may not do.

    Attributes:
        what: What was asked, for example the name of a feature.
        rule: Who may, in words.
    """

    def __init__(self, what: str, rule: str) -> None:
        super().__init__(f"{what}: {rule}")
        self.what = what
        self.rule = rule

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.args, self.__dict__))


class StorageFailure(MotovaultError):
    """The storage could not do its work: unreachable, locked, full or behind.

    Nothing was half-written: the transaction that was open is undone.
    """


class MissingExtra(MotovaultError, ImportError):
    """A feature needs a package of an extra that is not installed.

    Attributes:
        extra: Name of the extra, as in ``motovault[extra]``.
        package: The distribution that is missing.
    """

    def __init__(self, extra: str, package: str) -> None:
        super().__init__(f"{package} is not installed; run: pip install 'motovault[{extra}]'")
        self.extra = extra
        self.package = package

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.args, self.__dict__))


def redacted(secret: str) -> str:
    """A VIN or another secret, fit for a log line: the first three characters and the length.

    >>> redacted("1M8GDM9AXKP042788")
    '1M8… (17 characters)'
    """
    return f"{secret[:3]}… ({len(secret)} characters)"


def _named(key: object) -> str:
    """A key, fit for a text: what may be a VIN is not shown whole, and nothing at length."""
    if isinstance(key, str):
        compacted = key.replace(" ", "").replace("-", "")
        if 11 <= len(compacted) <= 17 and compacted.isalnum():
            return redacted(compacted)
    text = str(key)
    return text if len(text) <= _LONGEST_KEY else text[: _LONGEST_KEY - 1] + "…"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _rebuild(
    kind: type[MotovaultError], args: tuple[object, ...], state: dict[str, object]
) -> MotovaultError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error
