"""Counts what happens on the hospital's pages, in memory, and writes the numbers every few seconds.

A node that is killed loses the numbers of those seconds. No message depends on them.
"""

import secrets
from collections import deque

from chatserver.domain.refusals import Refused
from chatserver.domain.site_counts import OTHER_PAGES, Counted, Kind, hour_of
from chatserver.hub.services import Services
from chatserver.store import site_counts
from chatserver.store.tx import SYSTEM, Tx

WRITE_EVERY_MS = 5_000
MOST_WAITING = 2_000
"""Numbers that wait to be written. Beyond that, all pages of a site are counted together."""
SLICE_MS = 30_000
SLICES = 10
"""Five minutes: as long as a browser keeps the script whose requests are counted."""


class SiteCounts:
    """The counters of this node. `look` is called about once a second, `stop` at the end."""

    def __init__(self, services: Services) -> None:
        self._database = services.database
        self._now = services.now
        self._node = secrets.token_hex(8)
        self._waiting: dict[Counted, int] = {}
        self._browsers: dict[str, deque[tuple[int, int]]] = {}
        self._written: dict[str, int] = {}
        self._written_at = 0

    def add(self, site: str, page: str, source: str, kind: Kind, times: int = 1) -> None:
        """Something happened on a page: its path and source, each empty if it is not known."""
        where = Counted(site, hour_of(self._now()), page, source, kind)
        if where not in self._waiting and len(self._waiting) >= MOST_WAITING:
            where = where._replace(page=OTHER_PAGES)
        self._waiting[where] = self._waiting.get(where, 0) + times

    def browser(self, site: str) -> None:
        """A browser asked for the script that each page of the site fetches, at most once in five minutes."""
        slices = self._browsers.setdefault(site, deque())
        at = self._now() // SLICE_MS
        if slices and slices[-1][0] == at:
            slices[-1] = (at, slices[-1][1] + 1)
        else:
            slices.append((at, 1))
        if len(slices) > SLICES + 1:
            slices.popleft()

    def browsers(self) -> dict[str, int]:
        """How many browsers were on each site in the last five minutes, as far as this node knows."""
        oldest = self._now() // SLICE_MS - SLICES
        return {site: sum(n for at, n in slices if at > oldest) for site, slices in self._browsers.items()}

    async def look(self) -> None:
        """Write what was counted, every few seconds."""
        if self._now() - self._written_at >= WRITE_EVERY_MS:
            await self.write()

    async def write(self) -> None:
        """Write now. Numbers that the database did not take are written the next time."""
        self._written_at = self._now()
        counts, self._waiting = self._waiting, {}
        browsers = self.browsers()
        told = {site: number for site, number in browsers.items() if number or self._written.get(site)}
        if not counts and not told:
            return

        def work(tx: Tx) -> None:
            site_counts.add(tx, counts)
            site_counts.set_browsers(tx, self._node, told)

        try:
            await self._database.write(work, self._now, SYSTEM)
        except Refused:
            for where, times in counts.items():
                self._waiting[where] = self._waiting.get(where, 0) + times
            raise
        self._written = told

    async def stop(self) -> None:
        """Write what was counted last."""
        try:
            await self.write()
        except Refused:
            return
