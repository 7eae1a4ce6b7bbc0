"""Databases of earlier revisions, with a day in them as that version of the program wrote it.

`lives/0001.json` was written by the last program before revision 0002, and so on, each from the day in days.py. The
files never change. A new revision needs such a file for the revision before it.
"""

import json
import re
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, func, select

from chatserver.store.database import Database, Where
from chatserver.store.revisions import _config

from .days import DAWN, Day

LIVES = Path(__file__).resolve().parent / "lives"
MOMENT = re.compile(r"\b1795\d{9}\b")
"""Milliseconds around DAWN, in a column or in a column's JSON."""

SCRIPTS = ScriptDirectory.from_config(_config())
EARLIER = sorted(each.revision for each in SCRIPTS.walk_revisions() if each.revision != SCRIPTS.get_current_head())
"""Every revision that a database of an earlier version may have."""


def lay_down(where: Where, revision: str, began: int) -> Day:
    """Create a database at that revision, in which the day began at `began` (ms)."""
    written = (LIVES / f"{revision}.json").read_text()
    life = fill(where, revision, MOMENT.sub(lambda found: str(int(found[0]) - DAWN + began), written))
    return Day(**life["day"])


def fill(where: Where, revision: str, written: str) -> dict[str, Any]:
    """The same with the given contents, which are returned."""
    life: dict[str, Any] = json.loads(written, object_hook=_bytes)
    with closing(Database(where)) as database, database._kind.migration_engine().begin() as conn:
        config = _config()
        config.attributes["connection"] = conn
        command.upgrade(config, revision)
        _insert(conn, life["tables"])
    return life


def _insert(conn: Connection, tables: dict[str, list[dict[str, Any]]]) -> None:
    known = MetaData()
    known.reflect(conn)
    for name, rows in tables.items():
        # The revision itself writes the first row of some tables, which may not be written again.
        if rows and conn.scalar(select(func.count()).select_from(known.tables[name])) == 0:
            conn.execute(known.tables[name].insert(), rows)


def _bytes(read: dict[str, Any]) -> Any:
    return bytes.fromhex(read["hex"]) if read.keys() == {"hex"} else read
