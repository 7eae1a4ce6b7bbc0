"""The bus of a single node: rings reach this process's listeners at once."""

from collections.abc import Callable

from chatserver.bus.contract import Doorbell


class MemoryBus:
    """Nothing is lost on it and nothing survives it."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[Doorbell], None]] = []

    def ring(self, doorbell: Doorbell) -> None:
        for heard in self._listeners:
            heard(doorbell)

    def listen(self, heard: Callable[[Doorbell], None]) -> None:
        self._listeners.append(heard)
