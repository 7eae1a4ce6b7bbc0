"""A number of acts in any hour, for each key. Unlike a token bucket it allows them all at once, but never more in any
hour."""

from collections import deque
from collections.abc import Callable

HOUR_MS = 3_600_000
KEYS = 20_000
"""The most keys that are kept. Beyond that, those without an act within the hour are forgotten, else the oldest."""


class HourLimits:
    """`most` acts in any hour for each key. `now` is the clock, in ms."""

    def __init__(self, most: int, now: Callable[[], int]) -> None:
        self._most = most
        self._now = now
        self._acts: dict[str, deque[int]] = {}

    def take(self, key: str) -> int:
        """Count an act and return 0; if there is no room, return the ms until there is."""
        now = self._now()
        acts = self._acts.pop(key, None) or deque(maxlen=self._most)
        # Last in the order again, so that the first keys are those without an act for longest.
        self._acts[key] = acts
        if len(self._acts) > KEYS:
            del self._acts[next(iter(self._acts))]
        if len(acts) == self._most and acts[0] > now - HOUR_MS:
            return acts[0] + HOUR_MS - now
        acts.append(now)
        return 0
