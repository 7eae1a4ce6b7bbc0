"""Thousands of visitors, written directly into the database before a run: one at a time would take too long."""

import time
from pathlib import Path

from bench.transactions import written
from chatserver.store import visitors
from chatserver.store.database import Database
from chatserver.store.tx import Tx
from tests.e2e.hospital import SITE

DAY_MS = 86_400_000


def tokens(where: Path | str, many: int) -> list[str]:
    """Tokens of so many new visitors, valid for a day. `where`: a SQLite file that is not in use, or the address of a
    PostgreSQL database."""
    database = Database(where)
    now = time.time_ns() // 1_000_000
    try:
        return written(
            database, lambda conn: [visitors.start(Tx(conn, now, "bench"), SITE, "zh", DAY_MS)[1] for _ in range(many)]
        )
    finally:
        database.close()
