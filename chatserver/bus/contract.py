"""What a bus must do. One contract, one suite of tests, every implementation."""

from collections.abc import Callable
from typing import NamedTuple, Protocol


class Doorbell(NamedTuple):
    """A conversation has grown up to these places. No text, ever."""

    conversation: str
    seq: int
    visitor_seq: int


class Bus(Protocol):
    """Rings are told to every listener, the ringing node's own included, in the order rung, or not at all."""

    def ring(self, doorbell: Doorbell) -> None:
        """Tell it to all nodes. Never waits, never raises: whoever misses it is healed by the store."""

    def listen(self, heard: Callable[[Doorbell], None]) -> None:
        """Call `heard` for every doorbell from now on."""
