"""A93: a database with published demo passwords is served on this machine only."""

from contextlib import closing
from pathlib import Path

import pytest

from chatserver.demo.seed import seed
from chatserver.store.database import Database
from chatserver.store.revisions import migrate
from tests.e2e.procs import NotReady, Server
from tests.transactions import tx_at, written

pytestmark = pytest.mark.whole


def test_a_demo_s_folder_under_a_public_address_is_refused_with_a_sentence(tmp_path: Path) -> None:
    server = Server(tmp_path / "node", {"CHATSERVER_PUBLIC_URL": "https://chat.hospital.example"})
    migrate(server.database)
    with closing(Database(server.database)) as database:
        written(database, lambda conn: seed(tx_at(conn, 1), (), 5))
    with pytest.raises(NotReady, match="made by `chatserver demo`"):
        server.start()
    server.assert_no_traceback()
    server.settings = {}
    server.start()
    server.end()
