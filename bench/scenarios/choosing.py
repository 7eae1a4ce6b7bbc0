"""The row for the cost of assigning one conversation in a crowd; bench/routing.py says how it is measured.

Each case is a comparison of its own: on SQLite by the thread's CPU time, on PostgreSQL by the clock, since other
processes do its work. The worst case counts.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from statistics import median

from bench.report.rows import Length, Result, Row
from bench.routing import AIM, CASES, FEW, FLOOR, MANY, Case, House, costs, places, shown_costs

WHAT = "cost of routing one conversation with 1,000 consultants and 10,000 waiting : with 10 and 10"
ROUTING = Row("routing", WHAT, FLOOR, AIM, less_is_better=True)
TIMES = 20
"""Assignments in each house per round."""


async def run(length: Length) -> list[Result]:
    """A shortened run uses a smaller crowd, and SQLite only."""
    crowd = length.of(MANY[0]), length.of(MANY[1])
    result = Result(ROUTING, [])
    # A round takes a fifth of a second. Without more rounds, the worst of several noisy medians would be noise.
    rounds = 2 * length.rounds + 1
    if length.part == 1:
        _on(False, time.thread_time, crowd, rounds, result)
        _on(True, time.perf_counter, crowd, rounds, result)
    else:
        _on(False, time.thread_time, crowd, rounds, result, CASES[:2])
        result.notes.append(f"shortened: {crowd[0]:,} consultants and {crowd[1]:,} waiting in the large house")
    return [result]


def _on(
    postgres: bool,
    clock: Callable[[], float],
    crowd: tuple[int, int],
    rounds: int,
    result: Result,
    cases: Sequence[Case] = CASES,
) -> None:
    database = "PostgreSQL" if postgres else "SQLite"
    with places(postgres) as place:
        for number, case in enumerate(cases):
            few, many = House(place(f"few{number}"), case, *FEW), House(place(f"many{number}"), case, *crowd)
            with closing(few), closing(many):
                measured = costs(few, many, rounds, TIMES, clock)
            ratios = [big / small for small, big in measured]
            name = f"{database}, {number + 1}: {case.name}"
            result.figures[name] = ratios
            result.notes.append(f"{name}: {shown_costs(measured).strip()}")
            if not result.values or median(ratios) > result.middle:
                result.values = ratios
