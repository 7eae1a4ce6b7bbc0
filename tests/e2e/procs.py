"""Starts the product as anybody would, `python -m chatserver serve`, and ends exactly what it started.

A server here can be killed, restarted on the same port and data, and asked to stop. All its output is kept; a traceback
in it is a failure, whatever else the test checks.
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from click.testing import CliRunner, Result

from chatserver.cli.main import main
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN = 120.0
END_WITHIN = 120.0
"""Seconds. No promises: what is promised about starting and stopping is asserted by the tests."""
ANSWERS_WITHIN = 60.0
"""Seconds for an HTTP answer, which no test asserts: twenty passwords may be in front of it on a busy machine."""
LOOK_EVERY = 0.02

WIDE = {
    "CHATSERVER_SESSIONS_PER_HOUR_AND_ADDRESS": "100000",
    "CHATSERVER_HANDSHAKES_PER_S": "100000",
    "CHATSERVER_HANDSHAKES_BURST": "100000",
    "CHATSERVER_SOCKETS_PER_ADDRESS": "100000",
    "CHATSERVER_CONNECTIONS_PER_ADDRESS": "100000",
    "CHATSERVER_QUEUE_LIMIT": "100000",
    "CHATSERVER_OPENS_PER_HOUR": "100000",
    "CHATSERVER_OFFLINE_PER_HOUR": "100000",
    "CHATSERVER_RATINGS_PER_HOUR": "100000",
    "CHATSERVER_OPENS_PER_HOUR_AND_ADDRESS": "100000",
    "CHATSERVER_OFFLINE_PER_HOUR_AND_ADDRESS": "100000",
    "CHATSERVER_RATINGS_PER_HOUR_AND_ADDRESS": "100000",
    "CHATSERVER_FILES_PER_MIN": "1000",
    "CHATSERVER_FILES_PER_HOUR_AND_ADDRESS": "100000",
    "CHATSERVER_READS_PER_S_AND_ADDRESS": "100000",
    "CHATSERVER_EMERGENCIES_PER_HOUR_AND_ADDRESS": "100000",
    "CHATSERVER_SHARED_NETWORKS": "127.0.0.0/8",
    "CHATSERVER_VISITOR_READS_PER_S": "1000",
    "CHATSERVER_STAFF_READS_PER_S": "1000",
    "CHATSERVER_STAFF_ACTS_PER_S": "1000",
    "CHATSERVER_VISITOR_MESSAGES_BURST": "100000",
    "CHATSERVER_VISITOR_MESSAGES_PER_5_MIN": "100000",
    "CHATSERVER_VISITOR_FRAMES_PER_S": "1000",
    "CHATSERVER_STAFF_FRAMES_PER_S": "1000",
    "CHATSERVER_STAFF_MESSAGES_PER_S": "1000",
    "CHATSERVER_STAFF_MESSAGES_BURST": "1000",
}
"""Limits that do not interfere, for tests of something else in which one address plays a whole town."""


class NotReady(AssertionError):
    """The server did not start; the text is its output."""


@dataclass
class Answer:
    """The answer to an HTTP request. `headers` by lower-case name."""

    status: int
    body: bytes
    headers: dict[str, str]

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Server:
    """One server: a data folder, a port, settings; and the process that serves them, if it is running.

    `module` is what Python runs: the product, or a launcher that modifies it first. `inside` is a command that runs
    another one elsewhere, in a namespace for example.
    """

    data: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    module: tuple[str, ...] = ("chatserver",)
    inside: tuple[str, ...] = ()
    starts: int = 0

    def __post_init__(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._said: list[Path] = []

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        return self.data / "chat.db"

    @property
    def where(self) -> Path | str:
        """The database it uses: the file, or the address it was given."""
        return self.settings.get("DATABASE_URL") or self.database

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Of the process that serves, or served last."""
        assert self._process is not None
        return self._process.pid

    def environment(self) -> dict[str, str]:
        """Without the tester's own settings."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        # All nodes of a database need the same key and the same files; their folders lie side by side.
        together = {"CHATSERVER_AUDIT_KEY_FILE": "audit.key", "CHATSERVER_FILES": f"files-{self.name_of_database}"}
        together = together if self.on_postgresql else {}
        shared = {name: str(self.data.parent / place) for name, place in together.items()}
        return kept | {"CHATSERVER_DATA": str(self.data), "PORT": str(self.port)} | shared | self.settings

    @property
    def name_of_database(self) -> str:
        """Of a database of PostgreSQL; empty for a file."""
        return urlsplit(self.settings.get("DATABASE_URL", "")).path.strip("/")

    @property
    def on_postgresql(self) -> bool:
        return bool(self.settings.get("DATABASE_URL"))

    def start(self) -> "Server":
        """Start it and wait until it is ready. Raises `NotReady`."""
        self.launch()
        return self.wait_ready()

    def launch(self) -> None:
        """Start it, without waiting."""
        assert not self.running, "one process at a time"
        self.starts += 1
        said = self.data.parent / f"{self.data.name}-{self.port}-{self.starts}.log"
        self._said.append(said)
        with said.open("wb") as log:
            self._process = self._spawn(["serve"], log)

    def wait_ready(self) -> "Server":
        """Wait until `/ready` says so."""
        until = time.monotonic() + READY_WITHIN
        while True:
            if not self.running:
                raise NotReady(f"the server ended by itself: {self.said()}")
            try:
                if self.get("/ready").status == 200:
                    return self
            except (OSError, http.client.HTTPException):
                pass
            if time.monotonic() > until:
                raise NotReady(f"not ready within {READY_WITHIN} s: {self.said()}")
            time.sleep(LOOK_EVERY)

    def kill(self) -> None:
        """SIGKILL, and wait until the process has ended."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(END_WITHIN)

    def terminate(self) -> None:
        """SIGTERM; `wait_end` returns its exit code."""
        self.send(signal.SIGTERM)

    def send(self, which: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(which)

    def wait_end(self) -> int:
        """Its exit code."""
        assert self._process is not None
        return self._process.wait(END_WITHIN)

    def stop(self) -> int:
        """SIGTERM; returns its exit code."""
        self.terminate()
        return self.wait_end()

    def end(self) -> None:
        """End it in whatever state it is."""
        if self.running:
            self.kill()

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of the product on the same data, to its end."""
        return subprocess.run(
            [sys.executable, "-m", *self.module, *arguments],
            cwd=ROOT,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=END_WITHIN,
            check=False,
        )

    def run_here(self, *arguments: str) -> Result:
        """The same command in this process, which saves the second in which Python starts: for tests of what it does to
        the data. That it is a program is tested by those that `run` it."""
        nothing_else: dict[str, str | None] = dict.fromkeys(os.environ)
        return CliRunner().invoke(main, arguments, env=nothing_else | self.environment())

    def said(self) -> str:
        """Everything it has logged since the first start."""
        return "\n".join(said.read_text("utf-8", "replace") for said in self._said if said.exists())

    def assert_no_traceback(self) -> None:
        """Fail if the server has logged an exception, even if it survived it."""
        said = self.said()
        at = said.find("Traceback")
        assert at < 0, f"a traceback in the server's log:\n{said[max(0, at - 500) : at + 4_000]}"

    # Plain HTTP, without the product's code.

    def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        return self.request("GET", path, headers=headers)

    def request(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None, origin: str = ""
    ) -> Answer:
        """One request on a connection of its own. Unsafe methods carry the server's own Origin."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWERS_WITHIN)
        try:
            told = dict(headers or {})
            if method not in ("GET", "HEAD"):
                told.setdefault("Origin", origin or self.origin)
            connection.request(method, path, body=body or None, headers=told)
            response = connection.getresponse()
            named = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, response.read(), named)
        finally:
            connection.close()

    def visitor_token(self, site: str = "demo", *, touch: bool = False) -> str:
        """A new visitor's token."""
        asked = json.dumps({"site": site, "language": "zh", "touch": touch}).encode()
        answer = self.request("POST", "/v1/visitor/session", asked, {"Content-Type": "application/json"})
        assert answer.status == 200, (answer.status, answer.body)
        token: str = answer.json()["token"]
        return token

    def _spawn(self, arguments: list[str], log: IO[bytes]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [*self.inside, sys.executable, "-m", *self.module, *arguments],
            cwd=ROOT,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
