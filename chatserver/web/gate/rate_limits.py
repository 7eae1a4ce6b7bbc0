"""Token buckets, one per key: so many at once, then so many a second. Keys are forgotten when their bucket is full."""

from collections.abc import Callable

KEYS = 20_000
"""Keys kept at most; beyond, those whose bucket is full again go first, then the oldest."""


class RateLimits:
    """`burst` at once, then `per_second`. `now` is the clock, in ms; nothing here waits. A clock that is set back only
    stood still: what was left stays left."""

    def __init__(self, per_second: float, burst: int, now: Callable[[], int]) -> None:
        self._per_ms = per_second / 1000
        self._burst = burst
        self._now = now
        self._held: dict[str, tuple[float, int]] = {}

    def take(self, key: str) -> int:
        """0 when `key` may go on now; else in how many ms to come back. Nothing is taken then."""
        now = self._now()
        left, since = self._held.get(key, (float(self._burst), now))
        left = min(float(self._burst), left + max(0, now - since) * self._per_ms)
        if left < 1:
            self._held[key] = (left, now)
            return int((1 - left) / self._per_ms) + 1
        if key not in self._held and len(self._held) >= KEYS:
            self._forget(now)
        self._held[key] = (left - 1, now)
        return 0

    def _forget(self, now: int) -> None:
        full = [key for key, (left, since) in self._held.items() if left + (now - since) * self._per_ms >= self._burst]
        for key in full or list(self._held)[: KEYS // 10]:
            del self._held[key]
