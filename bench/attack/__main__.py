"""`make attack`: every kind of attack beside honest people, and whether they notice.

    python -m bench.attack                     every kind, 2,000 hostile sockets, 200 honest visitors, 20 s each
    python -m bench.attack trailers --full     one of them, 60 s
    python -m bench.attack --quick             a small share: 3 s each, to see that it works
    python -m bench.attack --table             write what was found into docs/reliability.md

build/bench/attack.json keeps the latest result of each kind.
"""

import argparse
import json
import sys
import time
from datetime import UTC, datetime
from typing import Any

import uvloop

from bench.attack.kinds import KINDS, SOCKETS
from bench.attack.one import rates, run
from bench.attack.report import FOUND, write_table
from bench.attack.stage import Size
from bench.report.machine import commit, this_machine

USUAL = Size(SOCKETS, 200, 20.0, 40.0)
FULL = Size(SOCKETS, 200, 60.0, 40.0)
QUICK = Size(200, 40, 3.0, 10.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", help="none: all of them")
    parser.add_argument("--full", action="store_true", help="60 s of each")
    parser.add_argument("--quick", action="store_true", help="a small share of it")
    parser.add_argument("--table", action="store_true", help="measure nothing; write the table of what was found")
    asked = parser.parse_args()
    if unknown := set(asked.kinds) - KINDS.keys():
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}")
    if asked.table:
        write_table()
        return
    size = FULL if asked.full else QUICK if asked.quick else USUAL
    good = True
    for name in asked.kinds or KINDS:
        good &= attack(name, size, keep=not asked.quick)
    sys.exit(0 if good else 1)


def attack(name: str, size: Size, *, keep: bool) -> bool:
    """Run one kind, print its result and keep it. Returns whether it was good."""
    kind = KINDS[name]
    print(f"{name}: {size.sockets:,} sockets, {rates(kind)}, for {size.seconds:.0f} s", flush=True)
    began = time.monotonic()
    finding = uvloop.run(run(kind, size))
    print(f"{finding.shown()}\n  took {time.monotonic() - began:.0f} s", flush=True)
    if keep:
        _keep(name, finding.as_json() | _circumstances(size))
    return finding.good


def _circumstances(size: Size) -> dict[str, Any]:
    return {
        "sockets": size.sockets,
        "visitors": size.visitors,
        "seconds": size.seconds,
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit().shown(),
        "machine": this_machine().shown(),
    }


def _keep(name: str, found: dict[str, Any]) -> None:
    FOUND.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(FOUND.read_text("utf-8")) if FOUND.exists() else {}
    known[name] = found
    FOUND.write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
