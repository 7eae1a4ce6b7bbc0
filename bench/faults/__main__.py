"""`make bench-faults`: crowds, storms and overload, compared with what is promised for them.

    python -m bench.faults              F41 to F44, with their full counts: an hour; F48 must be asked for by name
    python -m bench.faults F43 --quick  one of them, with a small share

Two nodes, PostgreSQL, Redis and all participants run on this machine. At the end of each, the store is compared with
what was acknowledged. The results are kept in build/bench/faults.json.
"""

import argparse
import json
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import uvloop

from bench.faults import f41_idle, f42_storm, f43_steady, f44_overload, f48_outside
from bench.report.figures import Finding

FAULTS: dict[str, Callable[[bool], Coroutine[Any, Any, Finding]]] = {
    "F41": f41_idle.run,
    "F42": f42_storm.run,
    "F43": f43_steady.run,
    "F44": f44_overload.run,
    "F48": f48_outside.run,
}
UNASKED = ("F41", "F42", "F43", "F44")
"""F48 needs a generator that is not installed here."""
OUT = Path("build/bench/faults.json")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("only", nargs="*", help="numbers; none: all of them")
    parser.add_argument("--quick", action="store_true", help="a small share: seconds and hundreds")
    asked = parser.parse_args()
    if unknown := set(asked.only) - FAULTS.keys():
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(FAULTS)}")
    found: list[Finding] = []
    for number in asked.only or UNASKED:
        found.append(uvloop.run(FAULTS[number](asked.quick)))
        print(found[-1].shown(), flush=True)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps([each.as_json() for each in found], ensure_ascii=False, indent=1))
    sys.exit(0 if all(each.good for each in found) else 1)


if __name__ == "__main__":
    main()
