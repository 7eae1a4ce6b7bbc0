"""A90: a visitor floods from five tabs, a consultant from two; rate limits apply to all their tabs together."""

import asyncio
import json
import secrets
import time
from typing import Any

import pytest

from tests.attack.peer import TEXT, Peer, Port, text
from tests.e2e.hospital import DENTISTRY
from tests.e2e.quarters import CANARY, Quarters

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

SETTINGS = {
    "CHATSERVER_OFFLINE_PER_HOUR": "5",
    "CHATSERVER_VISITOR_READS_PER_S": "5",
    "CHATSERVER_STAFF_READS_PER_S": "5",
    "CHATSERVER_OFFLINE_PER_HOUR_AND_ADDRESS": "12",
    "CHATSERVER_SHARED_NETWORKS": "",
}
EACH = 30
LEFT: dict[str, Any] = {"type": "offline.leave", "kind": "question", "body": f"{CANARY} flood", "phone": "13800138000"}


async def flood(tabs: list[Peer], asked: dict[str, Any], each: int = EACH) -> dict[str, int]:
    """Send the same from all tabs at once; returns how often each answer came."""
    refs = {id(tab): [secrets.token_urlsafe(24) for _ in range(each)] for tab in tabs}
    for tab in tabs:
        tab.send(b"".join(text(asked | {"ref": ref}) for ref in refs[id(tab)]))
    answers: dict[str, int] = {}
    for tab in tabs:
        missing = set(refs[id(tab)])
        while missing:
            told = await tab.next_frame()
            frame = json.loads(told.payload) if told.opcode == TEXT else {}
            if frame.get("ref") in missing:
                missing.discard(frame["ref"])
                name = str(frame.get("code", frame["type"]))
                answers[name] = answers.get(name, 0) + 1
    return answers


async def test_a_visitor_leaves_five_messages_however_many_tabs(quarters: Quarters, port: Port) -> None:
    async with quarters.undisturbed():
        token = await asyncio.to_thread(quarters.server.visitor_token)
        tabs = [await port.socket(token, "127.0.0.2") for _ in range(5)]
        assert await flood(tabs, LEFT) == {"accepted": 5, "rate_limited": 5 * EACH - 5}
        again = await port.socket(token, "127.0.0.9")
        assert await flood([again], LEFT, 3) == {"rate_limited": 3}, "neither a reconnect nor another address helps"


async def test_an_address_leaves_twelve_however_many_tokens(quarters: Quarters, port: Port) -> None:
    async with quarters.undisturbed():
        tokens = [await asyncio.to_thread(quarters.server.visitor_token) for _ in range(6)]
        tabs = [await port.socket(token, "127.0.0.3") for token in tokens]
        answers = await flood(tabs, LEFT, 4)
        assert answers == {"accepted": 12, "rate_limited": 12}


async def test_reads_are_counted_over_all_tabs(quarters: Quarters, port: Port) -> None:
    async with quarters.undisturbed(stored=True):
        token = await asyncio.to_thread(quarters.server.visitor_token)
        tabs = [await port.socket(token, "127.0.0.4") for _ in range(5)]
        opening = {"type": "conversation.open", "department": DENTISTRY, "body": f"{CANARY} hello"}
        tabs[0].send(text(opening | {"ref": secrets.token_urlsafe(24)}))
        conversation = (await tabs[0].until("accepted"))["conversation"]
        began = time.monotonic()
        answers = await flood(tabs, {"type": "history.get", "conversation": conversation})
        took = time.monotonic() - began
        assert 50 <= answers["history"] <= 51 + 5 * took
        assert answers["rate_limited"] == 5 * EACH - answers["history"]


async def test_drafts_and_lists_of_staff_are_counted_over_all_windows(quarters: Quarters, port: Port) -> None:
    async with quarters.undisturbed(stored=True):
        tabs = [await port.peer() for _ in range(2)]
        for tab in tabs:
            await tab.enter_staff(quarters.people["mei"].cookie)
        conversation = quarters.ann.conversation
        began = time.monotonic()
        kept = await flood(tabs, {"type": "draft.save", "conversation": conversation, "mode": "note", "body": CANARY})
        lists = await flood(tabs, {"type": "list.get", "list": "colleagues"})
        took = time.monotonic() - began
        assert 40 <= kept["accepted"] <= 41 + 5 * took
        assert lists["accepted"] <= 51 + 5 * took
        assert kept["rate_limited"] == 2 * EACH - kept["accepted"]
