"""A88, A89: one address sends sixty emergencies, and fills a queue; the others keep their places, the first three
emergencies their priority."""

import asyncio
import secrets
import sqlite3
from typing import Any

import pytest

from tests.attack.peer import TEXT, Peer, Port, text
from tests.e2e.hospital import DENTISTRY
from tests.e2e.quarters import CANARY, Quarters

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

LIMIT = 20
SETTINGS = {
    "CHATSERVER_SHARED_NETWORKS": "",
    "CHATSERVER_QUEUE_LIMIT": str(LIMIT),
    "CHATSERVER_EMERGENCIES_PER_HOUR_AND_ADDRESS": "3",
}
CRY = f"胸痛得厉害，喘不上气 {CANARY}"
QUESTION = f"请问挂号 {CANARY}"
CRIES, OPENINGS = 60, 25
CRIER, FILLER, OTHER = "127.0.0.2", "127.0.0.3", "127.0.0.4"
REF = secrets.token_urlsafe(24)


async def open_at_once(quarters: Quarters, port: Port, source: str, count: int, body: str) -> list[Peer]:
    """So many strangers from one address, each with a token, all at the same time."""
    tokens = [await asyncio.to_thread(quarters.server.visitor_token) for _ in range(count)]
    peers = [await port.socket(token, source) for token in tokens]
    for peer in peers:
        peer.send(text({"type": "conversation.open", "ref": REF, "department": DENTISTRY, "body": body}))
    return peers


async def received(peer: Peer, *wanted: str) -> dict[str, Any]:
    """The answer, once each of these was received: frame types or event names."""
    answer: dict[str, Any] = {}
    missing = set(wanted)
    while missing or not answer:
        told = await peer.next_frame()
        frame = told.json() if told.opcode == TEXT else {}
        entries = frame.get("entries", [frame])
        missing -= {frame.get("type", ""), *(each.get("event", {}).get("name", "") for each in entries)}
        if frame.get("ref") == REF and frame["type"] in ("accepted", "refused"):
            answer = frame
    return answer


def open_now(quarters: Quarters) -> list[tuple[str, int, int]]:
    """Phase, priority and surplus mark of every open conversation in that department."""
    connection = sqlite3.connect(f"file:{quarters.server.database}?mode=ro", uri=True)
    try:
        query = "SELECT phase, priority, crowded FROM conversations WHERE department = ? AND phase <> 'closed'"
        return connection.execute(query, (DENTISTRY,)).fetchall()
    finally:
        connection.close()


async def test_one_address_fills_no_queue(quarters: Quarters, port: Port) -> None:
    async with quarters.undisturbed(stored=True):
        before = sum(phase == "waiting" and not crowded for phase, _, crowded in open_now(quarters))
        peers = await open_at_once(quarters, port, FILLER, OPENINGS, QUESTION)
        answers = [await received(peer) for peer in peers]
        taken = [each for each in answers if each["type"] == "accepted"]
        refused = [each for each in answers if each["type"] == "refused"]
        assert len(taken) == max(LIMIT // 4, LIMIT // 2 - before)
        assert {(each["code"], each["details"]["why"]) for each in refused} == {("queue_full", "address")}
        [other] = await open_at_once(quarters, port, OTHER, 1, QUESTION)
        assert (await received(other))["type"] == "accepted"


async def test_sixty_emergencies_all_see_120_and_three_have_priority(quarters: Quarters, port: Port) -> None:
    async with quarters.undisturbed(stored=True):
        before = open_now(quarters)
        for peer in await open_at_once(quarters, port, CRIER, CRIES, CRY):
            await received(peer, "accepted", "emergency_noticed")
        rows = open_now(quarters)
        assert len(rows) == len(before) + CRIES
        # One that was assigned meanwhile no longer waits, and needs no priority.
        assert sum(priority == 20 or phase != "waiting" for phase, priority, _ in rows) == 3
        assert all(priority != 20 for _, priority, crowded in rows if crowded)
        assert sum(bool(crowded) for _, _, crowded in rows) == CRIES - 3
        [other] = await open_at_once(quarters, port, OTHER, 1, QUESTION)
        assert (await received(other))["type"] == "accepted", "they keep nobody else out"
