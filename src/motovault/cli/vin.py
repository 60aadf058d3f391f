"""``motovault vin check`` and ``motovault vin decode``: VINs typed, in files, or out of a pipe.

They are read, answered and printed a few hundred at a time, so that a file of
millions takes no more memory than a short one; from a terminal one by one.
Whole VINs are printed, because who asks typed them, but to standard output
alone: no message on standard error has one.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from motovault import vin as vins
from motovault.cli import output
from motovault.cli.standard_input import standard_input
from motovault.domain.vehicles import BasicVinDecoder, DecodedVin, VinDecoder
from motovault.errors import InvalidValue
from motovault.findings import Severity
from motovault.providers.vin_decoders import EmbeddedVinDecoder
from motovault.system import SystemClock
from motovault.vin import VinFinding

__all__ = ["run_check", "run_decode"]

ALL_RIGHT, SOME_WRONG = 0, 1

_LONGEST_LINE = 1000
"""What is longer is no VIN, and is not kept whole."""

_SUGGESTIONS = 3
_FILE_MARKS = frozenset("./\\")
"""Characters of file names that no VIN has: a file that is not there is then not taken for a VIN."""


def run_check(given: argparse.Namespace) -> int:
    """Say of each VIN what is odd; gives the exit code, 1 where one is not right."""
    code = ALL_RIGHT
    for text in _texts(given.file):
        findings = vins.check(text)
        is_right = _is_right(findings)
        code = code if is_right else SOME_WRONG
        suggestions = [] if is_right else vins.suggest(text, limit=_SUGGESTIONS)
        if given.json:
            found = {"vin": _compacted(text, findings), "given": text, "is_right": is_right}
            _print_json({**found, "findings": _plain(findings), "suggestions": suggestions})
            continue
        output.line(f"{text}: {'right' if is_right else 'not right'}")
        for finding in findings:
            print(f"  {finding.severity.value}: {output.clean(finding.message)}")
        for suggestion in suggestions:
            print(f"  perhaps {suggestion}")
    return code


def run_decode(given: argparse.Namespace) -> int:
    """Tell what each VIN says; gives the exit code, 1 where one is not right."""
    code = ALL_RIGHT
    decoder = _decoder(given.basic)
    texts = _texts(given.file)
    is_alone = len(given.file) == 1 and given.file[0] != "-" and not _looks_like_a_file(given.file[0])
    # somebody who types a VIN a line waits for the answer to that line
    is_typed = "-" in given.file and sys.stdin is not None and sys.stdin.isatty()
    for answer in _one_at_a_time(decoder, texts) if is_typed else decoder.decode_many(texts):
        findings = answer.findings
        code = code if _is_right(findings) else SOME_WRONG
        if given.json:
            _print_json({**answer.as_dict(), "findings": _plain(findings)})
        elif is_alone and answer.vin is not None:
            _print_whole(answer, findings)
        else:
            output.line(f"{answer.vin or answer.given}: {answer if answer.error is None else 'no VIN'}")
            _print_faults(findings)
    return code


def _decoder(is_basic: bool) -> VinDecoder:
    if is_basic:
        return BasicVinDecoder(SystemClock())
    embedded = EmbeddedVinDecoder()
    if isinstance(embedded.decoder, BasicVinDecoder):
        output.note("year and make only; for model, engine and the rest run: pip install 'motovault[vpic]'")
    return embedded


def _one_at_a_time(decoder: VinDecoder, texts: Iterable[str]) -> Iterator[DecodedVin]:
    for text in texts:
        yield from decoder.decode_many([text])


def _print_whole(answer: DecodedVin, findings: tuple[VinFinding, ...]) -> None:
    """One VIN with everything that is known of it."""
    output.line(f"{answer.vin}: {answer}")
    rows = []
    for name, field in answer.fields.items():
        if field.value is None and not field.candidates and field.source_value is None:
            continue
        value = " or ".join(map(str, field.candidates)) if field.value is None else str(field.value)
        rows.append((name.replace("_", " "), value, field.confidence.value, field.source_value or ""))
    output.table(("Field", "Value", "Confidence", "Read"), rows)
    output.line(f"Decoded by {answer.decoder}.")
    _print_faults(findings)


def _print_faults(findings: tuple[VinFinding, ...]) -> None:
    for finding in findings:
        if finding.severity is not Severity.INFO:
            print(f"  {finding.severity.value}: {output.clean(finding.message)}")


def _print_json(found: dict[str, Any]) -> None:
    # beyond ASCII as escapes: what was given may be in any script, and stdout in any encoding
    print(json.dumps(found, separators=(",", ":")))


def _plain(findings: Iterable[VinFinding]) -> list[dict[str, Any]]:
    return [
        {
            "code": finding.code,
            "severity": finding.severity.value,
            "message": finding.message,
            "position": finding.position,
        }
        for finding in findings
    ]


def _is_right(findings: Iterable[VinFinding]) -> bool:
    return all(finding.severity is not Severity.ERROR for finding in findings)


def _compacted(text: str, findings: Iterable[VinFinding]) -> str | None:
    blocking = {vins.FindingCode.CHARACTER_NOT_ALLOWED, vins.FindingCode.LENGTH_WRONG}
    return None if any(finding.code in blocking for finding in findings) else vins.compact(text)


# -------------------------------------------------------------------------- reading


def _texts(given: list[str]) -> Iterator[str]:
    """Every VIN of the arguments. Raises InvalidValue for a file that is not there, before the first."""
    for text in given:
        if text == "-":
            standard_input()
        if text != "-" and _looks_like_a_file(text) and not Path(text).exists():
            raise InvalidValue("file", text, "is not there")
        if text != "-" and _looks_like_a_file(text) and Path(text).is_dir():
            raise InvalidValue("file", text, "is a folder")
    return _read(given)


def _looks_like_a_file(text: str) -> bool:
    """It is no VIN, and has a character that no VIN has but a path does, or there is a file of this name."""
    if not text:  # the path of nothing is this folder; an empty variable of a script is no VIN
        return False
    try:
        return not vins.is_well_formed(text) and (bool(_FILE_MARKS & set(text)) or Path(text).exists())
    except (OSError, ValueError):  # longer than a name may be, or with a NUL in it
        return False


def _read(given: list[str]) -> Iterator[str]:
    for text in given:
        if text == "-":
            yield from _lines(standard_input())
        elif _looks_like_a_file(text):
            with Path(text).open("rb") as stream:
                yield from _lines(stream)
        else:
            yield text


def _lines(stream: BinaryIO) -> Iterator[str]:
    """Lines that are not blank, as text; the rest of an overlong one is passed over."""
    is_first = True
    while line := stream.readline(_LONGEST_LINE):
        kept = line
        while len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
            line = stream.readline(_LONGEST_LINE)
        text = kept.decode("utf-8-sig" if is_first else "utf-8", errors="replace").strip(" \t\r\n\v\f")
        is_first = False
        if text:
            yield text
