"""Statements of the way of a message: spelled once for each kind of database, their values given as tuples.

Everything else goes through SQLAlchemy as it is. Here its own work is most of the cost: 7 to 13 µs for a row of
parameters, more than SQLite takes to insert that row, and 350 µs to look up a single ref.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Boolean, Connection, Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ClauseElement, ColumnElement
from sqlalchemy.sql.elements import BindParameter

_encode = msgspec.json.Encoder().encode


class Prepared:
    """A statement with these `parameters`, each of which it names once."""

    def __init__(self, statement: ClauseElement, parameters: Sequence[str]) -> None:
        self._statement = statement
        self._parameters = list(parameters)
        self._spelled: dict[str, str] = {}

    def rows(self, conn: Connection, *values: Any) -> list[Any]:
        """What it finds, with the values in the order of the parameters."""
        return list(conn.exec_driver_sql(self._for(conn), values))

    def many(self, conn: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Run it once per row, in one `executemany`."""
        if rows:
            conn.exec_driver_sql(self._for(conn), list(rows))

    def _for(self, conn: Connection) -> str:
        spelled = self._spelled.get(conn.dialect.name)
        if spelled is None:
            spelled = self._spelled[conn.dialect.name] = self._spell(conn.dialect)
        return spelled

    def _spell(self, dialect: Dialect) -> str:
        by_place: Any = type(dialect)
        paramstyle = "qmark" if dialect.name == "sqlite" else "format"
        compiled = self._statement.compile(dialect=by_place(paramstyle=paramstyle))
        order = getattr(compiled, "positiontup", None)
        assert order == self._parameters, f"{order}, not {self._parameters}"
        return str(compiled)


class Among(ColumnElement[bool]):
    """`column` is one of a list that is one value (`listed`), so that the statement is the same for lists of any
    length."""

    inherit_cache = False
    type = Boolean()
    _is_implicitly_boolean = True  # else SQLAlchemy adds "= 1" for SQLite, which then uses no index

    def __init__(self, column: ColumnElement[Any], values: BindParameter[Any]) -> None:
        self.column = column
        self.values = values


def listed(conn: Connection, values: Iterable[str]) -> object:
    """The list as this database's driver takes it."""
    distinct = sorted(set(values))
    return _encode(distinct).decode() if conn.dialect.name == "sqlite" else distinct


@compiles(Among, "sqlite")
def _among_json(element: Among, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(each, **options) for each in (element.column, element.values))
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 nothing in it comes from outside


@compiles(Among, "postgresql")
def _among_array(element: Among, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(each, **options) for each in (element.column, element.values))
    return f"{column} = ANY({values})"
