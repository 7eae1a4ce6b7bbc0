"""Damage that may be done to a database file without the product."""

import sqlite3
from contextlib import closing
from pathlib import Path


def broken(path: Path, *statements: str) -> None:
    """Somebody changed the file with another program."""
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        for statement in statements:
            assert conn.execute(statement).rowcount, f"nothing was broken by {statement}"


def without_index(path: Path, name: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute(f"DROP INDEX {name}")


def with_a_false_index(path: Path) -> None:
    """One index points to the pages of another: nothing is missing, and searches find the wrong rows."""
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("PRAGMA writable_schema=ON")
        [root] = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_deadlines_due_at'").fetchone()
        conn.execute("UPDATE sqlite_master SET rootpage = ? WHERE name = 'uq_entries_ref'", (root,))


def overwritten(path: Path) -> None:
    """The first page of the entries is overwritten."""
    with closing(sqlite3.connect(path)) as conn:
        [root] = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = 'entries'").fetchone()
        [size] = conn.execute("PRAGMA page_size").fetchone()
    held = bytearray(path.read_bytes())
    held[(root - 1) * size : root * size] = b"\xff" * size
    path.write_bytes(held)
