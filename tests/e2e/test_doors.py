"""Who is let in: the handshake and the first frame, against the real server (A01–A12, A39, A41)."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from tests.e2e.badframes import INVENTED, post
from tests.e2e.hospital import DENTISTRY
from tests.e2e.patience import allowed
from tests.e2e.people import Consultant, Visitor
from tests.e2e.quarters import CANARY, Quarters
from tests.e2e.reading import Frame

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

DOORS = ["/ws/visitor", "/ws/staff"]
HELLO: Frame = {"type": "hello", "version": 1, "client": {"name": "rawclient", "version": "1"}}
HELLO_WITHIN = 5.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def quarters(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Quarters]:
    quarters = Quarters(tmp_path_factory.mktemp("doors"))
    try:
        yield await quarters.start()
        await quarters.leave()
    finally:
        quarters.server.end()
    quarters.assert_discreet()


def dial(quarters: Quarters, door: str, *, cookie: str = "", origin: str | None = "", **more: Any) -> connect:
    """A connection as our own page would open it, except for what is given."""
    own = quarters.server.origin
    headers = ([("Cookie", f"session={cookie}")] if cookie else []) + more.pop("headers", [])
    return connect(
        f"ws://127.0.0.1:{quarters.server.port}{door}",
        origin=None if origin is None else Origin(origin or own),
        subprotocols=more.pop("subprotocols", [Subprotocol("hchat.v1")]),
        additional_headers=headers,
        compression=None,
        ping_interval=None,
        proxy=None,
    )


async def ends(
    quarters: Quarters, door: str, *texts: str | bytes, within: float = 0.0, cookie: str = ""
) -> tuple[int, list[Frame]]:
    """The close code that these first frames lead to, and the frames received before it."""
    said: list[Frame] = []
    async with asyncio.timeout(within or allowed(3)), dial(quarters, door, cookie=cookie) as socket:
        try:
            for text in texts:
                await socket.send(text)
            while True:
                said.append(json.loads(await socket.recv()))
        except ConnectionClosed:
            pass
        assert socket.close_code is not None
        return socket.close_code, said


async def status(dialled: connect) -> int:
    """The HTTP status with which an upgrade is refused."""
    with pytest.raises(InvalidStatus) as refused:
        await dialled
    code: int = refused.value.response.status_code
    return code


def hello(token: str = "", **fields: Any) -> str:
    return json.dumps(HELLO | ({"token": token} if token else {}) | fields)


ORIGINS = [
    "http://evil.example",
    "null",
    None,
    "http://127.0.0.1",
    "http://127.0.0.1:1",
    "https://127.0.0.1:{port}",
    "http://127.0.0.1:{port}.evil.example",
    "http://evil127.0.0.1:{port}",
    "http://127.0.0.1.:{port}",
    "http://localhost:{port}",
    "HTTP://127.0.0.1:{port}",
    "http://127.0.0.1:{port}/",
    "http://user@127.0.0.1:{port}",
    "http://127.0.0.1:{port}`",
    "http://127.0.0.1:{port}$",
    "file://",
]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("origin", ORIGINS)
async def test_a_page_of_another_origin_opens_nothing(quarters: Quarters, door: str, origin: str | None) -> None:
    told = origin if origin is None else origin.format(port=quarters.server.port)
    cookie = quarters.people["mei"].cookie
    async with quarters.undisturbed():
        assert await status(dial(quarters, door, cookie=cookie, origin=told)) == 403


@pytest.mark.parametrize("door", DOORS)
async def test_two_origin_headers_are_refused(quarters: Quarters, door: str) -> None:
    own = quarters.server.origin
    for second in (own, "http://evil.example"):
        async with quarters.undisturbed():
            # The WebSocket library refuses these itself, before our guards see them.
            assert await status(dial(quarters, door, headers=[("Origin", second)])) in (400, 403)


@pytest.mark.parametrize("site", ["cross-site", "none"])
@pytest.mark.parametrize("door", DOORS)
async def test_a_browser_that_says_cross_site_is_believed(quarters: Quarters, door: str, site: str) -> None:
    async with quarters.undisturbed():
        assert await status(dial(quarters, door, headers=[("Sec-Fetch-Site", site)])) == 403


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("offered", [None, ["hchat.v0"], ["chat"], ["HCHAT.V1"]])
async def test_another_subprotocol_is_refused(quarters: Quarters, door: str, offered: list[str] | None) -> None:
    spoken = None if offered is None else [Subprotocol(each) for each in offered]
    async with quarters.undisturbed():
        assert await status(dial(quarters, door, subprotocols=spoken)) == 400


async def test_an_unknown_path_opens_no_socket(quarters: Quarters) -> None:
    async with quarters.undisturbed():
        assert await status(dial(quarters, "/ws/admin")) in (403, 404)


@pytest.mark.parametrize("door", DOORS)
async def test_a_silent_client_is_disconnected_after_five_seconds(quarters: Quarters, door: str) -> None:
    loop = asyncio.get_running_loop()
    async with quarters.undisturbed():
        began = loop.time()
        code, said = await ends(quarters, door, within=allowed(HELLO_WITHIN + 1), cookie=quarters.people["mei"].cookie)
        assert (code, said) == (4005, [])
        assert loop.time() - began >= HELLO_WITHIN - 0.1


@pytest.mark.parametrize(
    "first", [post(), '{"type":"pong","n":1}', '{"type":"bye"}', '{"type":"typing","conversation":"%O","on":true}']
)
@pytest.mark.parametrize("door", DOORS)
async def test_a_frame_before_hello_is_not_handled(quarters: Quarters, door: str, first: str) -> None:
    text = first.replace("%R", "r" * 32).replace("%O", quarters.mallorys)
    async with quarters.undisturbed():
        code, said = await ends(quarters, door, text, hello(quarters.token), cookie=quarters.people["bo"].cookie)
        assert code == 4501
        assert all(each["type"] == "refused" for each in said)


BAD_HELLOS = ["?", "", "[]", hello(version="1"), hello(resume=[{"conversation": INVENTED}]), hello(client=None)]
BAD_HELLOS += [hello("t" * 65), hello("t", resume=[{"conversation": INVENTED, "epoch": "", "after": 0}] * 51)]


@pytest.mark.parametrize("text", BAD_HELLOS)
async def test_an_invalid_hello_is_refused_and_disconnected(quarters: Quarters, text: str) -> None:
    async with quarters.undisturbed():
        code, said = await ends(quarters, "/ws/visitor", text)
        assert (code, [each["code"] for each in said]) == (4501, ["bad_frame"])


@pytest.mark.parametrize("door", DOORS)
async def test_a_binary_hello_is_refused(quarters: Quarters, door: str) -> None:
    async with quarters.undisturbed():
        assert (await ends(quarters, door, hello(quarters.token).encode()))[0] == 1003


@pytest.mark.parametrize("door", DOORS)
async def test_a_hello_of_70_kibibytes_ends_the_connection(quarters: Quarters, door: str) -> None:
    async with quarters.undisturbed():
        assert (await ends(quarters, door, hello(quarters.token, padding="x" * 70_000)))[0] == 1009


@pytest.mark.parametrize("version", [0, 2, 2**53 - 1])
@pytest.mark.parametrize("door", DOORS)
async def test_another_version_is_told_to_reload(quarters: Quarters, door: str, version: int) -> None:
    async with quarters.undisturbed():
        told = hello(quarters.token, version=version)
        code, said = await ends(quarters, door, told, cookie=quarters.people["bo"].cookie)
        assert (code, said) == (4511, [])


async def test_only_a_valid_token_opens_a_visitors_socket(quarters: Quarters) -> None:
    wrong = [secrets.token_urlsafe(32), quarters.people["mei"].cookie, quarters.token[:-1], quarters.token + "A", "x"]
    for token in wrong:
        async with quarters.undisturbed():
            code, said = await ends(quarters, "/ws/visitor", hello(token), cookie=quarters.people["mei"].cookie)
            assert (code, said) == (4401, [])


async def test_only_a_valid_cookie_opens_a_staff_socket(quarters: Quarters) -> None:
    for cookie in ("", quarters.token, secrets.token_urlsafe(32), quarters.people["mei"].cookie[:-1]):
        async with quarters.undisturbed():
            code, said = await ends(quarters, "/ws/staff", hello(quarters.token), cookie=cookie)
            assert (code, said) == (4401, [])


async def test_a_token_in_the_address_opens_nothing_and_is_not_logged(quarters: Quarters) -> None:
    for name in ("token", "session", "access_token"):
        async with quarters.undisturbed():
            code, _ = await ends(quarters, f"/ws/visitor?{name}={quarters.token}", hello())
            assert code == 4501
            cookie = quarters.people["mei"].cookie
            code, _ = await ends(quarters, f"/ws/staff?{name}={cookie}", hello())
            assert code == 4401
    assert quarters.token not in quarters.server.said()


async def test_resuming_somebody_elses_conversation_brings_nothing(quarters: Quarters) -> None:
    foreign = [{"conversation": each, "epoch": "", "after": 0} for each in (quarters.ann.conversation, INVENTED)]
    async with quarters.undisturbed():
        mallory = Visitor(quarters.server.port, "mallory", quarters.journal, quarters.token)
        mallory.comes_back = False
        said = mallory.hello() | {"resume": foreign}
        mallory.hello = lambda: said  # type: ignore[method-assign]  # a hello that no honest client sends
        await mallory.start()
        assert mallory.welcome is not None
        assert [each["conversation"] for each in mallory.welcome["following"]] == [quarters.mallorys]
        assert (await mallory.asked("heads.get", at=[]))["type"] == "heads"
        assert set(mallory.held) == {quarters.mallorys}
        await mallory.leave()
        nosy = Consultant(quarters.server.port, "bo", quarters.journal, quarters.people["bo"])
        nosy.comes_back = False
        told = nosy.hello() | {"resume": foreign}
        nosy.hello = lambda: told  # type: ignore[method-assign]  # a hello that no honest client sends
        await nosy.start()
        assert nosy.welcome is not None
        assert nosy.welcome.get("following", []) == []
        assert (await nosy.asked("heads.get", at=[]))["type"] == "heads"
        assert nosy.held == {}
        await nosy.leave()


@pytest.mark.parametrize(("epoch", "after", "why"), [("another", 1, "epoch"), (None, 4_000, "ahead")])
async def test_a_client_ahead_of_the_store_gets_everything_again(
    quarters: Quarters, epoch: str | None, after: int, why: str
) -> None:
    async with quarters.undisturbed():
        honest = await quarters.mallory()
        held = honest.held[quarters.mallorys]
        await honest.leave()
        place = {"conversation": quarters.mallorys, "epoch": epoch or held.epoch, "after": after}
        async with dial(quarters, "/ws/visitor") as socket:
            await socket.send(hello(quarters.token, resume=[place]))
            welcome = json.loads(await socket.recv())
            [following] = welcome["following"]
            assert (following["recovered"], following["why"]) == (False, why)
            entries: list[Frame] = []
            while (told := json.loads(await socket.recv()))["type"] != "live":
                # Their place in the queue may change meanwhile.
                entries += told.get("entries", [])
            assert [each["id"] for each in entries] == [each["id"] for each in held.entries]


# Tokens that their visitor ended.


async def sitting(quarters: Quarters) -> tuple[Visitor, Visitor]:
    """Two tabs of one visitor, who waits for a consultant."""
    token = await asyncio.to_thread(quarters.server.visitor_token)
    tabs = [Visitor(quarters.server.port, name, quarters.journal, token) for name in ("eve", "eve's other tab")]
    for tab in tabs:
        tab.comes_back = tab.resends = False
        await tab.start()
    await tabs[0].open(DENTISTRY, f"{CANARY} eve")
    await tabs[1].until(lambda: tabs[1].standing, "the conversation of the first tab")
    return tabs[0], tabs[1]


async def assert_opens_nothing(quarters: Quarters, token: str, **fields: Any) -> None:
    code, said = await ends(quarters, "/ws/visitor", hello(token, **fields))
    assert (code, said) == (4401, [])


async def test_a_visitor_who_ends_the_conversation_ends_the_token(quarters: Quarters) -> None:
    async with quarters.undisturbed(stored=True):
        eve, other = await sitting(quarters)
        assert (await eve.asked("conversation.close", conversation=eve.conversation))["type"] == "accepted"
        assert await other.closed_with(within=allowed(2)) == 4401
        await assert_opens_nothing(quarters, eve.token)
        async with dial(quarters, "/ws/visitor") as socket:
            await socket.send(hello(eve.token, rating=True))
            welcome = await socket.recv()
            assert json.loads(welcome)["rating"] is True
            assert CANARY not in str(welcome)
            assert eve.conversation not in str(welcome)
        refused = await eve.asked("message.post", conversation=eve.conversation, body=f"{CANARY} more")
        assert (refused["type"], refused["code"]) == ("refused", "unauthenticated")
        await eve.leave()


async def test_another_person_at_the_browser_ends_the_previous_token(quarters: Quarters) -> None:
    async with quarters.undisturbed(stored=True):
        eve, other = await sitting(quarters)
        bearer = {"Authorization": f"Bearer {eve.token}"}
        for origin, status in (("http://evil.example", 403), ("", 204), ("", 204)):
            asked = await asyncio.to_thread(
                quarters.server.request, "DELETE", "/v1/visitor/session", headers=bearer, origin=origin
            )
            assert asked.status == status
        for tab in (eve, other):
            assert await tab.closed_with(within=allowed(2)) == 4401
        await assert_opens_nothing(quarters, eve.token)
        await assert_opens_nothing(quarters, eve.token, rating=True)
