"""A restore killed at any moment leaves the old database or the restored one, and can be repeated (F34)."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from signal import SIGKILL

import pytest

from chatserver.store import meta, visitors
from chatserver.store.database import Database
from tests.e2e.hospital import SITE, Wanted, found
from tests.e2e.interrupted import NEW, POINTS
from tests.e2e.procs import Server
from tests.postgres import Postgres, programs
from tests.transactions import tx_at, written

pytestmark = [pytest.mark.whole, pytest.mark.slow]


@pytest.fixture
def server(tmp_path: Path, postgres: Postgres, servers: Callable[[Server], Server]) -> Iterator[Server]:
    with postgres.database() as address:
        found(address, [Wanted("mei")])
        settings = {"DATABASE_URL": address, "CHATSERVER_PG_BIN": str(programs())}
        yield servers(Server(tmp_path / "data", settings))


def stands(server: Server) -> tuple[str, int]:
    """The database's epoch, and how many visitors it has."""
    with closing(Database(server.where)) as database:
        count = "SELECT count(*) FROM visitors"
        return database.read_now(lambda conn: (meta.epoch(conn), conn.exec_driver_sql(count).scalar_one()))


@pytest.mark.parametrize("point", POINTS)
def test_f34_a_killed_restore_leaves_the_old_or_the_new(server: Server, tmp_path: Path, point: str) -> None:
    copy = str(tmp_path / "copy.dump")
    assert server.run_here("backup", copy).exit_code == 0
    with closing(Database(server.where)) as database:
        written(database, lambda conn: visitors.start(tx_at(conn, 0), SITE, "zh", 1_000))
    old, known = stands(server)
    assert known == 1

    killing = replace(server, module=("tests.e2e.interrupted", point))
    assert killing.run("restore", copy).returncode == -SIGKILL
    epoch, known = stands(server)
    assert (epoch == old, known) == ((False, 0) if point in NEW else (True, 1))
    assert server.run_here("verify").exit_code == 0

    again = server.run_here("restore", copy)
    assert again.exit_code == 0, again.stderr
    epoch, known = stands(server)
    assert (epoch == old, known) == (False, 0)
    server.start()
    assert server.stop() == 0
