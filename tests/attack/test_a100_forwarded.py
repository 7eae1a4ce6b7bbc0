"""A06, A100: `X-Forwarded-For` from anybody but a listed proxy is ignored, and logged once."""

import pytest

from tests.attack.peer import VISITORS, Port
from tests.e2e.quarters import Quarters

pytestmark = [pytest.mark.whole, pytest.mark.asyncio(loop_scope="module")]

PROXY, STRANGER = "127.0.0.61", "127.0.0.60"

SETTINGS = {
    "CHATSERVER_FORWARDED_ALLOW_IPS": PROXY,
    "CHATSERVER_HANDSHAKES_PER_S": "1",
    "CHATSERVER_HANDSHAKES_BURST": "10",
}


async def knock(port: Port, source: str, headers: dict[str, str]) -> int:
    """The status of an upgrade with these headers."""
    peer = await port.peer(source)
    peer.send(peer.handshake(VISITORS, headers))
    status, _ = await peer.answer()
    peer.drop()
    return status


async def test_a_forged_address_changes_no_count_and_is_logged_once(quarters: Quarters, port: Port) -> None:
    async with quarters.undisturbed():
        statuses = [await knock(port, STRANGER, {"X-Forwarded-For": f"203.0.113.{each}"}) for each in range(40)]
        assert set(statuses) == {101, 429}
        assert statuses.count(101) < 30
    said = quarters.server.said()
    assert said.count("event=forwarded_ignored") == 1
    assert "203.0.113" not in said


async def test_a_listed_proxy_is_trusted_without_a_warning(quarters: Quarters, port: Port) -> None:
    before = quarters.server.said().count("event=forwarded_ignored")
    async with quarters.undisturbed():
        assert {await knock(port, PROXY, {"X-Forwarded-For": f"203.0.113.{each}"}) for each in range(40)} == {101}
        # What the visitor wrote comes before what the proxy saw, and is ignored.
        seen = [{"X-Forwarded-For": f"198.51.100.{each}, 203.0.113.200"} for each in range(40)]
        assert 429 in [await knock(port, PROXY, each) for each in seen]
    assert quarters.server.said().count("event=forwarded_ignored") == before


@pytest.mark.parametrize(
    "forged",
    [
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Proto": "https"},
        {"Forwarded": "for=203.0.113.7;host=evil.example;proto=https"},
        {"X-Real-IP": "203.0.113.7"},
        {"X-Original-URL": "/ws/staff", "X-Rewrite-URL": "/ws/staff"},
    ],
)
async def test_other_headers_of_proxies_change_nothing(quarters: Quarters, port: Port, forged: dict[str, str]) -> None:
    source = f"127.0.0.{70 + len(str(forged)) % 100}"
    async with quarters.undisturbed():
        assert await knock(port, source, forged) == 101
        assert await knock(port, source, forged | {"Host": "evil.example", "Origin": "http://evil.example"}) == 421
        assert await knock(port, source, forged | {"Origin": "https://evil.example"}) == 403
