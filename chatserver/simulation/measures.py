"""A day's results in numbers. Times are in seconds, shares relative to all visitors who asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from math import ceil

from chatserver.domain.rules import MINUTE, SECOND
from chatserver.simulation.record import End, Record

PROMPT_MS = 30 * SECOND
"""The target: an answer within three rings of a telephone, or 30 s."""


@dataclass(frozen=True, slots=True)
class Measures:
    """Results of one day. Waits cover assigned visitors; those who gave up are counted in `abandoned` only."""

    asked: float
    wait_mean: float
    wait_p90: float
    wait_max: float
    waited: float
    waited_long: float
    reply_mean: float
    prompt: float
    abandoned: float
    turned_away: float
    handled_mean: float
    utilisation: float
    gini: float
    fitting: float
    misses: float
    returned: float


MEANING: dict[str, tuple[str, str, int]] = {
    "asked": ("asked", "visitors who asked", 0),
    "wait_mean": ("wait, mean s", "from asking to being given to somebody", 1),
    "wait_p90": ("P90 s", "nine of ten waited no longer", 1),
    "wait_max": ("max s", "the longest wait", 0),
    "waited": ("waited", "share of the given ones that did not go to somebody at once", 4),
    "waited_long": ("waited > 30 s", "share of the given ones", 4),
    "reply_mean": ("first answer, mean s", "from asking to the first human answer", 1),
    "prompt": ("in 30 s", "share of all who asked that had a human answer within 30 s", 4),
    "abandoned": ("abandoned", "share of all who asked that gave up waiting", 4),
    "turned_away": (
        "turned away",
        "share of all who asked that found the queue full, or were sent off by the system",
        4,
    ),
    "handled_mean": ("in hand, mean min", "from being given until the work was done", 2),
    "utilisation": ("places taken", "places taken ÷ places of those on duty, over the day", 4),
    "gini": ("Gini", "of the work served per hour on duty; 0: everybody the same", 4),
    "fitting": ("fitting", "share of the givings that went to somebody with the skill and the language", 4),
    "misses": ("misses", "rings that nobody took", 1),
    "returned": ("returned", "givings that went back to the queue, for want of a first answer", 1),
}
"""Measure → its heading, its meaning, and the digits worth showing."""

assert list(MEANING) == [each.name for each in fields(Measures)]

SHARES = frozenset({"waited", "waited_long", "prompt", "abandoned", "turned_away", "utilisation", "fitting"})


def measured(record: Record, first: int = 0) -> Measures:
    """Measure the whole day, or only visitors from number `first` on (utilisation and fairness always cover the whole
    day)."""
    asked = len(record.arrived_at) - first
    waits = _from(record.waits, first)
    replies = _from(record.replies, first)
    counted = max(1, asked)
    return Measures(
        asked=asked,
        wait_mean=mean(waits) / SECOND,
        wait_p90=percentile(waits, 0.9) / SECOND,
        wait_max=max(waits, default=0) / SECOND,
        waited=sum(wait > 0 for wait in waits) / max(1, len(waits)),
        waited_long=sum(wait > PROMPT_MS for wait in waits) / max(1, len(waits)),
        reply_mean=mean(replies) / SECOND,
        prompt=sum(reply <= PROMPT_MS for reply in replies) / counted,
        abandoned=_ended(record, first, "abandoned") / counted,
        turned_away=(_ended(record, first, "turned_away") + _ended(record, first, "sent_off")) / counted,
        handled_mean=mean(_from(record.handled, first)) / MINUTE,
        utilisation=sum(each.busy_ms for each in record.duties) / max(1, sum(each.places_ms for each in record.duties)),
        gini=gini([each.served_ms / each.duty_ms for each in record.duties if each.duty_ms > 0]),
        fitting=1 - record.lacking / max(1, record.given),
        misses=record.misses,
        returned=record.returned,
    )


def mean(values: Sequence[float]) -> float:
    """The mean; 0 for none."""
    return sum(values) / len(values) if values else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that this share of them does not exceed (nearest rank); 0 for none."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)] if values else 0.0


def gini(values: Sequence[float]) -> float:
    """0 when all have the same, (n - 1) ÷ n when one has everything; 0 when nobody has anything."""
    total = sum(values)
    if total == 0:
        return 0.0
    ranked = sum((2 * rank - len(values) - 1) * value for rank, value in enumerate(sorted(values), 1))
    return ranked / (len(values) * total)


def _from(values: dict[int, int], first: int) -> list[int]:
    return [value for number, value in values.items() if number >= first]


def _ended(record: Record, first: int, how: End) -> int:
    ends: Iterable[tuple[int, End]] = record.ends.items()
    return sum(number >= first and end == how for number, end in ends)
