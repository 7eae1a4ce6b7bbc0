"""Many people who reconnect as the real link does (widget/src/shared/link/backoff.ts), and how long each was away.

A town (havoc.py) talks as fast as it can and reconnects at once. A crowd writes at a pace that the machine can easily
carry, because here the time until people are served again is measured.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.e2e.cluster import Cluster
from tests.e2e.hospital import GYNECOLOGY
from tests.e2e.journal import Journal
from tests.e2e.people import Consultant, Visitor
from tests.e2e.rawclient import Client

FIRST, LONGEST, HEALTHY = 0.5, 30.0, 30.0
DIED, RESTART = 3.0, 5.0
DRAINED, RESTARTS, NO_WORD = 4001, 1012, 1006
AT_ONCE = 20
"""How many connect at the same time; the clients share the machine with the server."""
CAPACITY = 20


class Patient(Client):
    """Waits as the real link does, and records when it was lost and welcomed."""

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]  # for whichever other parent
        self.losses = 0
        self.welcomed_at = 0.0
        self._tries = 0

    def pause(self) -> float:
        if self.connections > self._tries:
            # It was established, so a new wait begins: from the start if the connection was healthy.
            self.losses = 0 if time.monotonic() - self.welcomed_at > HEALTHY else self.losses
            code: int | None = self.close_code or NO_WORD
        else:
            code = None
        self._tries = self.connections
        self.losses += 1
        if code == DRAINED and self.losses == 1:
            return 0.0
        longest = min(LONGEST, FIRST * 2.0 ** (self.losses - 1))
        return random.random() * max(longest, {RESTARTS: RESTART, NO_WORD: DIED}.get(code or 0, 0.0))

    async def on_welcome(self) -> None:
        await super().on_welcome()
        self.welcomed_at = time.monotonic()
        self.journal.note(self.name, "welcomed", connection=self.connections)


class PatientVisitor(Patient, Visitor):
    """A visitor of a crowd."""


class PatientConsultant(Patient, Consultant):
    """A consultant of a crowd."""


@dataclass
class Crowd:
    """Visitors with a conversation each, and the consultants who answer them."""

    house: Cluster
    visitors: list[PatientVisitor]
    consultants: list[PatientConsultant]

    @property
    def clients(self) -> Sequence[PatientVisitor | PatientConsultant]:
        return [*self.consultants, *self.visitors]

    async def chat(self, per_second: float) -> None:
        """So many messages a second, by visitors and consultants in turn, in all conversations; until cancelled."""
        number = 0
        while True:
            number += 1
            visitor = random.choice(self.visitors)
            await visitor.say(f"{visitor.name} says {number}")
            consultant = random.choice(self.consultants)
            if owned := consultant.owned():
                await consultant.say(random.choice(owned), f"{consultant.name} answers {number}")
            await asyncio.sleep(2 / per_second)

    async def all_welcome(self, within: float) -> None:
        """Wait until everybody is connected."""
        end = time.monotonic() + within
        while away := [client.name for client in self.clients if client.welcome is None]:
            assert time.monotonic() < end, f"{len(away)} are not back within {within} s: {away[:5]}"
            await asyncio.sleep(0.05)


@asynccontextmanager
async def crowd(house: Cluster, visitors: int) -> AsyncIterator[Crowd]:
    """So many visitors and all consultants of the hospital; each conversation is assigned to one of them."""
    journal = house.journal
    tokens = await asyncio.to_thread(lambda: [house.token() for _ in range(visitors)])
    consultants = [PatientConsultant(house.port, login, journal, each) for login, each in house.people.items()]
    guests = [PatientVisitor(house.port, f"v{number}", journal, token) for number, token in enumerate(tokens)]
    gathered = Crowd(house, guests, consultants)
    door = asyncio.Semaphore(AT_ONCE)

    async def enter(client: PatientVisitor | PatientConsultant) -> None:
        async with door:
            await client.start()
            if isinstance(client, PatientVisitor):
                await client.open(GYNECOLOGY, f"{client.name} begins")
                await client.until_standing("being served", state="active")
            else:
                await client.asked("availability.set", availability="online")

    try:
        await asyncio.gather(*map(enter, consultants))
        await asyncio.gather(*map(enter, guests))
        yield gathered
    finally:
        await asyncio.gather(*(client.leave() for client in gathered.clients))


def absences(journal: Journal, since: float) -> list[float]:
    """How long each client was away each time, of those that were disconnected after that moment and welcomed again."""
    away: dict[str, float] = {}
    lasted: list[float] = []
    for line in journal.of("closed", "welcomed"):
        if line.what == "closed" and line.at >= since:
            away[line.who] = line.at
        elif line.what == "welcomed" and line.who in away:
            lasted.append(line.at - away.pop(line.who))
    return sorted(lasted)


def share(lasted: Sequence[float], part: float) -> float:
    """The longest absence within this part of them: `share(…, 0.95)`."""
    return lasted[max(0, -(-len(lasted) * round(part * 1000) // 1000) - 1)]
