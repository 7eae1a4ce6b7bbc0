"""What one node of a test is cut off from: the store, the doorbells, or its own next step."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest

from chatserver.domain.refusals import Unavailable
from chatserver.store.ids import new_id
from chatserver.store.postgres import PostgresDatabase
from tests.hub.harness import PATIENCE, Client, Rig, eventually


@contextmanager
def no_store(rig: Rig, *, reads: bool = True) -> Iterator[None]:
    """The store does not answer this node; with `reads=False` only its writes fail."""

    async def away(*asked: object) -> Any:
        raise Unavailable()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rig.database, "write", away)
        if reads:
            patch.setattr(rig.database, "read", away)
        yield


@contextmanager
def deaf(rig: Rig) -> Iterator[None]:
    """Doorbells of other nodes do not reach this node; at the end it is told that it missed some."""
    heads = rig.hub._running.remote_changes
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(heads, "heard", lambda bell: None)
        yield
    heads.missed()


class HeldBack:
    """The next call of a function that reads returns only when it may; what it has read is out of date by then."""

    def __init__(self, patch: pytest.MonkeyPatch, module: ModuleType, name: str) -> None:
        self._real = getattr(module, name)
        self._has_read, self._may_return = threading.Event(), threading.Event()
        patch.setattr(module, name, self)
        # However slow the machine is: the store does not give the read up while it is held back.
        patch.setattr(PostgresDatabase, "patience", 3 * PATIENCE)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        found = self._real(*arguments, **named)
        if not self._has_read.is_set():
            self._has_read.set()
            # Longer than anything waits for the result, but not for ever in case the test fails meanwhile.
            self._may_return.wait(2 * PATIENCE)
        return found

    async def has_read(self) -> None:
        await eventually(self._has_read.is_set)

    def may_return(self) -> None:
        self._may_return.set()


async def has_been_told_all(tab: Client) -> None:
    """Wait until nothing is being read for anybody at this tab's node, and everything pushed to the tab has arrived."""
    await eventually(lambda: not tab.rig.hub._running.followers._reading)
    answer = await tab.ask("heads.get", ref=new_id(), at=[])
    assert answer["type"] == "heads"
