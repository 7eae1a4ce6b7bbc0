"""Runs the benchmarks, prints a line per row, and compares the figures with their floors and with the recorded ones.

Exit code 1: a floor was missed or a scenario failed (because something was lost, for example). 3: no failure, but a
figure is clearly worse than the one recorded for this kind of processor. Progress is reported on stderr.
"""

import argparse
import sys
from collections.abc import Iterable
from contextlib import suppress

from bench.references import socket_io
from bench.report import recorded
from bench.report.machine import this_machine
from bench.report.meter import shown_use
from bench.report.rows import FULL, IN_WORDS, QUICK, Length, Result, spread
from bench.running import Ran, Scenario, found_by, last_run, run, say
from bench.scenarios.catalogue import SCENARIOS, all_rows, rows_of

FAILED, WORSE = 1, 3


def main(arguments: list[str]) -> int:
    """The whole command. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SCENARIOS)}; all, if none is named")
    parser.add_argument("--quick", action="store_true", help="fewer people, shorter rounds: three minutes in all")
    parser.add_argument("--record", action="store_true", help="write the figures of the last runs into recorded.json")
    asked = parser.parse_args(arguments)
    if unknown := [name for name in asked.names if name not in SCENARIOS]:
        parser.error(f"no scenario is called {', '.join(unknown)}; there are {', '.join(SCENARIOS)}")
    if asked.record:
        return record()
    scenarios = [Scenario(name, rows_of(name), SCENARIOS[name]) for name in asked.names or SCENARIOS]
    return measure(scenarios, QUICK if asked.quick else FULL)


def measure(scenarios: list[Scenario], length: Length) -> int:
    """Run these scenarios. Returns the exit code."""
    if any(scenario.name == "messages" for scenario in scenarios):
        # The first installation compiles for minutes, which must not count as the scenario's time.
        with suppress(socket_io.CannotBeHad):  # the scenario reports it
            socket_io.install()
    kind = this_machine().kind
    before, last = recorded.recorded(length.name, kind), last_run(length.name)
    took = before.took | (last.took() if last else {})
    done: list[Ran] = []
    for ran in run(scenarios, length, took):
        for result in ran.results:
            print(line(result), flush=True)
        for message in ran.left_out:
            print(f"NOT MEASURED: {message}", flush=True)
        done.append(ran)
    found = found_by(done, length)
    found.beside(last).save()
    wrong = list(failures(done))
    for message in wrong:
        print(message)
    worse = recorded.worse(found.results.values(), before)
    for message in (recorded.not_compared(length.name, kind), recorded.warning(worse, before)):
        if message:
            print(message)
    if wrong:
        return FAILED
    return WORSE if any(not each.noise for each in worse) else 0


def line(result: Result) -> str:
    """A row's figures; below it the CPU shares and the notes."""
    row, values = result.row, spread(result.values)
    least, middle, most = (row.shown(value) for value in values)
    head = f"{row.what}: {middle} ({least} to {most}), floor {row.floor:g}, aim {row.aim:g}: {IN_WORDS[result.verdict]}"
    busy = [shown_use(who, rounds) for who, rounds in result.busy.items()]
    return "\n    ".join([head, *busy, *result.notes])


def failures(done: Iterable[Ran]) -> Iterable[str]:
    """A sentence for everything that makes the run a failure."""
    for ran in done:
        if ran.failed:
            yield f"FAILED: {ran.name}: {ran.failed}"
        for result in ran.results:
            if result.verdict == "missed":
                row = result.row
                yield f"FLOOR MISSED: {row.what}: {row.shown(result.middle)}, floor {row.shown(row.floor)}"


def record() -> int:
    """Record the last runs as the baseline for later ones."""
    runs = [found for length in (QUICK, FULL) if (found := last_run(length.name))]
    if not runs:
        say("There is no run to record; `make bench` and `make bench-quick` make them.")
        return FAILED
    for found in runs:
        recorded.record(found, all_rows())
        say(f"Recorded: {found.length}, {len(found.results)} rows, {found.date}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
