"""Watches a server during any test: memory, files, threads, and how long its event loop is blocked.

A stall is measured from outside: `/live` only answers, so a slow answer had to wait for the loop (or for this busy
machine). It is reported, never asserted; the bounds below are far above anything a test should need.
"""

import contextlib
import http.client
import threading
import time

import psutil

from tests.e2e.journal import tell
from tests.e2e.procs import Server

LOOK_EVERY = 0.25
MOST_MEMORY = 600 * 1024 * 1024
MOST_FILES = 5_000
MOST_THREADS = 64


class LoopWatch(threading.Thread):
    """`start` it before the server, `end` it after."""

    def __init__(self, server: Server) -> None:
        super().__init__(name=f"loopwatch-{server.port}", daemon=True)
        self._server = server
        self._over = threading.Event()
        self._connection: http.client.HTTPConnection | None = None
        self.looks = 0
        self.memory = 0
        self.files = 0
        self.threads = 0
        self.stall = 0.0

    def run(self) -> None:
        while not self._over.wait(LOOK_EVERY):
            if self._server.running:
                with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                    self._check(psutil.Process(self._server.pid))
                self._ask()
        self._hang_up()

    def end(self) -> None:
        """Stop watching; report what was seen, which must be within bounds."""
        self._over.set()
        self.join()
        if not self.looks:
            return
        seen = f"{self.memory // 2**20} MB, {self.files} files, {self.threads} threads"
        tell(f"server on {self._server.port}: at most {seen}; longest stall {self.stall * 1000:.0f} ms")
        assert self.memory <= MOST_MEMORY, seen
        assert self.files <= MOST_FILES, seen
        assert self.threads <= MOST_THREADS, seen

    def _check(self, process: psutil.Process) -> None:
        with process.oneshot():
            self.memory = max(self.memory, process.memory_info().rss)
            self.files = max(self.files, process.num_fds())
            self.threads = max(self.threads, process.num_threads())
        self.looks += 1

    def _ask(self) -> None:
        """One request on a persistent connection; reconnects to a server that was killed."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=5)
        began = time.monotonic()
        try:
            self._connection.request("GET", "/live")
            self._connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            self._hang_up()
        else:
            self.stall = max(self.stall, time.monotonic() - began)

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
