"""What a socket needs of the connection under it, beyond ASGI. `WebSocketProtocol` is one; a visitor who polls has
another."""

from collections.abc import Callable, Iterable, MutableMapping
from typing import Any, Protocol, cast

LINE = "chatserver.line"


class Line(Protocol):
    """The connection under one socket."""

    @property
    def has_gone(self) -> bool:
        """Whether the client has left or was closed, as far as is known."""

    @property
    def full(self) -> bool:
        """Whether output waits for the client to read it."""

    def write_texts(self, texts: Iterable[bytes]) -> None:
        """Send text messages at once, even if the output is full."""

    def on_room(self, then: Callable[[], object]) -> None:
        """`then` is called each time that the output is no longer full."""

    def taken_by(self, taker: Callable[[str], bool]) -> None:
        """Offer each text message to `taker` first; those that it does not take are received through ASGI."""

    def abort(self) -> None:
        """End the connection without a close frame."""


def line_of(scope: MutableMapping[str, Any]) -> Line:
    """The connection under this socket."""
    return cast(Line, scope["extensions"][LINE]["protocol"])
