"""The bus within one process: for a node that is alone, or for several nodes in one process, as in tests."""

from collections.abc import Sequence

from chatserver.bus.contract import Bell, Listener


class Room:
    """Connects the nodes of one process."""

    def __init__(self) -> None:
        self.members: list[MemoryBus] = []


class MemoryBus:
    """A bus that loses nothing and stores nothing. Nodes with the same `room` are connected; without a `room` the node
    is alone."""

    def __init__(self, room: Room | None = None) -> None:
        self._room = room or Room()
        self._world = ""
        self._listener: Listener | None = None
        self._own: dict[str, dict[str, int]] = {}
        self._healthy = True
        self.shared = room is not None
        self.trusted = True

    async def start(self, world: str, listener: Listener) -> bool:
        self._world, self._listener = world, listener
        first = not self._others()
        self._room.members.append(self)
        return first

    async def stop(self) -> None:
        if self in self._room.members:
            people = list(self._own)
            self._own.clear()
            self._report_presence(people)
            self._room.members.remove(self)

    def ring(self, bell: Bell) -> None:
        for other in self._others():
            if other._listener is not None:
                other._listener.heard(bell)

    def came(self, person: str, connection: str, since: int) -> None:
        self._own.setdefault(person, {})[connection] = since
        self._report_presence([person])

    def left(self, person: str, connection: str) -> None:
        connections = self._own.get(person, {})
        if connections.pop(connection, None) is None:
            return
        if not connections:
            del self._own[person]
        self._report_presence([person])

    def elsewhere(self, person: str) -> Sequence[int]:
        return [since for other in self._others() for since in other._own.get(person, {}).values()]

    @property
    def up(self) -> bool:
        return True

    @property
    def works_timers(self) -> bool:
        return (
            self not in self._room.members
            or next((each for each in self._of_my_world() if each._healthy), None) is self
        )

    @property
    def peers(self) -> int:
        return sum(other._healthy for other in self._others())

    def say_healthy(self, healthy: bool) -> None:
        self._healthy = healthy

    def _of_my_world(self) -> list["MemoryBus"]:
        return [each for each in self._room.members if each._world == self._world]

    def _others(self) -> list["MemoryBus"]:
        return [each for each in self._of_my_world() if each is not self]

    def _report_presence(self, people: Sequence[str]) -> None:
        if not people:
            return
        for other in self._others():
            if other._listener is not None:
                other._listener.presence_changed(people)
