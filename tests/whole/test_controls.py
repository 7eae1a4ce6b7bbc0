"""The guards must bark: on a product with a promise taken out, the same havoc and the same oracle find it.

A guarantee's test that cannot fail proves nothing (DESIGN §9.11).
"""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.whole.broken import FAULTS
from tests.whole.havoc import CONSULTANTS, SETTINGS, Town, cut_lines, kill_and_restart, town
from tests.whole.hospital import found
from tests.whole.journal import Journal, tell
from tests.whole.load import drained
from tests.whole.oracle import Oracle, Stored
from tests.whole.procs import Server

pytestmark = [pytest.mark.whole, pytest.mark.slow]

KILLS, CUTS = 8, 100
DRAINED_WITHIN = 5.0
SYMPTOMS = {
    "acknowledge_before_the_commit": "acknowledged and lost",
    "forget_refs": "made 2 entries",
    "read_before_subscribing": "not drained",
}


@pytest.mark.timeout(180)
@pytest.mark.parametrize("fault", sorted(FAULTS))
async def test_a_broken_product_is_found_out(
    fault: str, tmp_path: Path, servers: Callable[[Server], Server], journal: Journal
) -> None:
    people = found(tmp_path / "data", CONSULTANTS)
    server = servers(Server(tmp_path / "data", SETTINGS, module=("tests.whole.broken", fault))).start()
    async with town(server, journal, people, random.Random()) as talking:
        said = await havoc(fault, talking, tmp_path / "copy")
    server.end()
    said += Oracle(journal, talking.clients, Stored.read(server.database)).verdict(complete=False)
    tell(f"{fault}: {len(said)} findings, as {[each for each in said if SYMPTOMS[fault] in each][:1]}")
    assert any(SYMPTOMS[fault] in each for each in said), said[:5]


async def havoc(fault: str, talking: Town, folder: Path) -> list[str]:
    """What would find this one: kills for what rests on the commit, cuts for what rests on the resume."""
    if fault == "read_before_subscribing":
        await cut_lines(talking, CUTS)
        await talking.hush()
        try:
            await drained(talking.clients, talking.server.database, DRAINED_WITHIN)
        except AssertionError as late:
            return [str(late)]
        return []
    return await kill_and_restart(talking, folder, KILLS)
