"""A visitor without a socket, who sends one frame: the form that works without a script."""

from collections.abc import Callable, Sequence

from chatserver.domain.refusals import Internal, Refused
from chatserver.hub.connections import VisitorSession
from chatserver.hub.options import HubOptions
from chatserver.store.ids import new_id
from chatserver.store.visitor_lookup import VisitorRow
from chatserver.wire.fields import Frame
from chatserver.wire.replies import Accepted


class Nowhere:
    """The outlet of a session that nobody listens to."""

    full = False

    def write(self, texts: Sequence[bytes]) -> None:
        pass

    def on_room(self, then: Callable[[], object]) -> None:
        pass

    async def close(self, code: int, reason: str) -> None:
        pass


class OneFrame(VisitorSession):
    """The same limits and checks hold as for a tab. `answer` is what the tab would be sent."""

    def __init__(self, row: VisitorRow, options: HubOptions, steady: Callable[[], float], address: str) -> None:
        super().__init__(new_id(), row, options, Nowhere(), steady, address)
        self._accepted: Accepted | None = None
        self._refusal: Refused | None = None
        self.on_refused = self._note

    def _note(self, refusal: Refused) -> None:
        self._refusal = refusal

    def push(self, frame: Frame) -> None:
        if isinstance(frame, Accepted):
            self._accepted = frame

    def answer(self) -> Accepted:
        """What was accepted. Raises the refusal."""
        if self._accepted is None:
            raise self._refusal or Internal()
        return self._accepted
