"""`/live`: this process runs. `/ready`: it can serve. For monitoring; reveals nothing that a stranger could use."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from chatserver.web.context import context_of
from chatserver.web.json_answer import json_answer
from chatserver.wire.health import Liveness, Readiness

RETRY_MS = 3_000
"""How long a client must wait before it asks again. Clients ask `/ready` after failed handshakes."""


async def live(request: Request) -> Response:
    return json_answer(Liveness())


async def ready(request: Request) -> Response:
    """200 only if the hub has started and is not stopping, and the database has answered recently. A probe makes no
    query, so it costs nothing."""
    why_not = context_of(request).hub.why_not_ready
    if why_not is None:
        return json_answer(Readiness(ready=True))
    return json_answer(Readiness(ready=False, why=why_not, retry_ms=RETRY_MS), HTTPStatus.SERVICE_UNAVAILABLE)
