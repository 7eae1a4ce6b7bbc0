"""uvicorn's configuration, with what all connections of one server share."""

import resource
import sys
from collections.abc import Callable, Iterable
from typing import Any

import uvicorn

from chatserver.transport.http_connections import Connections
from chatserver.transport.turns import Turns

FILES_OF_OURS = 256
"""Open files that are not connections: those of the database, the bus and the log."""


def most_connections() -> int:
    """The limit of open files minus our own, because a database that cannot open its file is unavailable."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if files == resource.RLIM_INFINITY else max(files - FILES_OF_OURS, files // 2)


IsUpload = Callable[[bytes, bytes], bool]
"""Whether a request with this method and this target sends a file."""


def never(_method: bytes, _target: bytes) -> bool:
    return False


class Config(uvicorn.Config):
    """`per_address`: connections that one address may have open besides its WebSockets. `most`: all connections of the
    server, WebSockets included. `is_upload` tells the requests that have the bounds of a file."""

    most: int

    def __init__(
        self, app: Any, *, per_address: int, proxies: Iterable[str], is_upload: IsUpload = never, **named: Any
    ) -> None:
        super().__init__(app, **named)
        self.is_upload = is_upload
        self.places = Connections(per_address, proxies)
        self.turns = Turns()
        self.most = most_connections()
