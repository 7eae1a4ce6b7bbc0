"""Transactions of the benchmarks, which write what they need beforehand and keep their own time."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from chatserver.store.database import Database

T = TypeVar("T")


def written(database: Database, work: Callable[[Connection], T]) -> T:
    """Run `work` in one transaction."""
    return database.write_now(lambda tx: work(tx.conn), lambda: 0, "bench")
