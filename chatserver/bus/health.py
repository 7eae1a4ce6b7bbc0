"""The state of a node's link to the bus server: whether it is up, and whether a person without known connections can be
taken as absent. Logs each change once.

Up: the last renewal succeeded, the subscription is alive, and neither is older than `stale_s`. Trusted: up, and nothing
has cast doubt on it for a whole lease, so every live node has had the time to report its connections. This class does
no I/O.
"""

import time

import structlog

log = structlog.get_logger()


class BusHealth:
    """`lease_s` and `stale_s` are in seconds. The bus counts as down `stale_s` after the last renewal or received
    message."""

    def __init__(self, lease_s: float, stale_s: float) -> None:
        self._lease_s = lease_s
        self._stale_s = stale_s
        self.reachable = False
        self.listening = False
        self._renewed_at = self._received_at = float("-inf")
        self._reported_up: bool | None = None
        self._trusts = False
        self._trust_at = float("inf")
        self._why = ""

    @property
    def up(self) -> bool:
        known_at = min(self._renewed_at, self._received_at)
        return self.reachable and self.listening and time.monotonic() - known_at <= self._stale_s

    @property
    def trusted(self) -> bool:
        return self._trusts and self.up

    def reached(self) -> None:
        """A renewal was answered."""
        self.reachable = True
        self._renewed_at = time.monotonic()
        self.report()

    def received(self) -> None:
        """Something arrived over the subscription."""
        self.listening = True
        self._received_at = time.monotonic()
        self.report()

    def unreachable(self, why: Exception) -> None:
        self.reachable = False
        self._why = str(why)
        self.report()

    def unsubscribed(self, why: Exception) -> None:
        self.listening = False
        self._why = str(why)
        self.report()

    def distrust(self) -> None:
        """The server may have lost its data or been replaced: take nobody as absent for one lease."""
        self._trusts = False
        self._trust_at = time.monotonic() + self._lease_s

    def is_conclusive(self, asked_at: float) -> bool:
        """Whether a reading that began at `asked_at` proves who is absent."""
        return self.up and (self._trusts or asked_at >= self._trust_at)

    def trust(self) -> bool:
        """All nodes have been read. Returns whether trust is new."""
        new = not self._trusts
        self._trusts = True
        return new

    def started(self) -> None:
        """The start is over: a bus that is not up by now is logged as away."""
        if self._reported_up is None and not self.up:
            self._reported_up = True
        self.report()

    def report(self) -> None:
        """Log when the bus goes up or down. Before `started`, a bus that is not up yet is not logged as down."""
        up = self.up
        if up == bool(self._reported_up):
            return
        if not up:
            self._trusts = False
            log.warning("bus_away", why=self._why or "nothing heard for too long")
        else:
            self.distrust()
            self._why = ""
            if self._reported_up is not None:
                log.info("bus_back")
        self._reported_up = up
