"""The product on PostgreSQL, recording for every answer how far the log was flushed when it was sent: `python -m
tests.e2e.flushes LOG [FAULT] serve`.

A line per answer: the ref, the log position just before its COMMIT, the flushed position when the answer was sent (both
in bytes), and whether every transaction so far had `synchronous_commit` on. FAULT is one of broken.py's.
"""

import json
import os
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, make_url, text

from chatserver.cli.main import main
from chatserver.hub.outcome import Outcome
from chatserver.store.database import Database
from chatserver.web.sockets.socket import Socket
from tests.e2e.broken import FAULTS, replace

BEFORE = "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn, current_setting('synchronous_commit')"
FLUSHED = "SELECT pg_current_wal_flush_lsn() - '0/0'::pg_lsn"


def watch(log: Path) -> None:
    """Record every answer from now on."""
    here = threading.local()
    settings: set[str] = set()
    places: dict[str, int] = {}
    out = log.open("a", buffering=1)
    url = make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+psycopg")
    looking = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT").connect()
    run, sent = Database._run, Socket.write

    @event.listens_for(Engine, "commit")
    def _commit(connection: Connection) -> None:
        here.place, setting = connection.connection.cursor().execute(BEFORE).fetchone()
        settings.add(setting)

    def ran(self: Database, connected: Any, fn: Callable[[Connection], Any]) -> Any:
        result = run(self, connected, fn)
        outcome = result[1] if isinstance(result, tuple) and len(result) == 2 else None
        for change in outcome.changes if isinstance(outcome, Outcome) else ():
            places.update((entry.ref, int(here.place)) for entry in change.entries if entry.ref is not None)
        return result

    def told(self: Socket[Any], texts: Sequence[bytes]) -> None:
        for ref in [json.loads(each)["ref"] for each in texts if b'"accepted"' in each]:
            if ref in places:
                flushed = int(looking.execute(text(FLUSHED)).scalar_one())
                line = {"ref": ref, "before": places[ref], "flushed": flushed, "all_on": settings == {"on"}}
                out.write(json.dumps(line) + "\n")
        sent(self, texts)

    replace(Database, "_run", ran)
    replace(Socket, "write", told)


if __name__ == "__main__":
    _log = Path(sys.argv.pop(1))
    if sys.argv[1] in FAULTS:
        FAULTS[sys.argv.pop(1)]()
    watch(_log)
    main(prog_name="chatserver")
