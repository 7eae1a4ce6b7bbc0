"""Every scenario by name: what `make bench` runs, in this order."""

import sys
from collections.abc import Awaitable, Callable, Iterable

from bench.report.rows import Length, Result, Row
from bench.scenarios import choosing, fanout, growth, idle, latency, messages, nodes, reconnect, sizes

Scenario = Callable[[Length], Awaitable[list[Result]]]

SCENARIOS: dict[str, Scenario] = {
    "messages": messages.run,
    "latency": latency.run,
    "fanout": fanout.run,
    "idle": idle.run,
    "reconnect": reconnect.run,
    "choosing": choosing.run,
    "growth": growth.run,
    "nodes": nodes.run,
    "sizes": sizes.run,
}


def rows_of(name: str) -> list[Row]:
    """A scenario's rows: those that its module defines, singly or in a list, in the order of the file."""
    return list(dict.fromkeys(_rows_in(vars(_module(name)).values())))


def all_rows() -> list[Row]:
    """The rows of all scenarios, in the order of the run."""
    return [row for name in SCENARIOS for row in rows_of(name)]


def meaning(name: str) -> str:
    """What a scenario measures: the first paragraph of its module."""
    return " ".join((_module(name).__doc__ or "").partition("\n\n")[0].split())


def _module(name: str) -> object:
    return sys.modules[SCENARIOS[name].__module__]


def _rows_in(values: Iterable[object]) -> Iterable[Row]:
    for value in values:
        if isinstance(value, Row):
            yield value
        elif isinstance(value, dict):
            yield from _rows_in([*value, *value.values()])
        elif isinstance(value, list | tuple):
            yield from _rows_in(value)
