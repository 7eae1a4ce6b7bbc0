"""`POST /v1/visitor/line`: the visitor's socket for networks that block WebSockets.

A client opens a line with a random id, which it keeps to itself and sends in a header with each request. The line has a
socket of its own above it, with the limits, checks and frames of every visitor's socket.
"""

import asyncio
import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from chatserver.domain.refusals import BadFrame, Busy, Forbidden, NotFound, RateLimited
from chatserver.domain.token_bucket import TokenBucket
from chatserver.transport.line import LINE
from chatserver.web.context import context_of
from chatserver.web.gate.disconnects import until_disconnect
from chatserver.web.gate.guards import RETRY_AFTER_S, SUBPROTOCOL, VISITORS
from chatserver.web.gate.request_body import json_body
from chatserver.web.json_answer import json_answer
from chatserver.web.sockets.polled_line import LINGER, PolledLine
from chatserver.wire.decoding import VISITOR_FRAME, BodyReader
from chatserver.wire.visitor_polling import VisitorPoll

HEADER = "HChat-Line"
"""Names the line. A balancer before several nodes must send all requests of a line to the same node."""
ID = re.compile(r"[\w-]{43}", re.ASCII)

REQUESTS_PER_SECOND = 5.0
REQUESTS_BURST = 20
"""Of one line. A person who types and sends makes one or two a second."""

POLL = BodyReader(VisitorPoll, VISITOR_FRAME)


class VisitorPolling:
    """The endpoint, and the lines of this node."""

    def __init__(self) -> None:
        self._lines: dict[str, PolledLine] = {}
        self._allowances: dict[str, TokenBucket] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def post(self, request: Request) -> Response:
        """Exchange frames. Raises `NotFound` when this node does not have the line and the request does not open it."""
        id = request.headers.get(HEADER, "")
        if not ID.fullmatch(id):
            raise BadFrame(why="shape")
        asked = await json_body(request, POLL)
        line = self._lines.get(id) or self._opened(id, request, asked)
        wait = self._allowances[id].take(context_of(request).now())
        if wait:
            raise RateLimited(retry_ms=wait)
        answer = await until_disconnect(request, line.exchange(asked))
        if line.refused is not None:
            raise _refusal(line.refused)
        return json_answer(answer)

    def _opened(self, id: str, request: Request, asked: VisitorPoll) -> PolledLine:
        if asked.at or asked.got or not asked.texts:
            raise NotFound(what="line")
        line = self._lines[id] = PolledLine()
        self._allowances[id] = TokenBucket(REQUESTS_PER_SECOND, REQUESTS_BURST)
        task = asyncio.create_task(request.app(_scope(request.scope, line), line.receive, line.send))
        self._running.add(task)
        task.add_done_callback(lambda done: self._ended(id, line, done))
        return line

    def _ended(self, id: str, line: PolledLine, task: "asyncio.Task[None]") -> None:
        """The socket has ended. The client may still come for how it ended."""
        self._running.discard(task)
        line.ended()
        asyncio.get_running_loop().call_later(0 if line.refused else LINGER, self._forget, id)

    def _forget(self, id: str) -> None:
        del self._lines[id], self._allowances[id]


def _scope(scope: Scope, line: PolledLine) -> Scope:
    """The scope of the visitor's socket on this line, made from that of the request that opens it."""
    same = ("asgi", "http_version", "server", "client", "root_path", "headers")
    return {name: scope[name] for name in same if name in scope} | {
        "type": "websocket",
        "scheme": scope["scheme"].replace("http", "ws"),
        "path": VISITORS,
        "raw_path": VISITORS.encode("ascii"),
        "query_string": b"",
        "subprotocols": [SUBPROTOCOL],
        "state": {},
        "extensions": {"websocket.http.response": {}, LINE: {"protocol": line}},
    }


def _refusal(status: int) -> BadFrame | Busy | Forbidden | RateLimited:
    """What refused the socket before it opened, as a refusal of HTTP."""
    if status in (RateLimited.status, Busy.status):
        kind = RateLimited if status == RateLimited.status else Busy
        return kind(retry_ms=RETRY_AFTER_S * 1000)
    return Forbidden(rule="origin")
