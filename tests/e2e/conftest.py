"""Servers and journals that clean up after themselves: every process is ended, every log is searched for tracebacks."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.journal import Journal, tell
from tests.e2e.loopwatch import LoopWatch
from tests.e2e.patience import PACE
from tests.e2e.procs import Server

FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="session", autouse=True)
def pace() -> Iterator[None]:
    """Measures what others use of this machine, for every bound."""
    PACE.start()
    yield
    PACE.end()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Record whether the test itself failed, for fixtures that are torn down after it."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or call.excinfo is not None
    return report


@pytest.fixture
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    """Written to the test's folder when the test fails."""
    kept = Journal()
    yield kept
    if request.node.stash.get(FAILED, False):
        kept.save(tmp_path / "journal.jsonl")
        tell(f"journal: {tmp_path / 'journal.jsonl'}, {len(kept.lines)} lines")


@pytest.fixture
def servers() -> Iterator[Callable[[Server], Server]]:
    """Registers servers: each is watched, ended after the test, and must not have logged a traceback."""
    known: list[tuple[Server, LoopWatch]] = []

    def care_for(server: Server) -> Server:
        watch = LoopWatch(server)
        watch.start()
        known.append((server, watch))
        return server

    yield care_for
    for server, _ in known:
        server.end()
    for server, watch in known:
        watch.end()
        server.assert_no_traceback()
