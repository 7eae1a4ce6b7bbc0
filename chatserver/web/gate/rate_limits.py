"""Rate limits by key: a token bucket for each. Keys are forgotten when their bucket is full."""

from collections.abc import Callable

from chatserver.domain.token_bucket import TokenBucket

KEYS = 20_000
"""The most keys that are kept. Beyond that, those with a full bucket are forgotten first, then the oldest."""


class RateLimits:
    """`burst` at once, then `per_second`, for each key. `now` is the clock, in ms; nothing here waits."""

    def __init__(self, per_second: float, burst: int, now: Callable[[], int]) -> None:
        self._per_second = per_second
        self._burst = burst
        self._now = now
        self._held: dict[str, TokenBucket] = {}

    def take(self, key: str) -> int:
        """Take a token and return 0; if there is none, return the ms until the next one."""
        now = self._now()
        bucket = self._held.get(key)
        if bucket is None:
            if len(self._held) >= KEYS:
                self._forget(now)
            bucket = self._held[key] = TokenBucket(self._per_second, self._burst)
        return bucket.take(now)

    def _forget(self, now: int) -> None:
        full = [key for key, bucket in self._held.items() if bucket.is_full(now)]
        for key in full or list(self._held)[: KEYS // 10]:
            del self._held[key]
