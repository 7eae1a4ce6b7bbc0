"""The visitor's line without a WebSocket, and what strangers can do with it."""

import secrets
from typing import Any

import httpx2
import pytest

from tests.attack.peer import hello
from tests.e2e.hospital import GYNECOLOGY
from tests.e2e.polled import PATH, PolledVisitor
from tests.e2e.quarters import CANARY, Quarters

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

SETTINGS = {"CHATSERVER_HANDSHAKES_PER_S": "1", "CHATSERVER_HANDSHAKES_BURST": "60"}
TEXTS = 12
FLOODER = "127.0.0.9"


class Broken(PolledVisitor):
    """Most of the requests are broken off at a random moment."""

    breaks = 0.6


@pytest.mark.parametrize("kind", [PolledVisitor, Broken])
async def test_a_conversation_goes_through_requests_once_and_in_order(
    quarters: Quarters, kind: type[PolledVisitor]
) -> None:
    async with quarters.undisturbed(stored=True):
        visitor = await kind.arrive(quarters.server, "behind a proxy", quarters.journal)
        conversation = await visitor.open(GYNECOLOGY, f"{CANARY} hello")
        await quarters.mei.until_owned(conversation)
        for number in range(TEXTS):
            await visitor.say(f"{CANARY} up {number}")
            await quarters.mei.say(conversation, f"{CANARY} down {number}")
            await visitor.until_received(f"{CANARY} down {number}")
            await quarters.mei.until_received(conversation, f"{CANARY} up {number}")
        assert visitor.received() == [f"{CANARY} down {number}" for number in range(TEXTS)]
        said = [each["body"] for each in quarters.mei.held[conversation].entries if each["author"]["kind"] == "visitor"]
        assert [each for each in said if " up " in each] == [f"{CANARY} up {number}" for number in range(TEXTS)]
        assert visitor.connections == 1
        await visitor.leave()


def asking(quarters: Quarters, source: str = "127.0.0.1", **headers: str) -> httpx2.AsyncClient:
    """Requests from our own page, from that address of this machine; a header that is "" is left out."""
    here = f"http://127.0.0.1:{quarters.server.port}"
    told = {"Origin": here, "HChat-Line": secrets.token_urlsafe(32)} | headers
    sent = {name: each for name, each in told.items() if each}
    return httpx2.AsyncClient(base_url=here, headers=sent, transport=httpx2.AsyncHTTPTransport(local_address=source))


HELLO = '{"type":"hello","version":1,"token":"x","client":{"name":"x","version":"1"}}'
POLL: dict[str, Any] = {"got": 0, "at": 0, "texts": [HELLO]}

REFUSED: dict[str, tuple[dict[str, str], Any, int, str]] = {
    "no line": ({"HChat-Line": ""}, POLL, 400, "bad_frame"),
    "a short id": ({"HChat-Line": "x"}, POLL, 400, "bad_frame"),
    "a foreign page": ({"Origin": "https://evil.example"}, POLL, 403, "forbidden"),
    "a line that nobody opened": ({}, POLL | {"at": 1}, 404, "not_found"),
    "frames that nobody sent": ({}, POLL | {"got": 1}, 404, "not_found"),
    "nothing to begin with": ({}, POLL | {"texts": []}, 404, "not_found"),
    "a negative number": ({}, POLL | {"got": -1}, 400, "bad_frame"),
    "a number beyond all": ({}, POLL | {"at": 2**60}, 400, "bad_frame"),
    "65 frames": ({}, POLL | {"texts": [HELLO] * 65}, 400, "bad_frame"),
    "a frame that is no text": ({}, POLL | {"texts": [{"type": "hello"}]}, 400, "bad_frame"),
    "another field": ({}, POLL | {"role": "staff"}, 400, "bad_frame"),
    "a list": ({}, [POLL], 400, "bad_frame"),
}

ATTACKS = [f"a line: {what}" for what in REFUSED]


@pytest.mark.parametrize("what", REFUSED)
async def test_a_request_that_cannot_be_right_is_refused(quarters: Quarters, what: str) -> None:
    headers, body, status, code = REFUSED[what]
    async with quarters.undisturbed(), asking(quarters, **headers) as http:
        answer = await http.post(PATH, json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_a_request_of_17_kib_is_not_read(quarters: Quarters) -> None:
    async with quarters.undisturbed(), asking(quarters) as http:
        answer = await http.post(PATH, json=POLL | {"texts": ["x" * 17_000]})
        assert answer.status_code == httpx2.codes.CONTENT_TOO_LARGE


async def test_a_line_ends_with_the_close_code_of_a_socket(quarters: Quarters) -> None:
    async with quarters.undisturbed(), asking(quarters) as http:
        answer = (await http.post(PATH, json=POLL)).json()
        assert answer["end"]["code"] == 4401, "the token is unknown"
        again = await http.post(PATH, json={"got": len(answer["texts"]), "at": 1, "texts": []})
        assert again.json()["end"] == answer["end"], "the answer may have been lost"


async def test_staff_cannot_sign_in_on_a_line(quarters: Quarters) -> None:
    cookie = quarters.people["mei"].cookie
    async with quarters.undisturbed(), asking(quarters, Cookie=f"session={cookie}") as http:
        answer = await http.post(PATH, json=POLL | {"texts": [HELLO.replace('"token":"x",', "")]})
        assert answer.json()["end"]["code"] in (4401, 4501)


async def test_numbers_that_cannot_be_right_end_no_line(quarters: Quarters) -> None:
    async with quarters.undisturbed(), asking(quarters) as http:
        first = {"got": 0, "at": 0, "texts": [json_of(hello(token=quarters.token))]}
        welcome = (await http.post(PATH, json=first)).json()
        for wrong in ({"got": len(welcome["texts"]) + 99}, {"at": 2}):
            answer = await http.post(PATH, json={"got": 0, "at": 1, "texts": []} | wrong)
            assert answer.json()["error"]["code"] == "bad_frame"
        same = (await http.post(PATH, json={"got": 0, "at": 1, "texts": []})).json()
        assert same["texts"][: len(welcome["texts"])] == welcome["texts"]


async def test_lines_from_one_address_are_limited_as_sockets_are(quarters: Quarters) -> None:
    async with quarters.undisturbed():
        statuses = set()
        for _ in range(80):
            async with asking(quarters, FLOODER) as http:
                statuses.add((await http.post(PATH, json=POLL)).status_code)
        assert httpx2.codes.TOO_MANY_REQUESTS in statuses


def json_of(frame: dict[str, Any]) -> str:
    return httpx2.Request("POST", "http://x", json=frame).content.decode()
