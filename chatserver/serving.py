"""Runs uvicorn on a port that is bound beforehand, so that a port in use is reported in one sentence.

Every option of uvicorn is set here: its defaults (deflate on, 16 MiB frames, another parser) were measured and
rejected.
"""

import asyncio
import contextlib
import errno
import gc
import os
import resource
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from types import FrameType

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatserver.cannot_serve import CannotServe
from chatserver.transport.bounds import BOUNDS, FRAME, State
from chatserver.transport.config import Config
from chatserver.transport.forwarded import Forwarded
from chatserver.transport.http_protocol import HttpProtocol
from chatserver.transport.websocket_protocol import WebSocketProtocol
from chatserver.web.context import Context
from chatserver.web.files.uploads import is_upload
from chatserver.web.metrics import metrics_site

log = structlog.get_logger()

GRACE_S = 5
"""Seconds that requests under way may take after SIGTERM."""
BACKLOG = 2_048
CONNECTIONS = 1_000
"""Connections from one address, unless a setting says otherwise."""
ENDINGS = (signal.SIGTERM, signal.SIGINT)


class _Main(uvicorn.Server):
    """The first signal drains and ends in order. The second ends at once, which loses nothing: all acknowledged
    messages are on the disk."""

    def __init__(self, config: uvicorn.Config, drain: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._drain = drain

    async def main_loop(self) -> None:
        await super().main_loop()
        # Drain before uvicorn's own end, which closes every socket at the same moment. The port stays open meanwhile,
        # so that health probes get an answer.
        await self._drain()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn raises the signals again at the end. Here they are not, because an end that was asked for is not a
        # failure.
        before = {ending: signal.signal(ending, self.handle_exit) for ending in ENDINGS}
        try:
            yield
        finally:
            for ending, handler in before.items():
                signal.signal(ending, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.should_exit:
            os._exit(1)
        super().handle_exit(sig, frame)


class _Beside(uvicorn.Server):
    """A second server in the same process; the first one handles the signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Site:
    """Another application to serve from the same process."""

    def __init__(self, app: Starlette, listening: socket.socket, per_address: int = CONNECTIONS) -> None:
        self.server = _Beside(_config(app, (), per_address))
        self.listening = listening


def listen(host: str, port: int, variable: str = "PORT") -> socket.socket:
    """Bind the port; `variable` is the setting that can name another. Raises `CannotServe`."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as failure:
        if failure.errno == errno.EADDRINUSE:
            raise CannotServe(
                "Port {port} on {host} is taken; {variable}=9000, say, names another.",
                port=port,
                host=host,
                variable=variable,
            ) from None
        raise CannotServe(
            "Port {port} on {host} cannot be used: {why}.", port=port, host=host, why=failure.strerror
        ) from None


@contextlib.contextmanager
def listen_for_metrics(host: str, port: int) -> Iterator[socket.socket | None]:
    """Bind the port of the metrics; None for port 0, which means no metrics. Raises `CannotServe`."""
    if port == 0:
        yield None
        return
    with listen(host, port, "CHATSERVER_METRICS_PORT") as listening:
        yield listening


def run(
    app: Starlette,
    listening: socket.socket,
    proxies: tuple[str, ...] = (),
    metrics: socket.socket | None = None,
    beside: tuple[Site, ...] = (),
    per_address: int = CONNECTIONS,
) -> None:
    """Serve until SIGTERM or SIGINT; returns when everything has ended in order."""
    allow_files()
    context: Context = app.state.context
    server = _Main(_config(app, proxies, per_address), context.hub.drain)
    if metrics is not None:
        beside = (*beside, Site(metrics_site(context.metrics), metrics))

    def leave(_signal: int, _frame: FrameType | None) -> None:
        # Handles signals before and after uvicorn does. At these times, ending at once loses nothing.
        raise SystemExit(0)

    for ending in ENDINGS:
        signal.signal(ending, leave)
    with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
        try:
            runner.run(_serve(server, listening, beside))
        except SystemExit:
            # uvicorn exits with this code when the start has failed.
            if _why_not(app) is None:
                raise
    if not server.started:
        raise _why_not(app) or CannotServe("The server could not start; the log says why.")


def _why_not(app: Starlette) -> CannotServe | None:
    """Why the application could not start, if there is a sentence for it."""
    return getattr(app.state, "cannot_serve", None)


def _without_a_traceback(app: Starlette) -> ASGIApp:
    """The same application, without a traceback when there is a sentence for why it cannot start."""

    async def called(scope: Scope, receive: Receive, send: Send) -> None:
        async def tell(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed" and _why_not(app) is not None:
                message = {**message, "message": ""}
            await send(message)

        await app(scope, receive, tell if scope["type"] == "lifespan" else send)

    return called


def allow_files() -> None:
    """Raise the soft limit of open files to the hard one: every socket is an open file, and 1,024 are too few."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == hard:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (ValueError, OSError) as failure:
        log.warning("files_not_allowed", files=soft, reason=str(failure))
    else:
        log.info("files_allowed", files=hard, before=soft)


def _rarely_collect() -> None:
    """Freeze the objects of the start and collect rarely: there are hardly any cycles, and at the usual thresholds the
    collector took a tenth of the CPU."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


async def _serve(server: uvicorn.Server, listening: socket.socket, beside: tuple[Site, ...]) -> None:
    _rarely_collect()
    others = [asyncio.create_task(site.server.serve([site.listening])) for site in beside]
    await server.serve([listening])
    for site in beside:
        site.server.should_exit = True
    await asyncio.gather(*others)


def _config(app: Starlette, proxies: tuple[str, ...], per_address: int = CONNECTIONS) -> Config:
    return Config(
        Forwarded(_without_a_traceback(app), proxies),
        per_address=per_address,
        proxies=proxies,
        is_upload=is_upload,
        loop="uvloop",
        http=HttpProtocol,
        ws=WebSocketProtocol,
        ws_max_size=FRAME,
        ws_per_message_deflate=False,
        # The hub sends its own pings, and acts on missing answers.
        ws_ping_interval=None,
        ws_ping_timeout=None,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        # `Forwarded` does this.
        proxy_headers=False,
        # `HttpProtocol` ends idle connections before uvicorn's own timer would.
        timeout_keep_alive=int(BOUNDS[State.IDLE].seconds) * 2,
        timeout_graceful_shutdown=GRACE_S,
    )
