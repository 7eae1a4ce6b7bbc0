"""A98, A52: after each way of leaving, whoever has kept the token finds nothing: no words, no rating, no code. Guessing
查询码 from one address or from many tells nothing."""

import asyncio
import json
from urllib.parse import urlencode

import pytest

from chatserver.store.ids import new_id
from tests.attack.peer import Port, hello, text
from tests.e2e.hospital import GYNECOLOGY
from tests.e2e.people import Visitor
from tests.e2e.quarters import CANARY, Quarters

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
WAYS = ["cleared", "cleared twice", "ended", "ended and cleared"]


def posts(quarters: Quarters, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    answer = quarters.server.request("POST", path, body, headers)
    return answer.status, answer.body.decode()


@pytest.mark.parametrize("way", WAYS)
async def test_after_leaving_the_token_opens_nothing(quarters: Quarters, port: Port, way: str) -> None:
    async with quarters.undisturbed(stored=True):
        visitor = await Visitor.arrive(quarters.server, way, quarters.journal)
        conversation = await visitor.open(GYNECOLOGY, f"{CANARY} mine")
        if way.startswith("ended"):
            answer = await visitor.asked("conversation.close", conversation=conversation)
            assert answer["type"] == "accepted"
        bearer = {"Authorization": f"Bearer {visitor.token}"}
        for _ in range(0 if way == "ended" else 2 if way == "cleared twice" else 1):
            ended = await asyncio.to_thread(quarters.server.request, "DELETE", "/v1/visitor/session", b"", bearer)
            assert ended.status == 204
        peer = await port.peer("127.0.0.9")
        await peer.upgrade()
        peer.send(text(hello(token=visitor.token)))
        assert await peer.closed() == 4401
        asked = json.dumps({"conversation": conversation, "proof": "2468"}).encode()
        headers = bearer | {"Content-Type": "application/json"}
        status, told = await asyncio.to_thread(posts, quarters, "/v1/visitor/lookup-code", asked, headers)
        # Who has just ended the conversation may still get a code for it. The code shows no words.
        assert status == (200 if way == "ended" else 401), told
        assert CANARY not in told
        await visitor.leave()


async def test_a_guesser_learns_nothing_and_has_twenty_tries(quarters: Quarters) -> None:
    async with quarters.undisturbed(stored=True):
        visitor = await Visitor.arrive(quarters.server, "guessed", quarters.journal)
        ref = new_id()
        left = {
            "type": "offline.leave",
            "ref": ref,
            "kind": "question",
            "body": f"{CANARY} left",
            "phone": "13900139000",
        }
        assert (await visitor.asked(left.pop("type"), **left))["type"] == "accepted"
        asked = json.dumps({"offline": ref}).encode()
        headers = {"Authorization": f"Bearer {visitor.token}", "Content-Type": "application/json"}
        status, told = await asyncio.to_thread(posts, quarters, "/v1/visitor/lookup-code", asked, headers)
        assert status == 200, told
        code = json.loads(told)["code"]
        unknown = f"{(int(code) + 1) % 10**10:010}"

        def tries(each: str, proof: str) -> tuple[int, str]:
            status, page = posts(quarters, "/answers", urlencode({"code": each, "proof": proof}).encode(), FORM)
            return status, page.replace(each, "")

        wrong = [await asyncio.to_thread(tries, code, "1111") for _ in range(6)]
        assert [await asyncio.to_thread(tries, unknown, "1111") for _ in range(6)] == wrong
        assert await asyncio.to_thread(tries, code, "9000") == wrong[5]
        for _ in range(7):
            status, page = await asyncio.to_thread(tries, "0000000000", "0000")
            assert status == 200
        status, page = await asyncio.to_thread(tries, code, "9000")
        assert status == 429
        assert CANARY not in page
        await visitor.leave()
