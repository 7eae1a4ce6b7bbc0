"""Nodes of a test: a bus with somebody who listens."""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from chatserver.bus.contract import Bell, Bus

WITHIN = 10.0
"""Seconds. Whatever a test waits for comes much earlier, but the machine may be busy."""


@dataclass
class Listener:
    """Keeps what it is told."""

    bells: list[Bell] = field(default_factory=list)
    times_missed: int = 0
    changes: list[Sequence[str]] = field(default_factory=list)

    def heard(self, bell: Bell) -> None:
        self.bells.append(bell)

    def missed(self) -> None:
        self.times_missed += 1

    def presence_changed(self, people: Sequence[str]) -> None:
        self.changes.append(list(people))

    @property
    def people(self) -> set[str]:
        """Whose presence it was told of."""
        return {person for people in self.changes for person in people}

    @property
    def times_all_may_have_changed(self) -> int:
        return self.changes.count([])


@dataclass
class Node:
    bus: Bus
    ear: Listener
    was_first: bool


async def eventually(true: Callable[[], object], within: float = WITHIN) -> None:
    """What another task or process does can only be polled."""
    try:
        async with asyncio.timeout(within):
            while not true():  # noqa: ASYNC110 nothing tells of it
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise AssertionError("it has not come to that") from None


def new_world() -> str:
    return uuid.uuid4().hex
