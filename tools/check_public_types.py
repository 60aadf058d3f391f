"""Say which public names of motovault have a type that a user's type checker cannot know.

Pyright counts them (``--verifytypes``). What it calls ambiguous, an attribute
set from a typed parameter without an annotation of its own, is inferred alike
by every checker and is let pass; an unknown type is not.

    python tools/check_public_types.py
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any


def main() -> int:
    """Exit code: 0 where every public type is known."""
    command = ["pyright", "--outputjson", "--ignoreexternal", "--verifytypes", "motovault"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    report: dict[str, Any] = json.loads(done.stdout)["typeCompleteness"]
    symbols = [symbol for symbol in report["symbols"] if symbol["isExported"]]
    if not symbols:
        print("pyright found no motovault with py.typed in this environment")
        return 1
    unknown = [symbol for symbol in symbols if not symbol["isTypeKnown"] and not symbol["isTypeAmbiguous"]]
    for symbol in unknown:
        for diagnostic in symbol["diagnostics"]:
            print(f"{symbol['name']}: {diagnostic['message']}")
    print(f"{len(symbols)} public names, {len(unknown)} of an unknown type")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
