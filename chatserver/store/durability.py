"""How much of what was acknowledged outlives what: as the database is set up. Changes nothing."""

from typing import Literal

from sqlalchemy import Connection, text

Durability = Literal["synchronous standby", "crash-only", "none"]
"""`synchronous standby`: the loss of a machine too, if the standby takes its place. `crash-only`: any crash and a power
cut, as long as the disk is there. `none`: the server was told not to flush."""

WAITED_FOR = ("sync", "quorum")


def durability(conn: Connection) -> Durability:
    """A SQLite file is as durable as its disk."""
    if conn.dialect.name == "sqlite":
        return "crash-only"
    if _setting(conn, "fsync") != "on":
        return "none"
    return "synchronous standby" if _setting(conn, "synchronous_standby_names") and _followed(conn) else "crash-only"


def data_checksums(conn: Connection) -> str:
    """`on` when the server notices pages that the disk has changed; `off`; empty for SQLite, which has none."""
    return "" if conn.dialect.name == "sqlite" else _setting(conn, "data_checksums")


def _followed(conn: Connection) -> bool:
    """Whether somebody is there to be waited for. Who may not see their states sees that there are some."""
    states = conn.scalars(text("SELECT sync_state FROM pg_stat_replication")).all()
    return any(state is None or state in WAITED_FOR for state in states)


def _setting(conn: Connection, name: str) -> str:
    return str(conn.scalar(text("SELECT current_setting(:name)"), {"name": name}))
