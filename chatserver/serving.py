"""Runs uvicorn over an application, on a port taken beforehand, so that a taken port is one sentence.

uvicorn is told everything: its own choices (deflate on, 16 MiB frames, another parser) were measured and refused.
"""

import asyncio
import contextlib
import errno
import signal
import socket
from collections.abc import Iterator
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from chatserver.app import CannotServe
from chatserver.protocol import Protocol

GRACE_S = 5
"""How long requests under way may take after SIGTERM."""
BACKLOG = 2_048


class _Beside(uvicorn.Server):
    """A second server of the same process: signals are the first one's matter."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(host: str, port: int) -> socket.socket:
    """The port, taken. Raises `CannotServe`."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as failure:
        if failure.errno == errno.EADDRINUSE:
            raise CannotServe(f"Port {port} on {host} is taken; PORT=9000, say, names another.") from None
        raise CannotServe(f"Port {port} on {host} cannot be used: {failure.strerror}.") from None


def run(app: Starlette, listening: socket.socket, proxies: tuple[str, ...] = (), beside: "Site | None" = None) -> None:
    """Serve until SIGTERM or SIGINT; returns when everything has ended in order."""
    server = uvicorn.Server(_config(app, proxies))

    def leave(_signal: int, _frame: FrameType | None) -> None:
        # uvicorn raises the signal again once it has ended in order: that end is no failure.
        if not server.should_exit:
            raise SystemExit(0)

    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, leave)
    with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
        runner.run(_serve(server, listening, beside))
    if not server.started:
        raise CannotServe("The server could not start; the log says why.")


class Site:
    """Another application to serve from the same process."""

    def __init__(self, app: Starlette, listening: socket.socket) -> None:
        self.server = _Beside(_config(app, ()))
        self.listening = listening


async def _serve(server: uvicorn.Server, listening: socket.socket, beside: Site | None) -> None:
    if beside is None:
        await server.serve([listening])
        return
    other = asyncio.create_task(beside.server.serve([beside.listening]))
    await server.serve([listening])
    beside.server.should_exit = True
    await other


def _config(app: Starlette, proxies: tuple[str, ...]) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws=Protocol,
        ws_max_size=64 * 1024,
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        timeout_keep_alive=5,
        timeout_graceful_shutdown=GRACE_S,
    )
