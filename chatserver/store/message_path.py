"""The statements of the message path, compiled once per kind of database.

All other statements use SQLAlchemy directly. Here SQLAlchemy's own work is most of the cost: 7 to 13 µs per row of
parameters, more than SQLite takes to insert that row, and 350 µs to look up a single ref.

SQLite gets rows through its driver's `executemany` (one statement for many rows took a third longer). PostgreSQL gets
them as one JSON value that it unpacks itself: its driver's pipeline cost this process 50 µs per message, the JSON costs
8.

Statements go straight to the driver: on PostgreSQL one takes 80 µs instead of 230 with SQLAlchemy's result around it.
The driver's errors are converted to those that SQLAlchemy would raise.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Boolean, Column, Connection, Dialect, LargeBinary, Select, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.functions import FunctionElement

from chatserver.store.tx import Tx

Values = tuple[Any, ...]

_encode = msgspec.json.Encoder().encode


class Lookup:
    """A query with these `parameters`, each of which occurs in it once."""

    def __init__(self, query: Select[Any], *parameters: str) -> None:
        self._query = query
        self._parameters = list(parameters)
        self._sql = cache(self._compile)

    def rows(self, conn: Connection, *values: Any) -> list[Values]:
        """The rows as the driver returns them; values are in the order of the parameters."""
        with _cursor(conn) as cursor:
            cursor.execute(self._sql(conn.dialect.name), values)
            found: list[Values] = cursor.fetchall()
            return found

    def _compile(self, kind: str) -> str:
        compiled = self._query.compile(dialect=_dialect(kind))
        order = getattr(compiled, "positiontup", None)
        assert order == self._parameters, f"parameters are {order}, not {self._parameters}"
        return str(compiled)


class Insertion:
    """Inserts rows that have all columns of the table in order. `otherwise` is the ON CONFLICT clause."""

    def __init__(self, table: Table, otherwise: str = "") -> None:
        self._table = table
        self._otherwise = otherwise
        self.sql = cache(self._compile)

    def of(self, rows: Sequence[Values]) -> "Writing":
        return Writing(self.sql, [*self._table.columns], rows)

    def _compile(self, kind: str) -> str:
        dialect, columns = _dialect(kind), [*self._table.columns]
        names = ", ".join(_name(dialect, column) for column in columns)
        if kind == "sqlite":
            values = f"VALUES ({', '.join('?' for _ in columns)})"
        else:
            selected = ", ".join(_input_value(dialect, column) for column in columns)
            values = f"SELECT {selected} FROM {_input_rows(dialect, columns)}"  # noqa: S608 ours
        return f"INSERT INTO {_name(dialect, self._table)} ({names}) {values} {self._otherwise}"


class Alteration:
    """Updates `columns` of the rows found by `key`. Each given row has the values of the columns, then the key."""

    def __init__(self, table: Table, key: str, columns: Sequence[str]) -> None:
        self._table = table
        self._columns = [table.columns[name] for name in columns]
        self._key = table.columns[key]
        self.sql = cache(self._compile)

    def of(self, rows: Sequence[Values]) -> "Writing":
        return Writing(self.sql, [*self._columns, self._key], rows)

    def _compile(self, kind: str) -> str:
        dialect, all_columns = _dialect(kind), [*self._columns, self._key]
        table, key = _name(dialect, self._table), _name(dialect, self._key)
        names = [_name(dialect, column) for column in self._columns]
        if kind == "sqlite":
            return f"UPDATE {table} SET {', '.join(f'{name} = ?' for name in names)} WHERE {key} = ?"  # noqa: S608 ours
        sets = ", ".join(
            f"{name} = {_input_value(dialect, column)}" for name, column in zip(names, self._columns, strict=True)
        )
        return f"UPDATE {table} SET {sets} FROM {_input_rows(dialect, all_columns)} WHERE {table}.{key} = input.{key}"  # noqa: S608 ours


class Writing(NamedTuple):
    """Rows to be written, and the statement and columns for them."""

    sql: Callable[[str], str]
    columns: Sequence[Column[Any]]
    rows: Sequence[Values]


def write(tx: Tx, *writings: Writing) -> None:
    """Write all of it or nothing. On PostgreSQL it is a single statement: a message's conversation, entry and deadline
    take one round trip instead of three. So no writing may depend on another one."""
    wanted = [each for each in writings if each.rows]
    if not wanted:
        return
    with _cursor(tx.conn) as cursor:
        if tx.conn.dialect.name == "sqlite":
            for each in wanted:
                cursor.executemany(each.sql("sqlite"), each.rows)
        else:
            cursor.execute(_combined(*(each.sql("postgresql") for each in wanted)), [_json(each) for each in wanted])


@cache
def _combined(*statements: str) -> str:
    *others, last = statements
    if not others:
        return last
    return f"WITH {', '.join(f'part{number} AS ({each})' for number, each in enumerate(others))} {last}"


def _json(writing: Writing) -> str:
    names = [column.name for column in writing.columns]
    return _encode([dict(zip(names, row, strict=True)) for row in writing.rows]).decode()


@contextmanager
def _cursor(conn: Connection) -> Iterator[Any]:
    """The driver's cursor, in the transaction of `conn`."""
    if not conn.in_transaction():
        conn.begin()
    dialect, driver = conn.dialect, conn.connection.dbapi_connection
    assert driver is not None
    cursor: Any = driver.cursor()
    try:
        yield cursor
    except dialect.loaded_dbapi.Error as failure:
        lost = dialect.is_disconnect(failure, driver, cursor)
        if lost:
            conn.invalidate(failure)
        raise DBAPIError.instance(
            None, None, failure, dialect.loaded_dbapi.Error, connection_invalidated=lost, dialect=dialect
        ) from failure
    finally:
        cursor.close()


def _dialect(kind: str) -> Dialect:
    """The driver's SQL dialect, with positional parameters."""
    dialects: dict[str, Callable[..., Dialect]] = {"sqlite": sqlite.dialect, "postgresql": postgresql.dialect}
    return dialects[kind](paramstyle="qmark" if kind == "sqlite" else "format")


def _name(dialect: Dialect, named: Column[Any] | Table) -> str:
    return dialect.identifier_preparer.quote(named.name)


def _input_rows(dialect: Dialect, columns: Sequence[Column[Any]]) -> str:
    """PostgreSQL's rows from the JSON value, in which bytes are base64."""
    kinds = ("TEXT" if _is_bytes(column) else column.type.compile(dialect) for column in columns)
    typed = ", ".join(f"{_name(dialect, column)} {kind}" for column, kind in zip(columns, kinds, strict=True))
    return f"json_to_recordset(%s::json) AS input({typed})"


def _input_value(dialect: Dialect, column: Column[Any]) -> str:
    value = f"input.{_name(dialect, column)}"
    return f"decode({value}, 'base64')" if _is_bytes(column) else value


def _is_bytes(column: Column[Any]) -> bool:
    return isinstance(column.type, LargeBinary)


class Among(ColumnElement[bool]):
    """`column` is in a list that is passed as one value (`listed`), so the statement is the same for lists of any
    length."""

    inherit_cache = False
    type = Boolean()
    _is_implicitly_boolean = True  # otherwise SQLAlchemy adds "= 1" for SQLite, which then uses no index

    def __init__(self, column: ColumnElement[Any], values: BindParameter[Any]) -> None:
        self.column = column
        self.values = values


def listed(conn: Connection, values: Iterable[str]) -> object:
    """The list in the form that this database's driver accepts."""
    distinct = sorted(set(values))
    return _encode(distinct).decode() if conn.dialect.name == "sqlite" else distinct


@compiles(Among, "sqlite")
def _among_json(element: Among, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(each, **options) for each in (element.column, element.values))
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 built from our own column names only


@compiles(Among, "postgresql")
def _among_array(element: Among, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(each, **options) for each in (element.column, element.values))
    return f"{column} = ANY({values})"


class EachOf(FunctionElement[Any]):
    """The items of a JSON object that is one value, with columns `key` and `value`."""

    inherit_cache = False


@compiles(EachOf, "sqlite")
def _each_of(element: EachOf, compiler: Any, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(EachOf, "postgresql")
def _each_of_text(element: EachOf, compiler: Any, **options: Any) -> str:
    return f"json_each_text(CAST({compiler.process(element.clauses, **options)} AS JSON))"
