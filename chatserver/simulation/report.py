"""The results, as a table for people and as plain data for programs."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from chatserver.domain.sentence import Sentence
from chatserver.language import said, width
from chatserver.simulation.comparison import Days, Interval, differences, intervals
from chatserver.simulation.erlang import Agreement
from chatserver.simulation.measures import MEANING, SHARES
from chatserver.simulation.policies import PRODUCTS

ERLANG_COLUMNS = (
    "consultants",
    "erlangs",
    "P(wait)",
    "simulated",
    "mean wait s",
    "simulated",
    "P(wait > 30 s)",
    "simulated",
    "agrees",
)


def table(found: Days) -> str:
    """One row per measure, one column per policy; below it the daily differences from the product's policy."""
    policies = list(found)
    shown_intervals = {policy: intervals(measures) for policy, measures in found.items()}
    rows = [("", *policies)]
    rows += [(_heading(name), *(shown(name, shown_intervals[policy][name]) for policy in policies)) for name in MEANING]
    text = columns(rows)
    others = [policy for policy in policies if policy != PRODUCTS]
    if PRODUCTS not in found or not others or len(found[PRODUCTS]) < 2:
        return text
    apart = {policy: differences(found[policy], found[PRODUCTS]) for policy in others}
    rows = [("", *others)]
    rows += [
        (_heading(name), *(shown(name, apart[policy][name], signed=True) for policy in others))
        for name in MEANING
        if name != "asked"
    ]
    below = Sentence("Differences from {policy} on the same days; * where 0 is outside the 95 %", policy=PRODUCTS)
    return f"{text}\n\n{said(below)}\n\n{columns(rows)}"


def shown(name: str, found: Interval, *, signed: bool = False) -> str:
    """`12.3 ±0.4`; shares in per cent."""
    factor, digits = (100, 1) if name in SHARES else (1, 3 if name == "gini" else min(2, MEANING[name][2]))
    sign = "+" if signed else ""
    text = f"{found.mean * factor:{sign}.{digits}f}{'%' if name in SHARES else ''}"
    if found.half_width is not None:
        text += f" ±{found.half_width * factor:.{digits}f}"
    return text + ("*" if signed and found.is_clear else "")


def data(found: Days, assumed: dict[str, Any]) -> dict[str, Any]:
    """The same for programs, with every day's numbers."""
    apart = {
        policy: {name: _interval(each) for name, each in differences(measures, found[PRODUCTS]).items()}
        for policy, measures in found.items()
        if PRODUCTS in found and policy != PRODUCTS
    }
    return {
        "assumed": assumed,
        "policies": {
            policy: {
                "intervals": {name: _interval(each) for name, each in intervals(measures).items()},
                "days": [asdict(each) for each in measures],
            }
            for policy, measures in found.items()
        },
        "differences": apart,
    }


def erlang_table(found: Iterable[Agreement]) -> str:
    """Erlang C's values beside the simulated ones."""
    rows: list[tuple[str, ...]] = [tuple(said(each) for each in ERLANG_COLUMNS)]
    rows += [
        (
            str(each.consultants),
            f"{each.load:g}",
            f"{each.reckoned.waits:.3f}",
            _plain(each.waits, 3),
            f"{each.reckoned.mean_s:.1f}",
            _plain(each.mean_s, 1),
            f"{each.reckoned.long:.3f}",
            _plain(each.long, 3),
            said("yes") if agrees(each) else said("no"),
        )
        for each in found
    ]
    return columns(rows)


def erlang_data(found: Iterable[Agreement]) -> list[dict[str, Any]]:
    """The same for programs."""
    return [asdict(each) | {"agrees": agrees(each)} for each in found]


def agrees(found: Agreement) -> bool:
    """Whether all three of Erlang C's values are inside their intervals."""
    pairs = (
        (found.waits, found.reckoned.waits),
        (found.mean_s, found.reckoned.mean_s),
        (found.long, found.reckoned.long),
    )
    return all(simulated.holds(value) for simulated, value in pairs)


def columns(rows: Sequence[tuple[str, ...]]) -> str:
    """Aligned columns: the first to the left, numbers to the right."""
    widths = [max(width(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        spaces = [" " * (across - width(cell)) for cell, across in zip(row, widths, strict=True)]
        first, *rest = (
            space + cell if column else cell + space
            for column, (cell, space) in enumerate(zip(row, spaces, strict=True))
        )
        lines.append("  ".join((first, *rest)).rstrip())
    return "\n".join(lines)


def _heading(name: str) -> str:
    return said(MEANING[name][0])


def _plain(found: Interval, digits: int) -> str:
    return f"{found.mean:.{digits}f}" + ("" if found.half_width is None else f" ±{found.half_width:.{digits}f}")


def _interval(found: Interval) -> dict[str, float | None]:
    return {"mean": found.mean, "half_width": found.half_width}
