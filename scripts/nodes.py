"""The demo hospital on several nodes, on one's own machine: what each line of the Procfile runs.

`servers`: PostgreSQL and a Redis-compatible server, from the packages that the tests use; the database is migrated and
seeded. `node N`: `chatserver serve`, restarted whenever it ends, as a service manager would. `balancer` and `website`:
the addresses for visitors and staff. NODES_PORT and NODES_DATA are the first port and the folder. Everything listens on
this machine only, because the demo's passwords are public.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

import uvicorn
from balancer import HOST, Balancer
from sqlalchemy import NullPool, create_engine, text

from chatserver import app
from chatserver.cli.open_database import migrate_database
from chatserver.demo.run import origins, welcome
from chatserver.demo.seed import SITE, seed
from chatserver.demo.site import website
from chatserver.environment import read
from chatserver.store.database import Database
from chatserver.store.tx import COMMAND_LINE
from tests.postgres import USER, binaries_for, say, wait_until_up, with_driver
from tests.redis import OwnRedis

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("NODES_DATA", ROOT / "data" / "nodes")).absolute()
ADDRESSES = DATA / "servers.env"
"""The servers' addresses, for the nodes and for other commands; the file exists while the servers run."""

PORT = int(os.environ.get("NODES_PORT", "8000"))
NODES = (1, 2)
AGAIN_S = 3.0
"""Pause before a node is restarted: long enough to see the other one take over."""
LEAVE_WITHIN_S = 3.0
"""How long nodes may take to stop before the servers do; honcho kills everything five seconds after the first end."""
CHECK_EVERY_S = 0.1

POSTGRES = {"listen_addresses": "", "max_connections": "100", "logging_collector": "off"}
IN_USE = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'chatserver'"


def port_of(node: int) -> int:
    return PORT + 10 + node


def environment() -> dict[str, str]:
    """The environment shared by all nodes. Variables that are already set win, so that settings can be tried."""
    here = {name: value for name, value in os.environ.items() if name != "PORT"}
    names = {"CHATSERVER_HOSPITAL_NAME_ZH": SITE.name.zh, "CHATSERVER_HOSPITAL_NAME_EN": SITE.name.en}
    # honcho waits no longer.
    quick = {"CHATSERVER_DRAIN_S": "2"}
    return names | quick | here | {"CHATSERVER_HOST": HOST, "CHATSERVER_PUBLIC_URL": f"http://{HOST}:{PORT}"}


# The servers.


def servers() -> None:
    """Run until SIGTERM; then the nodes stop first, the servers last."""
    signal.signal(signal.SIGTERM, _leave)
    DATA.mkdir(parents=True, exist_ok=True)
    ADDRESSES.unlink(missing_ok=True)
    with ExitStack() as ends:
        redis = OwnRedis()
        ends.callback(redis.end)
        redis.start()
        url = ends.enter_context(postgres())
        ends.callback(_wait_until_unused, url)
        settings = environment() | {
            "DATABASE_URL": url,
            "REDIS_URL": redis.url,
            "CHATSERVER_AUDIT_KEY_FILE": str(DATA / "audit.key"),
            "CHATSERVER_FILES": str(DATA / "files"),
        }
        _fill(settings)
        ends.callback(ADDRESSES.unlink)
        told = ("DATABASE_URL", "REDIS_URL", "CHATSERVER_AUDIT_KEY_FILE", "CHATSERVER_FILES")
        ADDRESSES.write_text("".join(f"{name}={settings[name]}\n" for name in told))
        print(welcome(read(settings | {"PORT": str(PORT)}), PORT + 1), flush=True)
        signal.pause()


def _leave(_signal: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(0)


@contextmanager
def postgres() -> Iterator[str]:
    """Run the server, with its data in DATA; yields the address of its database."""
    as_root = os.geteuid() == 0
    user = USER if as_root else None
    with ExitStack() as ends:
        beside = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="chat-nodes-")))
        beside.chmod(0o711 if as_root else 0o700)
        binaries, home = binaries_for(beside, everybody=as_root), _home(as_root)
        sockets = _folder(beside / "sockets", user)
        if not (home / "PG_VERSION").exists():
            made = ["-D", str(_folder(home, user)), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
            subprocess.run([binaries / "initdb", *made], check=True, capture_output=True, user=user, cwd=beside)
        told = [part for name, value in POSTGRES.items() for part in ("-c", f"{name}={value}")]
        with (DATA / "postgres.log").open("ab") as log:
            # In its own session, because it must outlive the nodes.
            server = subprocess.Popen(
                [binaries / "postgres", "-D", home, "-k", sockets, *told],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=user,
                cwd=beside,
                start_new_session=True,
            )
        ends.callback(server.wait)
        ends.callback(server.send_signal, signal.SIGINT)
        wait_until_up(f"postgresql://postgres@/postgres?host={sockets}", server, DATA / "postgres.log")
        yield f"postgresql://postgres@/chat?host={sockets}"


def _home(as_root: bool) -> Path:
    """Its data folder: in DATA, or if PostgreSQL's user cannot enter that, elsewhere with a link in DATA."""
    home = DATA / "postgres"
    closed = as_root and not all(parent.stat().st_mode & 0o001 for parent in home.parents)
    if closed and not home.exists():
        home.unlink(missing_ok=True)
        elsewhere = Path(tempfile.mkdtemp(prefix="chat-nodes-data-"))
        elsewhere.chmod(0o711)
        home.symlink_to(elsewhere / "postgres")
    return home.resolve()


def _folder(folder: Path, user: str | None) -> Path:
    folder.mkdir(mode=0o755 if folder.name == "sockets" else 0o700, exist_ok=True)
    if user:
        shutil.chown(folder, user)
    return folder


def _fill(settings: Mapping[str, str]) -> None:
    """Create and migrate the database, and seed the demo hospital."""
    url = settings["DATABASE_URL"]
    server = url.replace("/chat?", "/postgres?")
    if not _ask(server, "SELECT count(*) FROM pg_database WHERE datname = 'chat'"):
        say(server, "CREATE DATABASE chat")
    known = read(settings)
    migrate_database(known)
    database = Database(url)
    try:
        database.write_now(lambda tx: seed(tx, origins(PORT + 1), known.capacity_default), app.now, COMMAND_LINE)
    finally:
        database.close()


def _wait_until_unused(url: str) -> None:
    """Wait until the nodes are gone; a node that takes longer loses its database, which does no harm."""
    until = time.monotonic() + LEAVE_WITHIN_S
    while _ask(url, IN_USE) and time.monotonic() < until:
        time.sleep(CHECK_EVERY_S)


def _ask(url: str, question: str) -> int:
    with create_engine(with_driver(url), poolclass=NullPool).connect() as connection:
        return int(connection.execute(text(question)).scalar_one())


# The nodes.


async def node(number: int) -> None:
    """Run a node until SIGTERM, which is passed on to its process."""
    leaving = _leaving()
    while not leaving.is_set():
        settings = await _addresses(leaving)
        if settings is None:
            return
        ports = {"PORT": str(port_of(number)), "CHATSERVER_METRICS_PORT": str(port_of(number) + 10)}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "chatserver", "serve", cwd=ROOT, env=settings | ports, start_new_session=True
        )
        print(f"node {number} is pid {process.pid}, on {HOST}:{port_of(number)}", flush=True)
        code = await _ended(process, leaving)
        if not leaving.is_set():
            print(f"node {number} has ended with {code}; it is started again in {AGAIN_S:.0f} s", flush=True)
            await _pause(AGAIN_S, leaving)


async def _addresses(leaving: asyncio.Event) -> dict[str, str] | None:
    """The settings, as soon as the servers are up; None if told to stop before."""
    while not leaving.is_set():
        if ADDRESSES.exists():
            told = dict(line.split("=", 1) for line in ADDRESSES.read_text().splitlines())
            return environment() | told
        await _pause(CHECK_EVERY_S, leaving)
    return None


async def _ended(process: asyncio.subprocess.Process, leaving: asyncio.Event) -> int:
    ending, told = asyncio.create_task(process.wait()), asyncio.create_task(leaving.wait())
    await asyncio.wait((ending, told), return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if process.returncode is None:
        process.terminate()
    return await ending


def _leaving() -> asyncio.Event:
    """An event that SIGTERM sets."""
    leaving = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, leaving.set)
    return leaving


async def _pause(seconds: float, leaving: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(seconds):
            await leaving.wait()
    except TimeoutError:
        pass


# The addresses for people.


async def balancer() -> None:
    """Run until SIGTERM."""
    try:
        await Balancer(PORT, [port_of(each) for each in NODES]).serve(_leaving())
    except OSError:
        sys.exit(f"Port {PORT} cannot be used; PORT=9000 make nodes takes others.")


def main(part: str, number: str = "") -> int:
    match part:
        case "servers":
            servers()
        case "node":
            asyncio.run(node(int(number)))
        case "balancer":
            asyncio.run(balancer())
        case "website":
            uvicorn.run(website(f"http://{HOST}:{PORT}"), host=HOST, port=PORT + 1, log_level="warning")
        case _:
            raise AssertionError(part)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
