"""A token bucket: so many at once, then so many a second. Reads no clock: the time is passed in."""


class TokenBucket:
    """Holds `burst` tokens and regains `per_second`. `now` is in ms of any one clock; a clock that is set back counts
    as one that stood still. `lasts`: a request of which nothing came puts its token back."""

    __slots__ = ("_burst", "_left", "_per_ms", "_since", "lasts")

    def __init__(self, per_second: float, burst: float, *, lasts: bool = False) -> None:
        self.lasts = lasts
        self._per_ms = per_second / 1000
        self._burst = burst
        self._left = burst
        self._since = 0.0

    def is_full(self, now: float) -> bool:
        """Whether nothing is used up any more."""
        return self._left + max(0, now - self._since) * self._per_ms >= self._burst

    def take(self, now: float) -> int:
        """0 when a token was there, else the ms until one will be. Runs for every frame, so it calls nothing."""
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
        """A token that was taken was not used."""
        self._left = min(self._burst, self._left + 1)
