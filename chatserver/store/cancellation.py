"""Whether the result of a query is still wanted: set on the event loop, checked in the reader thread."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


class Cancellation:
    """A request for a query's result, valid until it is cancelled."""

    def __init__(self) -> None:
        self.is_cancelled = False
        self._lock = threading.Lock()
        self._end: Callable[[], object] | None = None

    def cancel(self) -> None:
        """Nobody waits for the result any more. Cancels the running query, which may take a round trip to the
        database."""
        with self._lock:
            self.is_cancelled = True
            if self._end is not None:
                # If the database is gone, the query ends because of that.
                with suppress(Exception):
                    self._end()

    @contextmanager
    def calling(self, end: Callable[[], object]) -> Iterator[None]:
        """A context in which `cancel` calls `end`. Afterwards it does not, because somebody else may use the connection
        by then."""
        with self._lock:
            self._end = end
        try:
            yield
        finally:
            with self._lock:
                self._end = None
