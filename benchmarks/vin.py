"""How fast VINs are validated: ``python benchmarks/vin.py [--quick]``.

Length, alphabet and check digit, nothing else, by us and by others, in turn on
the same machine, so that the ratios are worth more than the rates. Nine in ten
of the numbers are valid. Others are measured where installed
(``pip install vininfo vin``).

Aims: one by one 10 times vininfo and 3 times the usual pattern and generator;
a column 8 times our own one by one with numpy, 2 times without.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from motovault import vin

# This file would be found in place of the package of the same name.
sys.path = [folder for folder in sys.path if Path(folder).resolve() != Path(__file__).resolve().parent]

PATTERN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
VALUE = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", map(int, "12345678123457923456789" + "0123456789"), strict=True)
)
WEIGHT = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def usual(text: str) -> bool:
    """What most people write."""
    if not PATTERN.fullmatch(text):
        return False
    total = sum(VALUE[character] * weight for character, weight in zip(text, WEIGHT, strict=True))
    return "0123456789X"[total % 11] == text[8]


def others() -> dict[str, Callable[[str], bool]]:
    """The field, as far as it is installed; each told to look at nothing but the rule."""
    found: dict[str, Callable[[str], bool]] = {"the usual pattern and generator": usual}
    try:
        from vininfo import Vin  # type: ignore[import-not-found, import-untyped, unused-ignore]
        from vininfo.exceptions import ValidationError  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError:
        pass
    else:

        def by_vininfo(text: str) -> bool:
            try:
                return bool(Vin(text).verify_checksum(check_year=False))
            except ValidationError:
                return False

        found["vininfo"] = by_vininfo
    try:
        from vin import VIN  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError:
        pass
    else:

        def by_vin(text: str) -> bool:
            try:
                VIN(text, decode=False, decode_model_year=False)
            except ValueError:
                return False
            return True

        found["vin"] = by_vin
    return found


def numbers(count: int) -> list[str]:
    """Made-up VINs of a few American plants, one in ten with a wrong check digit."""
    chance = random.Random(565)
    made = []
    for _ in range(count):
        start = chance.choice(("1HG", "1FT", "5YJ", "2T1", "3VW", "JTD", "WBA", "KMH"))
        middle = "".join(chance.choices(vin.ALPHABET, k=5)) + "0" + chance.choice("ABCDEFGHJK1256789")
        text = vin.with_check_digit(f"{start}{middle}A{chance.randrange(10**6):06}")
        made.append(text if chance.random() < 0.9 else text[:8] + chance.choice("0123456789X") + text[9:])
    return made


def seconds(run: Callable[[], Any]) -> float:
    """Wall time of one run."""
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def medians(runs: dict[str, tuple[int, Callable[[], Any]]], rounds: int) -> dict[str, float]:
    """VINs a second of each, measured in turn."""
    for _, run in runs.values():
        run()
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, (_, run) in runs.items():
            times[name].append(seconds(run))
    return {name: runs[name][0] / statistics.median(measured) for name, measured in times.items()}


def table(title: str, rates: dict[str, float], base: str, against: Callable[[float], str]) -> None:
    print(f"{title}\n")
    for name, rate in rates.items():
        print(f"  {name:44} {rate:13,.0f} VIN/s   {'' if name == base else against(rate)}")
    print()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--quick", action="store_true", help="fewer numbers and rounds: a look, not a measurement"
    )
    quick = parser.parse_args().quick
    rounds = 3 if quick else 7

    texts = numbers(2_000 if quick else 20_000)
    is_valid = vin.is_valid
    expected = [is_valid(text) for text in texts]
    singles: dict[str, tuple[int, Callable[[], Any]]] = {
        "motovault.vin.is_valid": (len(texts), lambda: [is_valid(text) for text in texts])
    }
    for name, judge in others().items():
        if [judge(text) for text in texts] != expected:
            print(f"  note: {name} judges some of these numbers differently")
        singles[name] = (len(texts), lambda judge=judge: [judge(text) for text in texts])  # type: ignore[misc]
    rates = medians(singles, rounds)
    ours = rates["motovault.vin.is_valid"]
    table(
        "One by one", rates, "motovault.vin.is_valid", lambda rate: f"we are {ours / rate:.1f} times as fast"
    )

    column = texts * (50 if quick else 1_000_000 // len(texts))
    runs: dict[str, tuple[int, Callable[[], Any]]] = {
        "one by one": (len(column), lambda: [is_valid(text) for text in column]),
        "are_valid, a list, no numpy": (len(column), lambda: vin.are_valid(column, use_numpy=False)),
    }
    try:
        import numpy as np
    except ImportError:
        print("  numpy is not installed: its roads are not measured")
    else:
        runs["are_valid, a list, numpy"] = (len(column), lambda: vin.are_valid(column))
        for name, kind in (("text", "U17"), ("bytes", "S17")):
            array = np.array(column, dtype=kind)
            runs[f"are_valid, a numpy column of {name}"] = (
                len(column),
                lambda array=array: vin.are_valid(array),  # type: ignore[misc]
            )
        assert vin.are_valid(np.array(texts)) == expected
    assert vin.are_valid(texts, use_numpy=False) == expected
    rates = medians(runs, rounds)
    single = rates["one by one"]
    table(
        f"A column of {len(column):,}",
        rates,
        "one by one",
        lambda rate: f"{rate / single:.1f} times one by one",
    )


if __name__ == "__main__":
    main()
