"""Visitors by the thousand, written straight into the database before a run: one by one they would take too long."""

import time
from pathlib import Path

from chatserver.store import visitors
from chatserver.store.database import Database
from tests.e2e.hospital import SITE

DAY_MS = 86_400_000


def tokens(where: Path | str, many: int) -> list[str]:
    """So many visitors' tokens, good for a day. `where`: the file of a SQLite database that nobody serves, or the
    address of a PostgreSQL one."""
    database = Database(where)
    now = time.time_ns() // 1_000_000
    try:
        return database.write_now(lambda conn: [visitors.start(conn, SITE, "zh", DAY_MS, now)[1] for _ in range(many)])
    finally:
        database.close()
