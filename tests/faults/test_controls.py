"""Negative controls: on a product with one promise broken, the same havoc and the same oracle find it.

A test of a guarantee proves nothing if it cannot fail. Each control has the number of its test; those that need another
setup are beside their test.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.havoc import CONSULTANTS, SETTINGS, Town, cut_links, kill_and_restart, town
from tests.e2e.hospital import found
from tests.e2e.journal import Journal, tell
from tests.e2e.load import drained
from tests.e2e.oracle import Oracle, Stored
from tests.e2e.procs import Server
from tests.e2e.tcpproxy import Proxy
from tests.faults.counts import dice
from tests.faults.places import before

pytestmark = [pytest.mark.whole, pytest.mark.slow]

KILLS, CUTS = 20, 60
"""Kills at most: the first finding ends them."""
DRAINED_WITHIN = 5.0
TALKS_ON = 1.0
"""Seconds; what arrives in this time shows who has missed something before."""


@dataclass(frozen=True)
class Control:
    """`fault` breaks the product (tests/e2e/broken.py); the `symptom` must then be reported."""

    number: str
    fault: str
    symptom: str
    cuts: bool = False

    def __str__(self) -> str:
        return f"{self.number}-{self.fault}"


CONTROLS = (
    Control("f03", "acknowledge_before_the_commit", "acknowledged and lost"),
    Control("f14", "read_before_subscribing", "not drained", cuts=True),
)


@pytest.mark.timeout(540)
@pytest.mark.parametrize("control", CONTROLS, ids=str)
async def test_a_broken_product_is_detected(
    control: Control, tmp_path: Path, servers: Callable[[Server], Server], journal: Journal
) -> None:
    people = found(tmp_path / "data", CONSULTANTS)
    server = servers(Server(tmp_path / "data", SETTINGS, module=("tests.e2e.broken", control.fault)))
    async with before(server) as proxy:
        await asyncio.to_thread(server.start)
        async with town(server, journal, people, dice(), doors=[proxy.port]) as talking:
            if control.cuts:
                said = await cut(talking, proxy)
            else:
                said = await kill_and_restart(talking, tmp_path / "copy", KILLS)
        server.end()
    said += Oracle(journal, talking.clients, Stored.read(server.database)).verdict(complete=False)
    tell(f"{control}: {len(said)} findings, as {[each for each in said if control.symptom in each][:1]}")
    assert any(control.symptom in each for each in said), said[:5]


async def cut(talking: Town, proxy: Proxy) -> list[str]:
    """Links cut at any byte, which finds defects of resuming."""
    await cut_links(talking, proxy, CUTS)
    await asyncio.sleep(TALKS_ON)
    await talking.hush()
    try:
        await drained(talking.clients, talking.server.database, DRAINED_WITHIN)
    except AssertionError as late:
        return [str(late)]
    return []
