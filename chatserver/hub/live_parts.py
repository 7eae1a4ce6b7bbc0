"""What nouns keep in memory while the node runs. The module of a noun in `chatserver.actions` says how its part is
built, and what it repeats."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple, TypeVar, cast

T = TypeVar("T")

Job = Callable[[], Awaitable[None]]
"""Called once at the start, then about once a second."""


class LivePart(NamedTuple):
    """`build` makes the part of this `kind` out of the hub's `Parts` when these are complete, and connects the two.
    `jobs` lists what the part repeats, in the order of the first calls."""

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
