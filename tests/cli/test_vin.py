"""``motovault vin check`` and ``motovault vin decode``: typed, in files, out of a pipe."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motovault import vin as vins
from motovault.cli import main
from motovault.domain.vehicles import DecodedVin
from motovault.domain.vehicles.decoding import FIELDS
from motovault.testing.strategies import vins as right_vins
from tests.cli.conftest import Ran

Cli = Callable[..., Ran]
HONDA = "1HGCM82633A123454"
WRONG = "1HGCM82633A123455"
MISREAD = "IHGCM82633AI23454"
GOLF = "WVWZZZ1KZ8W000001"


def lines(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines()]


# ---------------------------------------------------------------------------- check


def test_a_right_one_is_right_and_that_is_all(motovault: Cli) -> None:
    assert motovault("vin", "check", HONDA) == Ran(0, f"{HONDA}: right\n", "")


def test_a_wrong_one_is_named_with_what_is_odd_and_what_it_may_be(motovault: Cli) -> None:
    done = motovault("vin", "check", HONDA, WRONG, MISREAD)
    assert (done.code, done.err) == (1, "")
    assert done.out.splitlines() == [
        f"{HONDA}: right",
        f"{WRONG}: not right",
        "  error: the check digit at position 9 is 3, computed 5",
        *[f"  perhaps {one}" for one in vins.suggest(WRONG, limit=3)],
        f"{MISREAD}: not right",
        "  error: 'I' (U+0049 LATIN CAPITAL LETTER I) at position 1: a VIN never has the letters I, O and Q",
        "  error: 'I' (U+0049 LATIN CAPITAL LETTER I) at position 12: a VIN never has the letters I, O and Q",
        f"  perhaps {HONDA}",
    ]


def test_what_no_law_prescribes_is_told_and_no_fault(motovault: Cli) -> None:
    done = motovault("vin", "check", GOLF)
    assert done.code == 0
    assert done.out.startswith(f"{GOLF}: right\n  info: position 9 is Z")


def test_check_as_json_is_one_object_a_line(motovault: Cli) -> None:
    done = motovault("vin", "check", "--json", "1hgcm826-33a123454", MISREAD)
    right, wrong = lines(done.out)
    assert done.code == 1
    assert right == {
        "vin": HONDA,
        "given": "1hgcm826-33a123454",
        "is_right": True,
        "findings": [],
        "suggestions": [],
    }
    assert (wrong["vin"], wrong["is_right"], wrong["suggestions"]) == (None, False, [HONDA])
    assert wrong["findings"][0]["position"] == 1


# --------------------------------------------------------------------------- decode


def test_one_vin_is_told_field_by_field(motovault: Cli) -> None:
    done = motovault("vin", "decode", "--basic", HONDA)
    head, titles, *rows, who = done.out.splitlines()
    assert (done.code, done.err, head, who) == (0, "", f"{HONDA}: 2003 Honda", "Decoded by basic.")
    assert titles.split() == ["Field", "Value", "Confidence", "Read"]
    assert rows[0].split() == ["model", "year", "2003", "medium", "3"]


def test_several_are_told_a_line_each_and_one_that_is_none_stops_nothing(motovault: Cli) -> None:
    done = motovault("vin", "decode", "--basic", HONDA, "abc", WRONG)
    assert done.code == 1
    assert done.out.splitlines() == [
        f"{HONDA}: 2003 Honda",
        "abc: no VIN",
        "  error: 3 characters, not 17",
        f"{WRONG}: perhaps 2003 Honda",
        "  error: the check digit at position 9 is 3, computed 5",
    ]


def test_candidates_are_shown_as_such(motovault: Cli) -> None:
    done = motovault("vin", "decode", "--basic", "1HD1BX510CB000001")
    assert re.search(r"^make +Harley-Davidson or Livewire +none +Harley-Davidson\|Livewire$", done.out, re.M)
    assert done.code == 0


def test_decode_as_json_is_what_the_decoder_says(motovault: Cli) -> None:
    done = motovault("vin", "decode", "--basic", "--json", HONDA, "x")
    right, wrong = lines(done.out)
    assert done.code == 1
    assert set(right["fields"]) == set(FIELDS)
    answer = DecodedVin.from_dict(right)
    assert (answer.make.value, answer.decoder) == ("Honda", "basic")
    assert (wrong["vin"], wrong["given"], wrong["findings"][0]["code"]) == (None, "x", "length_wrong")


def test_with_the_extra_the_model_is_known_too(motovault: Cli) -> None:
    pytest.importorskip("ultravin", reason="the extra vpic is not installed")
    done = motovault("vin", "decode", HONDA)
    assert done.out.startswith(f"{HONDA}: 2003 Honda Accord EX-V6, 3.0L V6, 5-Speed Automatic\n")
    assert "Decoded by vpic 20" in done.out


def test_without_the_extra_that_is_said_beside_the_answer(motovault_process: Cli, folder: Path) -> None:
    (folder / "ultravin.py").write_text("raise ImportError('not installed')")
    done = motovault_process("vin", "decode", HONDA, PYTHONPATH=_path(folder))
    assert (done.code, done.out.splitlines()[0]) == (0, f"{HONDA}: 2003 Honda")
    assert "pip install 'motovault[vpic]'" in done.err


def _path(folder: Path) -> str:
    return os.pathsep.join([str(folder), *(entry for entry in sys.path if entry)])


# -------------------------------------------------------------------------- sources


@pytest.mark.parametrize("doing", ["check", "decode"])
def test_a_file_of_one_a_line_is_read_blank_lines_left_out(motovault: Cli, folder: Path, doing: str) -> None:
    (folder / "vins.txt").write_bytes(
        b"\xef\xbb\xbf" + f"{HONDA}\r\n\r\n  {HONDA.lower()} \n{WRONG}".encode()
    )
    done = motovault("vin", doing, "--json", "vins.txt", GOLF)
    assert [line["vin"] for line in lines(done.out)] == [HONDA, HONDA, WRONG, GOLF]
    assert (done.code, done.err) == (1, "")


def test_standard_input_is_read_for_a_dash(motovault_process: Cli) -> None:
    done = motovault_process("vin", "check", "-", stdin=f"{HONDA}\n{GOLF}\n".encode())
    assert (done.code, done.err) == (0, "")
    assert [line.split(":")[0] for line in done.out.splitlines() if not line.startswith(" ")] == [HONDA, GOLF]


@pytest.mark.parametrize("doing", [("vin", "check"), ("vin", "decode"), ("catalogue", "import"), ("import",)])
def test_a_closed_standard_input_is_said_and_no_traceback(folder: Path, doing: tuple[str, ...]) -> None:
    more = ["--user", "ana"] if doing == ("import",) else []
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", sys.executable, "-m", "motovault", *doing, "-", *more],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: file: '-' cannot be read: standard input is closed\n"


@pytest.mark.parametrize("doing", ["check", "decode"])
def test_an_empty_argument_is_no_vin_and_no_folder(motovault: Cli, doing: str) -> None:
    """As an empty variable of a script leaves it."""
    done = motovault("vin", doing, "--json", "", HONDA)
    assert [line["vin"] for line in lines(done.out)] == [None, HONDA]
    assert (done.code, done.err) == (1, "")


@pytest.mark.parametrize("name", ["nothing.txt", "./nothing", "."])
@pytest.mark.parametrize("doing", ["check", "decode"])
def test_a_file_that_is_not_there_is_usage_and_nothing_was_printed(
    motovault: Cli, name: str, doing: str
) -> None:
    done = motovault("vin", doing, HONDA, name)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: file: ")
    assert HONDA not in done.err


@pytest.mark.parametrize(
    "arguments", [(), ("check",), ("decode",), ("guess", HONDA), ("check", "--vin", HONDA)]
)
def test_what_is_not_understood_is_usage(motovault: Cli, arguments: tuple[str, ...]) -> None:
    done = motovault("vin", *arguments)
    assert (done.code, done.out) == (2, "")


def test_bytes_of_no_text_and_a_line_as_long_as_a_book_are_no_vins(motovault: Cli, folder: Path) -> None:
    (folder / "vins.txt").write_bytes(b"\xff\xfe\x00" * 6 + b"\n" + b"1" * 3_000_000 + b"\n" + HONDA.encode())
    for doing in ("check", "decode"):
        done = motovault("vin", doing, "--json", "vins.txt")
        assert [line["vin"] for line in lines(done.out)] == [None, None, HONDA]
        assert len(done.out) < 20_000
        assert (done.code, done.err) == (1, "")


def test_an_argument_that_is_no_text_is_no_vin_and_stands_in_no_message(motovault_process: Cli) -> None:
    done = motovault_process("vin", "check", HONDA + "\udcff")
    assert (done.code, done.err) == (1, "")
    assert "not right" in done.out


@pytest.mark.parametrize("doing", ["check", "decode"])
def test_a_reader_that_leaves_ends_it_quietly(motovault_process: Cli, folder: Path, doing: str) -> None:
    (folder / "vins.txt").write_text(f"{HONDA}\n" * 50_000)
    running = subprocess.Popen(
        [sys.executable, "-m", "motovault", "vin", doing, "vins.txt"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
    )
    assert running.stdout is not None
    assert running.stderr is not None
    assert running.stdout.readline().startswith(HONDA.encode())
    running.stdout.close()
    assert running.stderr.read() == b""
    assert running.wait(30) == 141
    running.stderr.close()


# -------------------------------------------------------------------------- any text


@pytest.mark.parametrize("doing", ["check", "decode"])
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.text(max_size=40), right_vins()), max_size=6))
def test_any_lines_have_an_answer_each_and_nothing_goes_to_standard_error(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, doing: str, texts: list[str]
) -> None:
    path = tmp_path / "vins.txt"
    raw = "\n".join(texts).encode(errors="surrogatepass")
    path.write_bytes(raw)
    code = main(["vin", doing, "--json", *(["--basic"] if doing == "decode" else []), str(path)])
    done = capsys.readouterr()
    expected = [line for line in io.BytesIO(raw) if line.strip(b" \t\r\n\v\f")]
    answers = lines(done.out)
    assert len(answers) == len(expected)
    assert done.err == ""
    assert code == any(finding["severity"] == "error" for answer in answers for finding in answer["findings"])
