"""Statements of the way of a message: spelled once for each kind of database, their values given as tuples.

Everything else goes through SQLAlchemy as it is. Here its own work is most of the cost: 7 to 13 µs for a row of
parameters, more than SQLite takes to insert that row, and 350 µs to look up a single ref.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import chain
from typing import Any

import msgspec
from sqlalchemy import Boolean, Column, Connection, Dialect, Select, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.elements import BindParameter

SIZES = (64, 32, 16, 8, 4, 2, 1)
"""Rows of one statement. `executemany` lets go of Python's lock for each row, and the event loop takes it: the two
threads then hand it to and fro, which cost a quarter of the writer's time."""

_encode = msgspec.json.Encoder().encode


class Lookup:
    """A query with these `parameters`, each of which it names once."""

    def __init__(self, query: Select[Any], *parameters: str) -> None:
        self._query = query
        self._parameters = list(parameters)
        self._spelled = cache(self._spell)

    def rows(self, conn: Connection, *values: Any) -> list[Any]:
        """What it finds, with the values in the order of the parameters."""
        return list(conn.exec_driver_sql(self._spelled(conn.dialect.name), values))

    def _spell(self, kind: str) -> str:
        compiled = self._query.compile(dialect=_by_place(kind))
        order = getattr(compiled, "positiontup", None)
        assert order == self._parameters, f"{order}, not {self._parameters}"
        return str(compiled)


class Insertion:
    """New rows of a table, each with the values of all its columns in their order. `otherwise`: the ON CONFLICT."""

    def __init__(self, table: Table, otherwise: str = "") -> None:
        self._table = table
        self._otherwise = otherwise
        self._spelled = cache(self._spell)

    def add(self, conn: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        _in_pieces(conn, self._spelled, rows)

    def _spell(self, kind: str, size: int) -> str:
        dialect = _by_place(kind)
        names = ", ".join(_name(dialect, column) for column in self._table.columns)
        values = _values(dialect, self._table.columns, size)
        return f"INSERT INTO {_name(dialect, self._table)} ({names}) {values} {self._otherwise}"


class Alteration:
    """Rows of a table with `columns` as they are now, found by their `key`. A row given has the values of the columns,
    and the key last."""

    def __init__(self, table: Table, key: str, columns: Sequence[str]) -> None:
        self._table = table
        self._columns = [table.columns[name] for name in columns]
        self._key = table.columns[key]
        self._spelled = cache(self._spell)

    def save(self, conn: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        _in_pieces(conn, self._spelled, rows)

    def _spell(self, kind: str, size: int) -> str:
        dialect = _by_place(kind)
        table = _name(dialect, self._table)
        news = ", ".join(f"{_name(dialect, each)} = news.column{at}" for at, each in enumerate(self._columns, 1))
        values = _values(dialect, [*self._columns, self._key], size)
        here = f"{table}.{_name(dialect, self._key)} = news.column{len(self._columns) + 1}"
        return f"UPDATE {table} SET {news} FROM ({values}) AS news WHERE {here}"  # noqa: S608 our own names


def _in_pieces(conn: Connection, spelled: Callable[[str, int], str], rows: Sequence[tuple[Any, ...]]) -> None:
    at, kind = 0, conn.dialect.name
    for size in SIZES:
        while len(rows) - at >= size:
            conn.exec_driver_sql(spelled(kind, size), tuple(chain.from_iterable(rows[at : at + size])))
            at += size


def _by_place(kind: str) -> Dialect:
    """How its driver's SQL is spelled, with parameters told by their places."""
    dialects: dict[str, Callable[..., Dialect]] = {"sqlite": sqlite.dialect, "postgresql": postgresql.dialect}
    return dialects[kind](paramstyle="qmark" if kind == "sqlite" else "format")


def _name(dialect: Dialect, named: Column[Any] | Table) -> str:
    return dialect.identifier_preparer.quote(named.name)


def _values(dialect: Dialect, columns: Iterable[Column[Any]], size: int) -> str:
    """So many rows. The first says of which types they are: PostgreSQL would take all of them for text."""
    columns = list(columns)
    if dialect.name == "sqlite":
        row = ", ".join("?" for _ in columns)
        return "VALUES " + ", ".join([f"({row})"] * size)
    typed = ", ".join(f"%s::{column.type.compile(dialect)}" for column in columns)
    row = ", ".join("%s" for _ in columns)
    return "VALUES " + ", ".join([f"({typed})", *[f"({row})"] * (size - 1)])


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
