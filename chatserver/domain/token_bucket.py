"""A token bucket: allows a burst, and then a number per second. The time is passed in."""


class TokenBucket:
    """Holds `burst` tokens and regains `per_second`. `now` is in ms, always from the same clock. If that clock is set
    back, the bucket treats it as if no time had passed. `lasts`: a request that failed puts its token back."""

    __slots__ = ("_burst", "_left", "_per_ms", "_since", "lasts")

    def __init__(self, per_second: float, burst: float, *, lasts: bool = False) -> None:
        self.lasts = lasts
        self._per_ms = per_second / 1000
        self._burst = burst
        self._left = burst
        self._since = 0.0

    def is_full(self, now: float) -> bool:
        """Whether all tokens are back."""
        return self._left + max(0, now - self._since) * self._per_ms >= self._burst

    def take(self, now: float) -> int:
        """Take a token and return 0; if there is none, return the ms until the next one. Runs for every frame, so it
        calls nothing."""
        left = self._left
        if now > self._since:
            left += (now - self._since) * self._per_ms
            if left > self._burst:
                left = self._burst
        self._since = now
        if left >= 1:
            self._left = left - 1
            return 0
        self._left = left
        return int((1 - left) / self._per_ms) + 1

    def put_back(self) -> None:
        """Put back a token that was taken but not used."""
        self._left = min(self._burst, self._left + 1)
