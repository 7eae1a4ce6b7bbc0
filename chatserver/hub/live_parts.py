"""The parts that modules of `chatserver.actions` keep in memory while the node runs, such as the open 留言. The module
says how its part is built, and which jobs it repeats."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple, TypeVar, cast

T = TypeVar("T")

Job = Callable[[], Awaitable[None]]
"""Called once at the start, then about once a second."""


class LivePart(NamedTuple):
    """How to build a part. `kind`: its class. `build`: makes it when the hub's `Parts` are complete, and connects it to
    them. `jobs`: what the part repeats; at the start the jobs are called once, in this order."""

    kind: type
    build: Callable[[Any], Any]
    jobs: Callable[[Any], Sequence[Job]]


class LiveParts:
    """The parts of this node, by their class."""

    def __init__(self) -> None:
        self._parts: dict[type, object] = {}

    def add(self, kind: type, part: object) -> None:
        self._parts[kind] = part

    def of(self, kind: type[T]) -> T:
        """The node's part of this class."""
        return cast("T", self._parts[kind])
