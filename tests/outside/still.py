"""A deterministic event loop: time passes only when told, threads run at once, and connections are two objects that
hand each other bytes.

Everything that is under way is completed before time moves, so that a script produces the same frames in the same order
on every machine, however busy, and on every database.
"""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

CALM = 3
"""After this many rounds of the loop with nothing to do, nothing is under way."""


class StillLoop(asyncio.SelectorEventLoop):
    """`serves`: makes the server's protocol for each new connection."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 1_000.0
        self.serves: Callable[[], asyncio.Protocol] | None = None

    def time(self) -> float:
        return self._now

    async def create_server(self, protocol_factory: Any, *_given: Any, **_named: Any) -> Any:
        self.serves = protocol_factory
        return _Listening()

    async def pass_(self, seconds: float) -> None:
        """Lets this much time pass, timer by timer; afterwards nothing is under way."""
        end = self._now + seconds
        await self._calm()
        while (due := self._next()) is not None and due <= end:
            self._now = max(self._now, due)
            await self._calm()
        self._now = end
        await self._calm()

    async def _calm(self) -> None:
        ready: Any = self._ready  # type: ignore[attr-defined]  # asyncio's own queue
        calm = 0
        while calm < CALM:
            await asyncio.sleep(0)
            calm = 0 if ready else calm + 1

    def _next(self) -> float | None:
        """When the next timer is due."""
        timers: Any = self._scheduled  # type: ignore[attr-defined]  # asyncio's own heap
        return min((each.when() for each in timers if not each.cancelled()), default=None)


class _Listening:
    """What `create_server` returns."""

    def close(self) -> None:
        """Nothing to close: the test makes all connections."""

    async def wait_closed(self) -> None:
        """Nothing to wait for."""


class Connection(asyncio.Transport):
    """The server's end of a connection. `received` gets everything that it writes; `ended` is called at the end."""

    def __init__(
        self, loop: StillLoop, address: str, received: Callable[[bytes], object], ended: Callable[[], object]
    ) -> None:
        super().__init__({"peername": (address, 50_000), "sockname": ("127.0.0.1", 8000)})
        assert loop.serves is not None
        self._loop = loop
        self._received = received
        self._ended = ended
        self._closing = False
        self._paused = False
        self._unread: list[bytes] = []
        self._protocol: Any = loop.serves()
        self._protocol.connection_made(self)

    def send(self, data: bytes) -> None:
        """Sends data from the client."""
        self._unread.append(data)
        self._loop.call_soon(self._hand_over)

    def hang_up(self) -> None:
        """The client vanishes without a close."""
        self.abort()

    def _hand_over(self) -> None:
        while self._unread and not self._paused and not self._closing:
            self._protocol.data_received(self._unread.pop(0))

    # For the protocol.

    def write(self, data: Any) -> None:
        if not self._closing:
            self._received(bytes(data))

    def writelines(self, list_of_data: Any) -> None:
        for each in list_of_data:
            self.write(each)

    def write_eof(self) -> None:
        """Nothing to do: the client learns of the end when the connection closes."""

    def can_write_eof(self) -> bool:
        return True

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self._ended()
            self._loop.call_soon(self._protocol.connection_lost, None)

    def abort(self) -> None:
        self.close()

    def is_closing(self) -> bool:
        return self._closing

    def pause_reading(self) -> None:
        self._paused = True

    def resume_reading(self) -> None:
        self._paused = False
        self._loop.call_soon(self._hand_over)

    def is_reading(self) -> bool:
        return not self._paused

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Nothing to do: everything written is taken at once."""

    def get_write_buffer_size(self) -> int:
        return 0

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        protocol: asyncio.BaseProtocol = self._protocol
        return protocol


@contextmanager
def threads_at_once() -> Iterator[None]:
    """Runs everything that is submitted to a thread pool at once, in the calling thread."""
    before = ThreadPoolExecutor.submit

    def submit(_pool: ThreadPoolExecutor, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_running_or_notify_cancel()
        try:
            done.set_result(fn(*args, **kwargs))
        except BaseException as failure:
            done.set_exception(failure)
        return done

    ThreadPoolExecutor.submit = submit  # type: ignore[assignment,method-assign]  # for as long as this lasts
    try:
        yield
    finally:
        ThreadPoolExecutor.submit = before  # type: ignore[method-assign]
