"""One server with an honest visitor and an honest consultant, who must not notice anything that strangers do.

`undisturbed` surrounds each of those tests: nothing stored changes while the stranger acts, and afterwards the honest
two exchange a message over the sockets they have had all along.
"""

import asyncio
import hashlib
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.e2e.hospital import CHILDREN, DENTISTRY, GYNECOLOGY, WOMEN, Member, Wanted, found
from tests.e2e.journal import Journal
from tests.e2e.people import Consultant, Visitor
from tests.e2e.procs import WIDE, Server

CANARY = "canary-7f3a"
"""Occurs in every text that is sent here, and must not occur in any log."""

LIMITS = WIDE | {"CHATSERVER_VISITOR_FRAMES_PER_S": "100", "CHATSERVER_STAFF_FRAMES_PER_S": "200"}
"""More frames than the honest clients need at a test's speed, fewer than a flood."""

UNCHANGED = {
    "entries": "*",
    "ratings": "*",
    "drafts": "*",
    "conversations": 'id, phase, fence, owner_id, offer, hops, last_line, last_seq, last_visitor_seq, stars, "group"',
    "consultants": "id, availability, misses, disabled, last_given_at",
}
"""What no refused request may change. Connections and disconnections are stored elsewhere and do no harm."""


class Quarters:
    """`start` once, `leave` once. `settings` add to the limits or replace them; `more` are further staff."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None, more: Sequence[Wanted] = ()) -> None:
        people = [Wanted("mei", (WOMEN,)), Wanted("bo", (CHILDREN,)), *more]
        self.people: dict[str, Member] = found(folder / "data", people)
        self.server = Server(folder / "data", LIMITS | dict(settings or {}))
        self.journal = Journal()
        self.token = ""
        self.mallorys = ""
        self._rounds = 0

    async def start(self) -> "Quarters":
        await asyncio.to_thread(self.server.start)
        self.mei = await Consultant.sit_down(self.server, self.people["mei"], self.journal)
        self.bo = await Consultant.sit_down(self.server, self.people["bo"], self.journal)
        self.ann = await Visitor.arrive(self.server, "ann", self.journal)
        await self.ann.open(GYNECOLOGY, f"{CANARY} hello")
        await self.mei.until_owned(self.ann.conversation)
        self.token = await asyncio.to_thread(self.server.visitor_token)
        mallory = await self.mallory()
        # In a group where nobody answers: it keeps waiting, and no event of ours disturbs a comparison.
        self.mallorys = await mallory.open(DENTISTRY, f"{CANARY} mallory")
        await mallory.leave()
        return self

    async def leave(self) -> None:
        for client in (self.ann, self.mei, self.bo):
            await client.leave()
        await asyncio.to_thread(self.server.stop)

    async def mallory(self) -> Visitor:
        """A stranger with a token and a conversation of their own, who does not reconnect."""
        mallory = Visitor(self.server.port, "mallory", self.journal, self.token)
        mallory.conversation = self.mallorys
        mallory.comes_back = mallory.resends = False
        await mallory.start()
        if self.mallorys:
            await mallory.until(lambda: self.mallorys in mallory.held and mallory.held[self.mallorys].live, "replay")
        return mallory

    async def nosy(self) -> Consultant:
        """A second tab of another group's consultant."""
        nosy = Consultant(self.server.port, "bo", self.journal, self.people["bo"])
        nosy.comes_back = nosy.resends = False
        await nosy.start()
        return nosy

    async def second_tab(self) -> Consultant:
        """A second tab of the consultant who owns the honest conversation."""
        tab = Consultant(self.server.port, "mei", self.journal, self.people["mei"])
        tab.comes_back = tab.resends = False
        await tab.start()
        return tab

    def stored(self) -> str:
        """A fingerprint of everything that a refusal must leave unchanged."""
        connection = sqlite3.connect(f"file:{self.server.database}?mode=ro", uri=True)
        try:
            rows = [
                connection.execute(f"SELECT {columns} FROM {table}").fetchall() for table, columns in UNCHANGED.items()
            ]
        finally:
            connection.close()
        return hashlib.sha256(repr([sorted(map(repr, each)) for each in rows]).encode()).hexdigest()

    @asynccontextmanager
    async def undisturbed(self, *, stored: bool = False) -> AsyncIterator[None]:
        """Surrounds what a stranger does. `stored`: this time, something of theirs may be stored."""
        before = self.stored()
        yield
        assert stored or self.stored() == before, "something was stored"
        await self.round_trip()

    async def round_trip(self) -> None:
        """The honest two talk, over their original connections."""
        self._rounds += 1
        asked, answered = f"{CANARY} question {self._rounds}", f"{CANARY} answer {self._rounds}"
        await self.ann.say(asked)
        await self.mei.until_received(self.ann.conversation, asked)
        await self.mei.say(self.ann.conversation, answered)
        await self.ann.until(lambda: answered in self.ann.received(), "the honest answer")
        assert (self.ann.connections, self.mei.connections) == (1, 1)
        assert not list(self.journal.of("fault"))

    def assert_discreet(self) -> None:
        """The log has no traceback, and no text, token or cookie."""
        self.server.assert_no_traceback()
        said = self.server.said()
        for secret in (CANARY, self.token, self.ann.token, *(each.cookie for each in self.people.values())):
            assert secret not in said, "a text or a secret in the log"
