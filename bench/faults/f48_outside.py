"""F48: a load of a hundred messages a second by Artillery, an independent generator; does the store count the same?

Artillery is not part of this repository: `npm install artillery@2.0.20 typescript@5.4.5` somewhere (newer versions need
Node 22), and set ARTILLERY=…/node_modules/.bin/artillery. k6 or tsung would do as well; there are no scenarios for them
here.
"""

import asyncio
import json
import os
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

from bench.load.crowd import crowd
from bench.load.deployment import deployment, desks
from bench.load.score import REFS, Score
from bench.report.figures import Figure, Finding

SCENARIO = Path(__file__).parent / "outside" / "artillery.yml"
CONSULTANTS, CAPACITY = 10, 20
SECONDS, QUICK_SECONDS = 120, 15
PER_VISITOR = 7
"""Requests of each visitor: open, five messages, end."""


async def run(quick: bool) -> Finding:
    """Artillery plays the visitors; our consultants are assigned the conversations and read along."""
    seconds = QUICK_SECONDS if quick else SECONDS
    with deployment(0, desks(CONSULTANTS, CAPACITY)) as here:
        async with crowd(here, Score()):
            counters = await played(here.nodes[0].origin, seconds)
        assert isinstance(here.where, Path)
        connection = sqlite3.connect(f"file:{here.where}?mode=rw", uri=True)
        stored = connection.execute(f"SELECT count(*), count(DISTINCT ref) FROM ({REFS})").fetchone()
        connection.close()
        here.check()
    accepted = counters.get("chat.accepted", 0)
    figures = (
        Figure("visitors who came", counters["vusers.created"]),
        Figure("of whom failed", counters.get("vusers.failed", 0), "", 0),
        Figure("accepted, as Artillery counts", accepted, "", PER_VISITOR * counters["vusers.created"], at_least=True),
        Figure("stored", stored[0]),
        Figure("accepted a second", accepted / seconds),
    )
    wrong = (
        [] if stored == (accepted, accepted) else [f"{accepted} accepted, {stored[0]} stored, {stored[1]} of them once"]
    )
    return Finding("F48", f"Artillery for {seconds} s, one server on SQLite", figures, wrong)


async def played(origin: str, seconds: int) -> dict[str, Any]:
    """Run Artillery; returns its final counters."""
    artillery = os.environ.get("ARTILLERY", "artillery")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        report = Path(folder) / "report.json"
        process = await asyncio.create_subprocess_exec(
            artillery,
            "run",
            "--quiet",
            "--output",
            str(report),
            str(SCENARIO),
            env=os.environ
            | {"CHAT_ORIGIN": origin, "CHAT_SECONDS": str(seconds), "ARTILLERY_DISABLE_TELEMETRY": "true"},
        )
        assert await process.wait() == 0
        counters: dict[str, Any] = json.loads(report.read_text())["aggregate"]["counters"]
        return counters
