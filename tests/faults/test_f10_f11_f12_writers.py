"""F10, F11, F12: many clients write at once, the same or different things, on as many nodes as there are."""

import asyncio
import json
import secrets
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from chatserver.store.database import Where
from tests.e2e.hospital import GYNECOLOGY, Wanted
from tests.e2e.journal import Journal
from tests.e2e.load import drained
from tests.e2e.oracle import Oracle, Stored, complain
from tests.e2e.people import Consultant, Visitor
from tests.e2e.procs import Server
from tests.e2e.rawclient import Client
from tests.faults.counts import count, within
from tests.faults.places import started_on

pytestmark = [pytest.mark.whole, pytest.mark.slow]

Servers = Callable[[Server], Server]

TABS, CONSOLES = 5, 3
"""As many as one person may have."""
AT_ONCE = 50
UNANSWERED = 8
"""Messages a client sends without waiting, as the protocol advises."""


class Room:
    """One conversation, with all tabs of its visitor and all consoles of its owner spread over the nodes."""

    def __init__(self, nodes: list[Server], journal: Journal) -> None:
        self.nodes = nodes
        self.journal = journal
        self.where = nodes[0].where
        self.conversation = ""
        self.tabs: list[Visitor] = []
        self.consoles: list[Consultant] = []

    @classmethod
    async def made(cls, place: Where, folder: Path, bus: str, servers: Servers, journal: Journal) -> "Room":
        nodes, people = await started_on(place, folder, bus, servers, [Wanted("mei")])
        room = cls(nodes, journal)
        token = await asyncio.to_thread(nodes[0].visitor_token)
        for number in range(CONSOLES):
            console = Consultant(room.port(number), f"mei{number}", journal, people["mei"])
            await console.start()
            room.consoles.append(console)
        await room.consoles[0].asked("availability.set", availability="online")
        for number in range(TABS):
            tab = Visitor(room.port(number), f"ann{number}", journal, token)
            await tab.start()
            room.tabs.append(tab)
        conversation = await room.tabs[0].open(GYNECOLOGY, "hello")
        for tab in room.tabs:
            tab.conversation = conversation
            await tab.until(partial(is_live, tab, conversation), "the conversation")
        for console in room.consoles:
            await console.until_owned(conversation)
        room.conversation = conversation
        return room

    @property
    def clients(self) -> list[Client]:
        return [*self.tabs, *self.consoles]

    def port(self, number: int) -> int:
        return self.nodes[number % len(self.nodes)].port

    async def end(self) -> Stored:
        """Everybody leaves, once everybody has everything."""
        await drained(self.clients, self.where)
        for client in self.clients:
            await client.leave()
        for node in self.nodes:
            assert await asyncio.to_thread(node.stop) == 0
        stored = Stored.read(self.where, check=True)
        complain(Oracle(self.journal, self.clients, stored).verdict())
        return stored


def is_live(client: Client, conversation: str) -> bool:
    return conversation in client.held and client.held[conversation].live


@within(quick=120, full=300)
async def test_f10_the_same_ref_fifty_times_at_once_is_one_entry(
    empty_place: Where, tmp_path: Path, redis_url: str, servers: Servers, journal: Journal
) -> None:
    rounds = count("F10", quick=20, full=200)
    room = await Room.made(empty_place, tmp_path, redis_url, servers, journal)
    for number in range(rounds):
        frame = {"type": "message.post", "ref": secrets.token_urlsafe(24), "conversation": room.conversation}
        frame |= {"body": f"said {AT_ONCE} times, {number}"}
        journal.note("ann", "sent", frame=frame)
        spelled = json.dumps(frame)
        await asyncio.gather(*(room.tabs[each % TABS].send_text(spelled) for each in range(AT_ONCE)))
        answers = [answer for tab in room.tabs for answer in await all_answers(tab, str(frame["ref"]))]
        assert {answer["type"] for answer in answers} == {"accepted"}
        assert len({answer["seq"] for answer in answers}) == 1
        assert sum(not answer.get("repeat", False) for answer in answers) == 1
    stored = await room.end()
    assert sum(row["body"] is not None and row["body"].startswith("said") for row in stored) == rounds


async def all_answers(tab: Visitor, ref: str) -> list[dict[str, object]]:
    """One for each time this tab has sent it."""
    await tab.until(lambda: len(tab.answers.get(ref, ())) == AT_ONCE // TABS, "every answer")
    return tab.answers[ref]


async def test_f11_a_ref_is_not_used_for_something_else(
    empty_place: Where, tmp_path: Path, redis_url: str, servers: Servers, journal: Journal
) -> None:
    room = await Room.made(empty_place, tmp_path, redis_url, servers, journal)
    ann, mei = room.tabs[-1], room.consoles[-1]
    first = await ann.asked("message.post", conversation=room.conversation, body="the first stands")
    ref = first["ref"]
    for type, fields in (
        ("message.post", {"body": "something else"}),
        ("message.post", {"body": "the first stands!"}),
        ("conversation.close", {}),
    ):
        refused = await ann.asked(type, ref=ref, conversation=room.conversation, **fields)
        assert (refused["type"], refused.get("code")) == ("refused", "idempotency_conflict")
        assert refused["retry"] == "no"
    again = await room.tabs[0].asked("message.post", ref=ref, conversation=room.conversation, body="the first stands")
    assert (again["type"], again["seq"], again["repeat"]) == ("accepted", first["seq"], True)
    noted = await mei.answer(await mei.ask("note.post", ref=ref, conversation=room.conversation, body="another's ref"))
    assert (noted["type"], noted.get("repeat", False)) == ("accepted", False)
    stored = Stored.read(room.where)
    assert [row["body"] for row in stored if row["ref"] == ref] == ["the first stands", "another's ref"]
    for client in room.clients:
        await client.leave()


@within(quick=120, full=600)
async def test_f12_all_who_write_at_once_see_one_order(
    empty_place: Where, tmp_path: Path, redis_url: str, servers: Servers, journal: Journal
) -> None:
    room = await Room.made(empty_place, tmp_path, redis_url, servers, journal)
    each = count("F12", quick=500, full=10_000) // len(room.clients)
    await asyncio.gather(*(talk(client, room.conversation, each) for client in room.clients))
    stored = await room.end()
    seen = [[entry["id"] for entry in tab.held[room.conversation].entries] for tab in room.tabs]
    assert all(each == seen[0] for each in seen)
    bodies = [row["body"] for row in stored.entries[room.conversation] if row["event"] == "message_posted"]
    for client in room.clients:
        said = [body for body in bodies if body.startswith(f"{client.name} ")]
        assert said == [f"{client.name} says {number}" for number in range(each)]


async def talk(client: Client, conversation: str, many: int) -> None:
    """So many messages, one after the other, with few of them unanswered at a time."""
    for number in range(many):
        await client.until(lambda: len(client.unaccepted) < UNANSWERED, "answers")
        fence = {"fence": client.fence(conversation)} if isinstance(client, Consultant) else {}
        await client.ask("message.post", conversation=conversation, body=f"{client.name} says {number}", **fence)
