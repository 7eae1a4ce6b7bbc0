"""A40, A42: a visitor who floods is refused, then disconnected, and no more is stored than the rate limit allows."""

import asyncio
import json
import secrets
import sqlite3
from typing import Any

import pytest

from tests.attack.peer import CLOSE, TEXT, Peer, Port, text
from tests.e2e.hospital import DENTISTRY
from tests.e2e.quarters import CANARY, Quarters

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

BURST = 5
SETTINGS = {
    "CHATSERVER_VISITOR_FRAMES_PER_S": "20",
    "CHATSERVER_VISITOR_MESSAGES_BURST": str(BURST),
    "CHATSERVER_VISITOR_MESSAGES_PER_5_MIN": "60",
}
FLOOD = 400
SHOWN_OUT = 4029
SECONDS = 20
"""A flood must have ended within this time: at one more message a second, this many could be stored."""

FLOODS: dict[str, dict[str, Any]] = {
    "messages": {"type": "message.post", "conversation": "%O", "body": f"{CANARY} flood"},
    "signs of typing": {"type": "typing", "conversation": "%O", "on": True},
    "marks of what was seen": {"type": "conversation.seen", "conversation": "%O", "seq": 1},
    "pages of history": {"type": "history.get", "conversation": "%O"},
    "heads": {"type": "heads.get", "at": []},
    "openings": {"type": "conversation.open", "department": DENTISTRY, "body": f"{CANARY} flood"},
    "stars": {"type": "conversation.rate", "conversation": "%O", "stars": 1},
    "留言": {"type": "offline.leave", "kind": "question", "body": f"{CANARY} flood", "phone": "13800138000"},
    "回电": {"type": "callback.request", "body": f"{CANARY} flood", "phone": "13800138000"},
    "pongs": {"type": "pong", "n": 1},
    "frames that nobody knows": {"type": "nothing"},
}


@pytest.mark.parametrize("name", FLOODS)
async def test_a_flood_is_refused_and_then_disconnected(quarters: Quarters, port: Port, name: str) -> None:
    async with quarters.undisturbed(stored=True):
        token = await asyncio.to_thread(quarters.server.visitor_token)
        peer = await port.socket(token)
        conversation = await opened(peer)
        before = stored(quarters)
        asks = {field: conversation if value == "%O" else value for field, value in FLOODS[name].items()}
        for _ in range(FLOOD):
            ref = {} if asks["type"] in ("typing", "conversation.seen", "pong") else {"ref": secrets.token_urlsafe(24)}
            peer.send(text(asks | ref))
        codes, closed = await answers(peer)
        assert closed == SHOWN_OUT or (name == "frames that nobody knows" and closed == 4500)
        assert set(codes) <= {"rate_limited", "unknown_type", "out_of_turn", "accepted", "history", "heads"}
        assert stored(quarters) - before <= BURST + SECONDS


async def opened(peer: Peer) -> str:
    answer = await asked(peer, {"type": "conversation.open", "department": DENTISTRY, "body": f"{CANARY} hello"})
    return str(answer["conversation"])


async def asked(peer: Peer, fields: dict[str, Any]) -> dict[str, Any]:
    ref = secrets.token_urlsafe(24)
    peer.send(text(fields | {"ref": ref}))
    while True:
        told = await peer.next_frame()
        if told.opcode == TEXT and (answer := told.json()).get("ref") == ref:
            return answer


async def answers(peer: Peer) -> tuple[list[str], int]:
    """How each was answered, by code or type, and the close code."""
    codes: list[str] = []
    while True:
        told = await peer.next_frame()
        if told.opcode == CLOSE:
            return codes, told.code
        # The visitor's own entries name the ref of their message, too.
        if told.opcode == TEXT and "ref" in (answer := json.loads(told.payload)) and answer["type"] != "entry":
            codes.append(str(answer.get("code", answer["type"])))


def stored(quarters: Quarters) -> int:
    """Rows that visitors have caused."""
    connection = sqlite3.connect(f"file:{quarters.server.database}?mode=ro", uri=True)
    try:
        tables = ("entries", "ratings", "offline_messages", "callbacks")
        return sum(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables)
    finally:
        connection.close()
