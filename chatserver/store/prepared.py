"""Statements of the way of a message: spelled once for each kind of database, their rows given as tuples.

Everything else goes through SQLAlchemy as it is; its own reading of a row of parameters costs more (7 to 13 µs) than
SQLite's insertion of that row does.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.sql import ClauseElement


class Prepared:
    """A statement with these `parameters`, each of which it names once."""

    def __init__(self, statement: ClauseElement, parameters: Sequence[str]) -> None:
        self._statement = statement
        self._parameters = list(parameters)
        self._spelled: dict[str, str] = {}

    def many(self, conn: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Run it once per row, in one `executemany`. The values are in the order of the parameters."""
        if not rows:
            return
        spelled = self._spelled.get(conn.dialect.name)
        if spelled is None:
            spelled = self._spelled[conn.dialect.name] = self._spell(conn.dialect)
        # The driver's executemany wants a list of several, or takes one for a single row.
        conn.exec_driver_sql(spelled, list(rows))

    def _spell(self, dialect: Dialect) -> str:
        by_place: Any = type(dialect)
        paramstyle = "qmark" if dialect.name == "sqlite" else "format"
        compiled = self._statement.compile(dialect=by_place(paramstyle=paramstyle))
        order = getattr(compiled, "positiontup", None)
        assert order == self._parameters, f"{order}, not {self._parameters}"
        return str(compiled)
