"""Whether a reading is still wanted: said on the event loop, looked at in the thread that reads."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


class Wish:
    """Somebody wants to read something, until they give it up."""

    def __init__(self) -> None:
        self.given_up = False
        self._lock = threading.Lock()
        self._end: Callable[[], object] | None = None

    def give_up(self) -> None:
        """Nobody waits for it any more. Ends what is being asked, which may take a round trip to the database."""
        with self._lock:
            self.given_up = True
            if self._end is not None:
                # The database may be gone; then what was asked ends by that.
                with suppress(Exception):
                    self._end()

    @contextmanager
    def ended_by(self, end: Callable[[], object]) -> Iterator[None]:
        """While inside, giving it up calls `end`; never afterwards, when the connection is another's."""
        with self._lock:
            self._end = end
        try:
            yield
        finally:
            with self._lock:
                self._end = None
