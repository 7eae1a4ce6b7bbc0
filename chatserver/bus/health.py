"""How things stand between a node and the server: is the bus up, and may absences be believed. Says so once per change.

Up: the last renewal succeeded, the news can be heard, and neither is longer ago than it may be. Trusted: up, and for a
whole lease nothing has shaken it, so that every node alive has had the time to say who is with it. Asks nobody.
"""

import time

import structlog

log = structlog.get_logger()


class BusHealth:
    """Seconds. `stale_s` after a renewal or a hearing, nothing is known any more."""

    def __init__(self, lease_s: float, stale_s: float) -> None:
        self._lease_s = lease_s
        self._stale_s = stale_s
        self.reachable = False
        self.listening = False
        self._renewed_at = self._heard_at = float("-inf")
        self._said_up: bool | None = None
        self._believes = False
        self._believe_at = float("inf")
        self._why = ""

    @property
    def up(self) -> bool:
        known_at = min(self._renewed_at, self._heard_at)
        return self.reachable and self.listening and time.monotonic() - known_at <= self._stale_s

    @property
    def trusted(self) -> bool:
        return self._believes and self.up

    def reached(self) -> None:
        """The server has answered a renewal."""
        self.reachable = True
        self._renewed_at = time.monotonic()
        self.look()

    def heard(self) -> None:
        """Something came over the subscription."""
        self.listening = True
        self._heard_at = time.monotonic()
        self.look()

    def unreachable(self, why: Exception) -> None:
        self.reachable = False
        self._why = str(why)
        self.look()

    def deaf(self, why: Exception) -> None:
        self.listening = False
        self._why = str(why)
        self.look()

    def doubt(self) -> None:
        """The server may have forgotten, or be another one: believe no absence for a lease."""
        self._believes = False
        self._believe_at = time.monotonic() + self._lease_s

    def may_believe(self, asked_at: float) -> bool:
        """Whether what was asked then shows who is not there."""
        return self.up and (self._believes or asked_at >= self._believe_at)

    def believe(self) -> bool:
        """Everybody has been read. Whether that is new."""
        new = not self._believes
        self._believes = True
        return new

    def started(self) -> None:
        """Whoever is not up by now is away."""
        if self._said_up is None and not self.up:
            self._said_up = True
        self.look()

    def look(self) -> None:
        """Say it when it is no longer as it was. Before the start is over, it has not been anyhow."""
        up = self.up
        if up == bool(self._said_up):
            return
        if not up:
            self._believes = False
            log.warning("bus_away", why=self._why or "nothing heard for too long")
        else:
            self.doubt()
            self._why = ""
            if self._said_up is not None:
                log.info("bus_back")
        self._said_up = up
