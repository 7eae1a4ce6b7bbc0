"""A PostgreSQL for a single test that kills, restarts or promotes it, which must not happen to the shared one.

Unlike the server that all tests share (tests/postgres.py) it flushes to the disk. Its data are in a temporary folder,
and it listens on 127.0.0.1 on a free port and on a unix socket. Inside the `with`, anything may be done to it;
afterwards neither process nor folder is left.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
from sqlalchemy import URL, NullPool, create_engine, text

from tests.ports import free_port
from tests.postgres import USER, binaries_for, say, wait_until_up, with_driver

OWNER, PASSWORD = "postgres", "a password: with/signs@in#it"
GONE_WITHIN = 30.0
LOOK_EVERY = 0.02

SETTINGS = {"max_connections": "100", "shared_buffers": "32MB", "logging_collector": "off"}


class OwnPostgres:
    """One server. It runs inside the `with`, unless a method below has stopped it.

    `settings` are the server's own (`{"synchronous_standby_names": "*"}`); `password` asks everybody for PASSWORD;
    `port` is a free one by default.
    """

    def __init__(self, settings: Mapping[str, str] | None = None, *, password: bool = False, port: int = 0) -> None:
        self._as_root = os.geteuid() == 0
        self.folder = Path(tempfile.mkdtemp(prefix="chat-pg-"))
        if self._as_root:
            self.folder.chmod(0o711)
        self.binaries = binaries_for(self.folder, everybody=self._as_root)
        self.port = port or free_port()
        self.settings = SETTINGS | dict(settings or {})
        self._password = password
        self._server: subprocess.Popen[bytes] | None = None
        self.data = self.folder / "data"
        self.sockets = self._folder("sockets", 0o755)

    def __enter__(self) -> Self:
        try:
            self._make()
            return self.start()
        except BaseException:
            self.end()
            raise

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None) -> None:
        self.end()

    # Its addresses.

    def url(self, database: str = "postgres", *, tcp: bool = True, user: str = OWNER) -> str:
        """The address of one of its databases, by the port or by the socket."""
        secret = PASSWORD if self._password else None
        address = URL.create("postgresql", user, secret, database=database)
        address = address.set(host="127.0.0.1", port=self.port) if tcp else address.set(query=self._by_socket())
        return address.render_as_string(hide_password=False)

    @property
    def running(self) -> bool:
        return self._server is not None and self._server.poll() is None

    @property
    def pid(self) -> int:
        """The postmaster's pid."""
        assert self._server is not None
        return self._server.pid

    def log(self) -> str:
        """Everything it has logged."""
        return (self.folder / "log").read_text("utf-8", "replace")

    # Starting and stopping.

    def start(self) -> Self:
        """Start it on the existing data, and wait until it answers."""
        self.launch()
        assert self._server is not None
        wait_until_up(self.url(tcp=False), self._server, self.folder / "log")
        return self

    def launch(self) -> None:
        """Start it, without waiting."""
        assert not self.running, "one process at a time"
        known = {"listen_addresses": "127.0.0.1", "port": str(self.port), "unix_socket_directories": str(self.sockets)}
        told = [part for name, value in (self.settings | known).items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [str(self.binaries / "postgres"), "-D", str(self.data), *told],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self._user,
                cwd=self.folder,
                start_new_session=True,
            )

    def kill(self) -> None:
        """SIGKILL the postmaster, and wait until none of its processes is left."""
        self._signal(signal.SIGKILL)
        self.wait_gone()

    def stop_immediate(self) -> None:
        """Like `pg_ctl stop -m immediate`: every session ends at once, and the next start is a recovery."""
        self._signal(signal.SIGQUIT)
        self.wait_gone()

    def stop(self) -> None:
        """Like `pg_ctl stop -m fast`: sessions are ended, uncommitted work is rolled back."""
        self._signal(signal.SIGINT)
        self.wait_gone()

    def restart(self) -> Self:
        """A fast stop, then a start."""
        if self.running:
            self.stop()
        return self.start()

    def wait_gone(self) -> None:
        """Wait until the postmaster and all its children are gone."""
        assert self._server is not None
        self._server.wait(GONE_WITHIN)
        until = time.monotonic() + GONE_WITHIN
        while left := self.processes():
            assert time.monotonic() < until, f"still there: {left}"
            time.sleep(LOOK_EVERY)

    def processes(self) -> list[psutil.Process]:
        """Its processes, the postmaster's orphans included: all have the data folder as working directory."""
        return [each for each in psutil.process_iter() if _lives_in(self.data, each)]

    def end(self) -> None:
        """End it in whatever state it is; nothing of it is left."""
        for each in self.processes():
            # A stopped process handles no other signal; one whose client has just left ends by itself.
            with contextlib.suppress(psutil.NoSuchProcess):
                each.send_signal(signal.SIGCONT)
        if self.running:
            self.stop_immediate()
        if self.folder.exists():
            shutil.rmtree(self.folder)

    # Queries, as its owner.

    def say(self, statement: str, database: str = "postgres") -> None:
        """One statement, outside a transaction."""
        say(self.url(database, tcp=False), statement)

    def ask(self, question: str, database: str = "postgres") -> Any:
        """The single value that a query returns."""
        engine = create_engine(with_driver(self.url(database, tcp=False)), poolclass=NullPool)
        with engine.connect() as connection:
            return connection.execute(text(question)).scalar_one()

    def until(self, question: str, within: float = GONE_WITHIN) -> None:
        """Wait until the query returns true. What goes on inside a server can only be polled."""
        end = time.monotonic() + within
        while not self.ask(question):
            assert time.monotonic() < end, f"not within {within} s: {question}; {self.log()[-2_000:]}"
            time.sleep(LOOK_EVERY)

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs as the server's user."""
        done = subprocess.run(
            [str(self.binaries / program), *arguments],
            user=self._user,
            cwd=self.folder,
            env=os.environ | {"PGPASSWORD": PASSWORD},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (program, done.stdout, done.stderr)

    # A primary and its standby.

    def process(self, kind: str) -> psutil.Process:
        """Its process of that kind: `walreceiver`, `checkpointer` …"""
        [found] = [each for each in self.processes() if f": {kind}" in " ".join(each.cmdline())]
        return found

    def _make(self) -> None:
        self._folder("data", 0o700)
        said = self._folder("secret", 0o700) / "password"
        said.write_text(PASSWORD)
        if self._as_root:
            shutil.chown(said, USER)
        way = "scram-sha-256" if self._password else "trust"
        # Machine crashes are not simulated here, so the empty database need not be flushed.
        made = ["-D", str(self.data), "-U", OWNER, "-A", way, "-E", "UTF8", "--locale=C", "--no-sync"]
        self.run("initdb", *made, f"--pwfile={said}")

    def _by_socket(self) -> dict[str, str]:
        return {"host": str(self.sockets), "port": str(self.port)}

    @property
    def _user(self) -> str | None:
        return USER if self._as_root else None

    def _folder(self, name: str, mode: int) -> Path:
        made = self.folder / name
        made.mkdir()
        made.chmod(mode)
        if self._as_root:
            shutil.chown(made, USER)
        return made

    def _signal(self, number: signal.Signals) -> None:
        assert self._server is not None
        self._server.send_signal(number)


STREAMS = "SELECT EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming')"


class Standby(OwnPostgres):
    """A copy of `primary` that streams from it, and answers read-only sessions. Starting it waits for the stream."""

    def __init__(self, primary: OwnPostgres, settings: Mapping[str, str] | None = None, *, port: int = 0) -> None:
        super().__init__(primary.settings | dict(settings or {}), port=port)
        self._primary = primary

    def start(self) -> Self:
        super().start()
        if self.ask("SELECT pg_is_in_recovery()") and self._primary.running:
            self.until(STREAMS)
        return self

    def promote(self) -> None:
        """Make it the primary, and wait until it is."""
        self.run("pg_ctl", "promote", "-D", str(self.data), "--wait")

    def follow_nobody(self) -> None:
        """Cut the connection to the primary: nothing arrives any more, not even what was in transit."""
        self._point_to("")
        self.until("SELECT NOT EXISTS (SELECT FROM pg_stat_wal_receiver)")

    def follow(self, primary: OwnPostgres) -> None:
        """Stream from it (again)."""
        self._point_to(_source(primary))
        self.until(STREAMS)

    def _point_to(self, source: str) -> None:
        self.say(f"ALTER SYSTEM SET primary_conninfo = '{source}'")
        self.say("SELECT pg_reload_conf()")

    def _make(self) -> None:
        self._folder("data", 0o700)
        self.run("pg_basebackup", "-D", str(self.data), "-d", _source(self._primary), "-R", "-c", "fast", "--no-sync")


def _source(primary: OwnPostgres) -> str:
    return f"host={primary.sockets} port={primary.port} user={OWNER} application_name=standby"


def _lives_in(data: Path, process: psutil.Process) -> bool:
    try:
        return process.name() == "postgres" and Path(process.cwd()) == data and process.status() != "zombie"
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
