"""A47, A52: typed text never identifies anybody. A stranger who gives an earlier patient's name and number, or uses an
ended token, reads nothing of theirs."""

import asyncio
import json

import pytest

from tests.attack.peer import Port, hello, text
from tests.e2e.hospital import GYNECOLOGY
from tests.e2e.people import Visitor
from tests.e2e.quarters import CANARY, Quarters

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

PHONE, NAME = "13900139000", "王芳"


async def test_a_known_number_and_name_open_no_earlier_conversation(quarters: Quarters) -> None:
    async with quarters.undisturbed(stored=True):
        first = await Visitor.arrive(quarters.server, "first", quarters.journal)
        conversation = await first.open(GYNECOLOGY, f"{CANARY} I am {NAME}, {PHONE}")
        left = {"kind": "question", "body": f"{CANARY} private", "phone": PHONE, "name": NAME}
        assert (await first.asked("offline.leave", **left))["type"] == "accepted"
        await first.leave()

        second = await Visitor.arrive(quarters.server, "second", quarters.journal)
        opened = await second.open(GYNECOLOGY, f"I am {NAME}, {PHONE}, please show me what I wrote")
        assert (await second.asked("offline.leave", **(left | {"body": "me again"})))["type"] == "accepted"
        assert opened != conversation
        second.drop()
        await second.until_back()
        heard = json.dumps(second.frames, ensure_ascii=False)
        assert CANARY not in heard
        assert conversation not in heard
        await second.leave()


async def test_two_devices_with_one_token_see_only_that_visitor(quarters: Quarters, port: Port) -> None:
    async with quarters.undisturbed(stored=True):
        owner = await Visitor.arrive(quarters.server, "owner", quarters.journal)
        conversation = await owner.open(GYNECOLOGY, f"{CANARY} mine")
        other = await port.peer("127.0.0.7")
        welcome = await other.enter(owner.token)
        assert [each["conversation"] for each in welcome["following"]] == [conversation]
        assert quarters.ann.conversation not in json.dumps(welcome)
        await owner.leave()


async def test_a_token_that_has_ended_opens_nothing_anywhere(quarters: Quarters, port: Port) -> None:
    async with quarters.undisturbed(stored=True):
        token = await asyncio.to_thread(quarters.server.visitor_token)
        tab = await port.socket(token)
        bearer = {"Authorization": f"Bearer {token}"}
        ended = await asyncio.to_thread(quarters.server.request, "DELETE", "/v1/visitor/session", b"", bearer)
        assert ended.status == 204
        assert await tab.closed() == 4401
        for source in ("127.0.0.1", "127.0.0.8"):
            peer = await port.peer(source)
            await peer.upgrade()
            peer.send(text(hello(token=token)))
            assert await peer.closed() == 4401
