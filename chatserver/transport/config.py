"""uvicorn's configuration, with what all connections of one server share."""

import resource
import sys
from collections.abc import Iterable
from typing import Any

import uvicorn

from chatserver.transport.http_connections import Connections
from chatserver.transport.turns import Turns

FILES_OF_OURS = 256
"""Open files that are no connections: the database's, the bus's, the log."""


def most_connections() -> int:
    """As many as there may be files, without ours: a database that cannot open its file is away."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if files == resource.RLIM_INFINITY else max(files - FILES_OF_OURS, files // 2)


class Config(uvicorn.Config):
    """`per_address`: connections that one address may have open beside its sockets. `most`: of all, sockets too."""

    most: int

    def __init__(self, app: Any, *, per_address: int, proxies: Iterable[str], **named: Any) -> None:
        super().__init__(app, **named)
        self.places = Connections(per_address, proxies)
        self.turns = Turns()
        self.most = most_connections()
