"""A91: a consultant takes over sixty 留言 to read their phone numbers; showing each one is a recorded action."""

import asyncio
import json
import secrets
import sqlite3
from typing import Any

import pytest

from tests.attack.peer import TEXT, Peer, Port, text
from tests.e2e.hospital import GYNECOLOGY
from tests.e2e.quarters import CANARY, Quarters

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

LEFT, SHOWN = 60, 20


def number(at: int) -> str:
    return f"138001380{at:02d}"


async def leave_all(quarters: Quarters, port: Port) -> list[str]:
    """Leave the messages; returns their ids."""
    ids = []
    for at in range(LEFT):
        peer = await port.socket(await asyncio.to_thread(quarters.server.visitor_token))
        left = {"type": "offline.leave", "kind": "question", "department": GYNECOLOGY, "phone": number(at)}
        peer.send(text(left | {"ref": secrets.token_urlsafe(24), "body": f"{CANARY} {at}"}))
        ids.append(str((await peer.until("accepted"))["id"]))
        peer.drop()
    return ids


class Window:
    """A consultant's window, and every byte it received."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.told = ""

    async def ask(self, type: str, **fields: Any) -> dict[str, Any]:
        ref = secrets.token_urlsafe(24)
        self.peer.send(text({"type": type, "ref": ref, **fields}))
        while True:
            told = await self.peer.next_frame()
            if told.opcode != TEXT:
                continue
            self.told += told.payload.decode()
            if (frame := json.loads(told.payload)).get("ref") == ref:
                return dict(frame)


def written(quarters: Quarters) -> list[tuple[str, str]]:
    connection = sqlite3.connect(f"file:{quarters.server.database}?mode=ro", uri=True)
    try:
        query = "SELECT actor, object_id FROM audit_entries WHERE action = 'offline.reveal' ORDER BY number"
        return connection.execute(query).fetchall()
    finally:
        connection.close()


async def test_taking_over_shows_no_numbers_and_twenty_can_be_revealed(quarters: Quarters, port: Port) -> None:
    async with quarters.undisturbed(stored=True):
        ids = await leave_all(quarters, port)
        peer = await port.peer()
        window = Window(peer)
        await peer.enter_staff(quarters.people["mei"].cookie)
        for id in ids:
            assert (await window.ask("offline.take", id=id))["type"] == "accepted"
        await window.ask("list.get", list="offline")
        assert "138****80" in window.told
        assert not any(number(at) in window.told for at in range(LEFT))
        answers = [await window.ask("offline.reveal", id=id) for id in ids]
        assert [each.get("phone") for each in answers[:SHOWN]] == [number(at) for at in range(SHOWN)]
        assert {each.get("code") for each in answers[SHOWN:]} == {"rate_limited"}
        assert sum(number(at) in window.told for at in range(LEFT)) == SHOWN
        assert written(quarters) == [(quarters.people["mei"].id, id) for id in ids[:SHOWN]]


async def test_a_number_of_somebody_elses_message_is_not_shown(quarters: Quarters, port: Port) -> None:
    async with quarters.undisturbed():
        before = written(quarters)
        visitor = await port.socket(await asyncio.to_thread(quarters.server.visitor_token))
        left = {"type": "offline.leave", "kind": "question", "department": GYNECOLOGY, "phone": number(LEFT)}
        visitor.send(text(left | {"ref": secrets.token_urlsafe(24), "body": f"{CANARY} call me"}))
        id = (await visitor.until("accepted"))["id"]
        peer = await port.peer()
        window = Window(peer)
        await peer.enter_staff(quarters.people["bo"].cookie)
        assert (await window.ask("offline.reveal", id=id))["code"] == "not_found"
        assert number(LEFT) not in window.told
        assert written(quarters) == before
