"""What an acknowledged commit survives, as the database is configured. Read-only."""

from typing import Literal

from sqlalchemy import Connection, text

Durability = Literal["synchronous standby", "crash-only", "none"]
"""`synchronous standby`: also the loss of a machine, if the standby takes over. `crash-only`: any crash and a power
cut, as long as the disk survives. `none`: the server was configured not to flush."""

WAITED_FOR = ("sync", "quorum")


def durability(conn: Connection) -> Durability:
    """The durability of this database. A SQLite file is as durable as its disk."""
    if conn.dialect.name == "sqlite":
        return "crash-only"
    if _setting(conn, "fsync") != "on":
        return "none"
    return "synchronous standby" if _setting(conn, "synchronous_standby_names") and _followed(conn) else "crash-only"


def data_checksums(conn: Connection) -> str:
    """`on` when the server detects pages damaged on the disk, `off`, or empty for SQLite, which has no checksums."""
    return "" if conn.dialect.name == "sqlite" else _setting(conn, "data_checksums")


def _followed(conn: Connection) -> bool:
    """Whether a standby is connected that commits wait for. Without the right to see its state, any standby counts."""
    states = conn.scalars(text("SELECT sync_state FROM pg_stat_replication")).all()
    return any(state is None or state in WAITED_FOR for state in states)


def _setting(conn: Connection, name: str) -> str:
    return str(conn.scalar(text("SELECT current_setting(:name)"), {"name": name}))
