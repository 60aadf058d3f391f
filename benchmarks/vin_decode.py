"""What decoding many VINs costs: ``python benchmarks/vin_decode.py [--quick]``.

10,000 VINs, made up by the decoder package from its own rules, one in twenty
with a slip, against that package's own batch call, which returns dicts. Our
answers work their fields out when they are asked for, so it is measured three
times: the answers; the answers with make and model year read of each; and with
every field read. How long other threads have to wait is told beside: the
package builds its dicts while it holds the interpreter.

Needs the extra ``vpic``.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import ultravin
from measuring import Measure, command, compared, in_turn

from motovault.domain.vehicles import BasicVinDecoder
from motovault.providers.vpic import VpicVinDecoder

THEIRS = "ultravin.decode_batch(), a list of dicts"
OURS = "decode_many()"
READ = "decode_many(), make and model year read"
WHOLE = "decode_many(), every field read"
BASIC = "the basic decoder, make and model year read"


def longest_wait(run: Callable[[], object]) -> float:
    """Seconds for which another thread, that only wants to tick, stood still."""
    worst, is_over = 0.0, threading.Event()

    def tick() -> None:
        nonlocal worst
        last = time.perf_counter()
        while not is_over.is_set():
            time.sleep(0.0005)
            now = time.perf_counter()
            worst = max(worst, now - last)
            last = now

    ticking = threading.Thread(target=tick)
    ticking.start()
    time.sleep(0.02)
    worst = 0.0
    kept = run()
    is_over.set()
    ticking.join()
    del kept
    return worst


def measure(quick: bool) -> list[Measure]:
    """The ratios."""
    count = 1_000 if quick else 10_000
    vins = ultravin.generate(count, seed=565)
    decoder, basic = VpicVinDecoder(), BasicVinDecoder()
    theirs = [
        (row["vin"], row["attributes"].get("Make", "").casefold()) for row in ultravin.decode_batch(vins)
    ]
    ours = [(one.vin, (one.make.source_value or "").casefold()) for one in decoder.decode_many(vins)]
    for (vin, make), (our_vin, our_make) in zip(theirs, ours, strict=True):
        # a slip that leaves no VIN is refused by us; where vPIC has no make, the register may have one
        assert our_vin is None or (our_vin == vin and (not make or make == our_make))
    times = in_turn(
        {
            THEIRS: lambda: ultravin.decode_batch(vins),
            OURS: lambda: list(decoder.decode_many(vins)),
            READ: lambda: [(one.make.value, one.model_year.value) for one in decoder.decode_many(vins)],
            WHOLE: lambda: [list(one.fields.values()) for one in decoder.decode_many(vins)],
            BASIC: lambda: [(one.make.value, one.model_year.value) for one in basic.decode_many(vins)],
        },
        3 if quick else 11,
    )
    waits = in_turn_waits(vins, decoder, 3 if quick else 7)
    what = f"decode {count:,} VINs: "
    return [
        compared(times, OURS, THEIRS, what=what + OURS, aim=1.3),
        compared(times, READ, THEIRS, what=what + READ),
        compared(times, WHOLE, THEIRS, what=what + WHOLE),
        compared(times, BASIC, THEIRS, what=what + BASIC),
        compared(waits, OURS, THEIRS, what=f"longest wait of another thread: {OURS}"),
    ]


def in_turn_waits(vins: list[str], decoder: VpicVinDecoder, rounds: int) -> dict[str, list[float]]:
    """Longest waits, one each round."""
    waits: dict[str, list[float]] = {OURS: [], THEIRS: []}
    for _ in range(rounds):
        waits[THEIRS].append(longest_wait(lambda: ultravin.decode_batch(vins)))
        waits[OURS].append(longest_wait(lambda: list(decoder.decode_many(vins))))
    return waits


if __name__ == "__main__":
    command("Decoding many VINs", measure)
