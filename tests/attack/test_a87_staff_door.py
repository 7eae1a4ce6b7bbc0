"""A15, A16, A87: traffic from an address shuts out neither a signed-in consultant nor the next patient."""

import asyncio
import secrets

import pytest

from tests.attack.peer import STAFF, Peer, Port, hello, text
from tests.e2e.hospital import DENTISTRY
from tests.e2e.quarters import Quarters

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

SETTINGS = {
    "CHATSERVER_HANDSHAKES_PER_S": "1",
    "CHATSERVER_HANDSHAKES_BURST": "40",
    "CHATSERVER_SOCKETS_PER_ADDRESS": "12",
}


async def refused(port: Port, source: str, cookie: str = "", path: str = STAFF) -> int:
    """The status of an upgrade."""
    peer = await port.peer(source)
    peer.send(peer.handshake(path, {"Cookie": cookie}))
    status, _ = await peer.answer()
    peer.drop()
    return status


@pytest.mark.parametrize("cookie", ["", "session=invented"])
async def test_a_hammering_machine_does_not_shut_out_a_signed_in_consultant(
    quarters: Quarters, port: Port, cookie: str
) -> None:
    source = "127.0.0.50" if cookie else "127.0.0.51"
    async with quarters.undisturbed():
        # Seen once before, like everybody who works there.
        await (await port.peer(source)).enter_staff(quarters.people["bo"].cookie)
        statuses = [await refused(port, source, cookie) for _ in range(80)]
        assert statuses.count(429) > 20, statuses
        for _ in range(5):
            hammered = [await refused(port, source, cookie) for _ in range(5)]
            assert 429 in hammered
            await (await port.peer(source)).enter_staff(quarters.people["bo"].cookie)


async def test_handshakes_from_one_address_do_not_limit_another(quarters: Quarters, port: Port) -> None:
    async with quarters.undisturbed():
        assert 429 in [await refused(port, "127.0.0.52", path="/ws/visitor") for _ in range(60)]
        await port.socket(quarters.token, "127.0.0.53")


async def opened(port: Port, quarters: Quarters, source: str) -> Peer:
    """A patient who waits for a consultant."""
    token = await asyncio.to_thread(quarters.server.visitor_token)
    peer = await port.socket(token, source)
    peer.send(
        text({"type": "conversation.open", "ref": secrets.token_urlsafe(24), "department": DENTISTRY, "body": "?"})
    )
    await peer.until("accepted")
    return peer


async def test_idle_sockets_of_an_address_make_room_for_the_next_patient_and_a_chat_stays(
    quarters: Quarters, port: Port
) -> None:
    async with quarters.undisturbed(stored=True):
        talking = await opened(port, quarters, "127.0.0.54")
        tokens = [await asyncio.to_thread(quarters.server.visitor_token) for _ in range(3)]
        idle = [await port.socket(token, "127.0.0.54") for token in tokens for _ in range(3)]
        silent = [await port.peer("127.0.0.54") for _ in range(2)]
        for peer in silent:
            await peer.upgrade()
        next_ones = [await port.socket(quarters.token, "127.0.0.54") for _ in range(3)]
        assert [await peer.closed() for peer in silent] == [1006, 1006]
        assert await idle[0].closed() == 4013
        talking.send(text({"type": "heads.get", "ref": "r" * 32, "at": []}))
        await talking.until("heads")
        for peer in next_ones:
            peer.send(text({"type": "heads.get", "ref": "r" * 32, "at": []}))
            await peer.until("heads")


async def test_an_address_whose_sockets_all_have_a_chat_gets_no_more(quarters: Quarters, port: Port) -> None:
    async with quarters.undisturbed(stored=True):
        for _ in range(12):
            await opened(port, quarters, "127.0.0.55")
        assert await refused(port, "127.0.0.55", path="/ws/visitor") == 429
        peer = await port.peer("127.0.0.56")
        await peer.upgrade()
        peer.send(text(hello(token=quarters.token)))
        await peer.until("welcome")
