"""Rows that may be there already: `INSERT … ON CONFLICT`, which each dialect of SQLAlchemy spells by itself."""

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_or(conn: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An insert that knows `on_conflict_do_update` and `on_conflict_do_nothing`."""
    return postgresql.insert(table) if conn.dialect.name == "postgresql" else sqlite.insert(table)
