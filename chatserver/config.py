"""uvicorn's configuration, with what all connections of one server share."""

from collections.abc import Iterable
from typing import Any

import uvicorn

from chatserver.connections import Connections
from chatserver.turns import Turns


class Config(uvicorn.Config):
    """`per_address`: connections that one address may have open beside its sockets."""

    def __init__(self, app: Any, *, per_address: int, proxies: Iterable[str], **named: Any) -> None:
        super().__init__(app, **named)
        self.places = Connections(per_address, proxies)
        self.turns = Turns()
