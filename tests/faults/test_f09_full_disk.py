"""F09: with a full disk nothing is acknowledged, everybody is told why, and once there is space it recovers by
itself."""

import asyncio
import shutil
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.havoc import copied
from tests.e2e.hospital import GYNECOLOGY, Wanted, found
from tests.e2e.journal import Journal, tell
from tests.e2e.oracle import Oracle, complain
from tests.e2e.patience import allowed
from tests.e2e.people import Consultant, Visitor
from tests.e2e.procs import WIDE, Server
from tests.e2e.smalldisk import small_disk
from tests.faults.counts import count, within

pytestmark = [pytest.mark.whole, pytest.mark.alone, pytest.mark.slow]

TOLD_WITHIN = 1.0
"""Seconds from sending to `read_only`."""
WORKS_WITHIN = 5.0
"""Seconds after there is space again."""
FILLS_WITHIN = 400
"""Messages until the log must have needed one more block."""


@within(quick=120, full=300)
@pytest.mark.parametrize("mounted", [True, False], ids=["disk", "limit"])
async def test_f09_with_a_full_disk_nothing_is_acknowledged_and_it_recovers_by_itself(
    mounted: bool, tmp_path: Path, servers: Callable[[Server], Server], journal: Journal
) -> None:
    rounds = count("F09", quick=2, full=10)
    with small_disk(tmp_path / "disk", mounted=mounted) as disk:
        people = found(tmp_path / "data", [Wanted("mei")])
        shutil.copytree(tmp_path / "data", disk.seen / "data")
        server = servers(Server(disk.folder / "data", WIDE, inside=disk.inside))
        await asyncio.to_thread(server.start)
        mei = await Consultant.sit_down(server, people["mei"], journal)
        ann = await Visitor.arrive(server, "ann", journal)
        await mei.until_owned(await ann.open(GYNECOLOGY, "hello"))
        for number in range(rounds):
            disk.fill(server.pid)
            assert (await refused(ann, number))["code"] == "read_only"
            kept = f"kept by the client {number}"
            before = copied(disk.seen / "data", tmp_path / "copy")
            ref = await ann.say(kept)
            await ann.until(partial(ann.answers.get, ref), "some answer", allowed(TOLD_WITHIN))
            assert ann.answers[ref][-1]["code"] == "read_only"
            assert (await asyncio.to_thread(server.get, "/live")).status == 200
            assert sum(1 for _ in copied(disk.seen / "data", tmp_path / "copy")) == sum(1 for _ in before)
            disk.free(server.pid)
            began = time.monotonic()
            await mei.until_received(ann.conversation, kept, allowed(WORKS_WITHIN))
            tell(f"works {time.monotonic() - began:.2f} s after there is space; a real disk: {disk.real}")
        await ann.until(lambda: not ann.unaccepted, "acceptance of everything")
        await ann.leave()
        await mei.leave()
        assert (ann.connections, mei.connections) == (1, 1)
        assert await asyncio.to_thread(server.stop) == 0
        complain(Oracle(journal, [ann, mei], copied(disk.seen / "data", tmp_path / "copy")).verdict())


async def refused(ann: Visitor, number: int) -> dict[str, object]:
    """The refusal of the first message that does not fit any more. The log has room for a few."""
    for more in range(FILLS_WITHIN):
        ref = await ann.say(f"until it is full {number}.{more} " + "x" * 500)
        first = await ann.until(partial(ann.answers.get, ref), "some answer")
        if first[0]["type"] == "refused":
            return first[0]
    raise AssertionError("the disk was never full")
