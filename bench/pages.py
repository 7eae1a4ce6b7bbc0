"""`make bench-pages`: a supervisor who reloads the heaviest page again and again, while 200 visitors chat.

    python -m bench.pages           100,000 conversations of 12 entries each: four minutes, most of them to write it
    python -m bench.pages --quick   a tenth of it

Thirty reloads in eight seconds of the list of one colleague's transcripts, each cancelled by the next. The chat must
not notice: nobody is disconnected, `/ready` always returns 200, and answers are as fast as without the reloads.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

import uvloop

from bench.load.archive import ENTRIES, fill
from bench.load.crowd import Crowd, crowd
from bench.load.deployment import PATIENT, Deployment, desks
from bench.load.score import Score, percentile
from bench.load.town import tokens
from bench.report.figures import Figure, Finding
from chatserver.domain.hospital import Role
from tests.e2e.hospital import WOMEN, Member, Wanted, found
from tests.e2e.procs import WIDE, Server
from tests.ports import free_port

CONVERSATIONS, QUICK_CONVERSATIONS = 100_000, 10_000
VISITORS, CAPACITY = 200, 20
RELOADS, SECONDS = 30, 8.0
PER_SECOND = 100.0
TIMES = 3.0
"""How many times slower answers may become meanwhile."""
FLOOR_MS = 50.0
"""A median below this always counts as good."""


async def run(quick: bool) -> Finding:
    """The same talk twice, without the reloads and with them."""
    conversations, score = QUICK_CONVERSATIONS if quick else CONVERSATIONS, Score()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        people = found(Path(folder) / "node0", [*desks(VISITORS // CAPACITY + 1, CAPACITY), supervisor()])
        chief = people.pop("chief")
        where = Path(folder) / "node0" / "chat.db"
        fill(where, list(people.values()), conversations)
        kept = tokens(where, VISITORS)
        server = Server(Path(folder) / "node0", WIDE | PATIENT | {"CHATSERVER_METRICS_PORT": str(free_port())})
        try:
            server.start()
            here = Deployment([server], people, kept, where, None)
            async with crowd(here, score) as everybody:
                usual = await talked(everybody)
                score.fresh()
                talking = asyncio.create_task(talked(everybody))
                shown, refused = await reloads(server, next(iter(people.values())), chief)
                meanwhile = await talking
                cut = sum(score.ends.values())
            here.check()
        finally:
            server.end()
        lost = score.lost(where)
    figures = (
        Figure("one page, nobody else about", 1000 * shown, "ms"),
        Figure("accepted without reloads, p50", 1000 * usual, "ms"),
        Figure("accepted meanwhile, p50", 1000 * meanwhile, "ms", max(FLOOR_MS, TIMES * 1000 * usual)),
        Figure("accepted meanwhile, p99", 1000 * percentile(score.took, 0.99), "ms"),
        Figure("connections lost", cut, "", 0),
        Figure("times that /ready was not 200", refused, "", 0),
    )
    what = f"{RELOADS} reloads in {SECONDS:.0f} s at {conversations:,} conversations of {ENTRIES} entries"
    return Finding("pages", what, figures, [*filter(None, [lost]), *score.faults])


def supervisor() -> Wanted:
    return Wanted("chief", (WOMEN,), role=Role.SUPERVISOR)


async def talked(people: Crowd) -> float:
    """The median of the seconds until messages are accepted."""
    people.score.fresh()
    await people.talk(PER_SECOND, SECONDS)
    await people.quiet()
    return percentile(people.score.took, 0.5)


async def reloads(server: Server, colleague: Member, chief: Member) -> tuple[float, int]:
    """The seconds that the page takes once, and how often `/ready` failed while it was reloaded."""
    path, headers = f"/transcripts?consultant={colleague.id}", {"Cookie": f"session={chief.cookie}"}
    await asyncio.to_thread(server.get, path, headers)
    began = time.monotonic()
    answer = await asyncio.to_thread(server.get, path, headers)
    took = time.monotonic() - began
    assert answer.status == 200, answer.status
    assert answer.body.count(b'href="/transcripts/') >= 50
    refused = 0
    for _ in range(RELOADS):
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        lines = (f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", f"Cookie: session={chief.cookie}", "", "")
        writer.write("\r\n".join(lines).encode())
        await asyncio.sleep(SECONDS / RELOADS)
        writer.close()
        refused += (await asyncio.to_thread(server.get, "/ready")).status != 200
    return took, refused


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the conversations")
    finding = uvloop.run(run(parser.parse_args().quick))
    print(finding.shown(), flush=True)
    sys.exit(0 if finding.good else 1)


if __name__ == "__main__":
    main()
