"""People who talk without a pause, for the crash tests: visitors who write, consultants who answer, note and
transfer."""

import asyncio
import random
import time
from collections.abc import Sequence
from pathlib import Path

from tests.e2e.hospital import GYNECOLOGY, Member
from tests.e2e.journal import Journal
from tests.e2e.oracle import Stored
from tests.e2e.patience import allowed
from tests.e2e.people import Consultant, Visitor
from tests.e2e.rawclient import Client
from tests.e2e.reading import Frame

UNACCEPTED = 4
THINKS = (0.04, 0.2)
"""Seconds between two messages of one visitor."""
ENDS, ANSWERS, NOTES, TRANSFERS = 0.01, 0.5, 0.1, 0.03
DRAINED_WITHIN = 30.0
OPENED_WITHIN = 120.0
"""Seconds, while servers may be killed one after the other: only a hospital that hangs takes them."""
UNDECIDED = ("waiting", "ringing", "transferring")
"""Phases that end by themselves while everybody is present and has capacity; each end adds an entry."""


class Talker(Visitor):
    """Writes one message after the other, also into a conversation that has ended, which reopens it."""

    async def talk(self, dice: random.Random, enough: asyncio.Event) -> None:
        await self.open(GYNECOLOGY, f"{self.name} begins", allowed(OPENED_WITHIN))
        said = 0
        while not enough.is_set():
            await asyncio.sleep(dice.uniform(*THINKS))
            if len(self.unaccepted) >= UNACCEPTED:
                continue
            said += 1
            await self.say(f"{self.name} says {said}, {dice.randbytes(8).hex()}")


class Answerer(Consultant):
    """Answers about half of the messages, writes notes, and occasionally transfers or ends a conversation."""

    def __init__(self, port: int, name: str, journal: Journal, member: Member, dice: random.Random) -> None:
        super().__init__(port, name, journal, member)
        self._dice = dice
        self._seen: set[str] = set()
        self.enough = False

    async def on_entry(self, entry: Frame) -> None:
        await super().on_entry(entry)
        conversation = entry["conversation"]
        is_new = entry["id"] not in self._seen and entry["author"]["kind"] == "visitor"
        self._seen.add(entry["id"])
        if self.enough or not is_new or entry["kind"] != "message" or conversation not in self.owned():
            return
        if self._dice.random() < ANSWERS:
            await self.say(conversation, f"{self.name} answers {entry['id']}")
        if self._dice.random() < NOTES:
            await self.ask("note.post", conversation=conversation, body=f"{self.name} notes {entry['id']}")
        if self._dice.random() < TRANSFERS:
            await self._pass_on(conversation)
        elif self._dice.random() < ENDS:
            fence = self.fence(conversation)
            await self.ask("conversation.close", conversation=conversation, fence=fence, outcome="answered")

    async def _pass_on(self, conversation: str) -> None:
        free = [id for id, each in self.colleagues.items() if id != self.member.id and not each.get("why_not")]
        if free:
            fence, to = self.fence(conversation), self._dice.choice(sorted(free))
            await self.ask("transfer.offer", conversation=conversation, fence=fence, note="for you", consultant=to)


async def drained(clients: Sequence[Client], database: Path | str, within: float = DRAINED_WITHIN) -> Stored:
    """Wait until everything is answered and everybody has what they should have; returns the database of that moment.

    `within`: seconds without any progress, on an idle machine. However much there is left, a slow machine gets on with
    it.
    Where consultants answer by themselves, nothing may be waiting for assignment either: it would be assigned a moment
    later.
    """
    served = any(isinstance(client, Answerer) for client in clients)
    within = allowed(within)
    end, before = time.monotonic() + within, [""]
    while True:
        stored = Stored.read(database)
        late = [behind for client in clients if (behind := lag(client, stored, served=served))]
        if not late:
            return stored
        if late != before:
            end, before = time.monotonic() + within, late
        assert time.monotonic() < end, f"not drained within {within} s: {late[:5]}"
        await asyncio.sleep(0.1)


def lag(client: Client, stored: Stored, *, served: bool = True) -> str:
    """What this client still waits for; empty when nothing. `served`: visitors who wait for a consultant will get
    one."""
    if client.unaccepted:
        return f"{client.name} waits for answers: {list(client.unaccepted.values())[:2]}"
    is_visitor = isinstance(client, Visitor)
    ids = list(client.held)
    waiting = [id for id in ids if stored.conversations[id]["phase"] in UNDECIDED]
    if waiting and served:
        return f"{client.name} waits for somebody in {waiting}"
    if isinstance(client, Consultant):
        ids = [id for id, row in stored.conversations.items() if row["owner_id"] == client.member.id]
    for id in ids:
        after = client.held[id].after if id in client.held else 0
        head = stored.head(id, visitor=is_visitor)
        if after != head:
            return f"{client.name} is at {after} of {head} in {id}"
    return ""
