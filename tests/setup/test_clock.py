"""Whatever decides by the time takes it from the one clock (`hub/clock.py`), so that a test can move it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import chatserver

PACKAGE = Path(chatserver.__file__).parent

OF_THEIR_OWN = {
    "hub/clock.py": "is the clock",
    "app.py": "gives the clock to the parts, and the time to commands",
    "regions.py": "looks once a minute whether its file was replaced",
    "file_access.py": "waits at the start for the folder of files",
    "logs.py": "spaces repeated lines",
    "log_lines.py": "spaces repeated lines",
    "store/ids.py": "orders ids; nothing is decided by the time in them",
    "bus/health.py": "the link to Redis, whose leases end by real time",
    "bus/redis.py": "the link to Redis",
    "bus/subscription.py": "the link to Redis",
    "transport/incoming_frames.py": "limits work in a turn of the event loop",
    "transport/turns.py": "limits work in a turn of the event loop",
}


def reads_the_time(source: str) -> Iterator[int]:
    """The lines that use the module `time`, or ask `datetime` for the present."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names) if any(each.name == "time" for each in names):
                yield node.lineno
            case ast.ImportFrom(module="time"):
                yield node.lineno
            case ast.Attribute(attr="now" | "today" | "utcnow", value=ast.Name(id="datetime" | "date")):
                yield node.lineno


def test_only_these_modules_read_a_clock_of_their_own() -> None:
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if any(True for _ in reads_the_time(path.read_text("utf-8")))
    }
    assert found == set(OF_THEIR_OWN)


def test_every_way_of_reading_the_time_is_found() -> None:
    for source in ("import time", "from time import monotonic", "datetime.now(UTC)", "date.today()"):
        assert list(reads_the_time(source)), source
    assert not list(reads_the_time("now = clock.now()\nasyncio.get_running_loop().time()"))
