"""The product under load: one server on SQLite, or several on a PostgreSQL and a Redis of their own."""

import contextlib
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.load.town import tokens
from tests.e2e.hospital import WOMEN, Member, Wanted, found
from tests.e2e.procs import WIDE, Server
from tests.ownpostgres import OwnPostgres
from tests.ports import free_port
from tests.redis import OwnRedis, running

PATIENT = {
    "CHATSERVER_FIRST_REPLY_S": "36000",
    "CHATSERVER_FIRST_REPLY_ALARM_S": "36000",
    "CHATSERVER_FOLLOW_UP_ALARM_S": "36000",
    "CHATSERVER_INACTIVE_S": "36000",
    "CHATSERVER_IDLE_WARNING_S": "37000",
    "CHATSERVER_IDLE_CLOSE_S": "38000",
}
"""Nobody is reminded, reassigned or closed for silence: the load decides who speaks when."""


@dataclass
class Deployment:
    """Running servers. `tokens`: of the visitors asked for. `where`: the database."""

    nodes: list[Server]
    people: dict[str, Member]
    tokens: list[str]
    where: Path | str
    postgres: OwnPostgres | None

    @property
    def ports(self) -> Sequence[int]:
        return [node.port for node in self.nodes]

    def database_processes(self) -> list[psutil.Process]:
        return [] if self.postgres is None else self.postgres.processes()

    def check(self) -> None:
        """Fail if a server has logged an exception, even if it survived it."""
        for node in self.nodes:
            node.assert_no_traceback()


@contextmanager
def deployment(
    visitors: int,
    wanted: Sequence[Wanted],
    *,
    nodes: int = 0,
    settings: Mapping[str, str] | None = None,
    limits: Mapping[str, str] = WIDE,
) -> Iterator[Deployment]:
    """`nodes`: so many on PostgreSQL and Redis; 0: one on SQLite."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        environment = dict(limits) | PATIENT | dict(settings or {})
        postgres: OwnPostgres | None = None
        if nodes:
            postgres = stack.enter_context(OwnPostgres())
            redis = stack.enter_context(running(OwnRedis()))
            environment |= {"DATABASE_URL": postgres.url(), "REDIS_URL": redis.url}
        at: Path | str = postgres.url() if postgres else folder / "node0"
        people = found(at, list(wanted))
        where: Path | str = at if isinstance(at, str) else at / "chat.db"
        kept = tokens(where, visitors)
        servers = [
            Server(folder / f"node{number}", environment | {"CHATSERVER_METRICS_PORT": str(free_port())})
            for number in range(nodes or 1)
        ]
        for server in servers:
            stack.callback(server.end)
            server.launch()
        for server in servers:
            server.wait_ready()
        yield Deployment(servers, people, kept, where, postgres)


def desks(many: int, capacity: int, password: str = "") -> list[Wanted]:
    """So many consultants of one group."""
    return [Wanted(f"c{number}", (WOMEN,), capacity, password=password) for number in range(many)]


def metric_value(node: Server, metric: str) -> float:
    """The value of a node's metric, summed over its labels; 0 if the node does not answer."""
    beside = Server(node.data, port=int(node.settings["CHATSERVER_METRICS_PORT"]))
    with contextlib.suppress(OSError):
        text = beside.get("/metrics").body.decode()
        return sum(float(value) for value in re.findall(rf"^{metric}(?:{{[^}}]*}})? (\S+)$", text, re.MULTILINE))
    return 0.0
