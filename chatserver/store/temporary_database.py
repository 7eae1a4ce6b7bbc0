"""Databases on the same server as the one in use: created for one command, then renamed to take its place.

A killed command can leave one whose name ends in `.part`; it may be dropped. Connects through a database that every
server has and that is not the one concerned.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, TextClause, text
from sqlalchemy.exc import DBAPIError

from chatserver.store.backup import time_of
from chatserver.store.postgres import PostgresDatabase
from chatserver.store.sqlite_files import Unusable

ANYWHERE = ("postgres", "template1")
"""Databases that every server has; at least one of them is not the one concerned."""
LONGEST = 63
"""Bytes of a name; the server cuts off what is longer."""
IN_USE = "55006"
"""SQLSTATE: somebody is connected to it."""
USUAL = "pg_default"
"""The default tablespace, which cannot be requested by name without a privilege."""
PROVIDERS = {"c": "libc", "i": "icu", "b": "builtin"}

LIKE = """
SELECT to_jsonb(d) || jsonb_build_object(
  'owner', pg_get_userbyid(d.datdba), 'encoded', pg_encoding_to_char(d.encoding), 'space', s.spcname
) FROM pg_database d JOIN pg_tablespace s ON s.oid = d.dattablespace WHERE d.datname = :name
"""
MAY = """
SELECT (rolsuper OR rolcreatedb) AND pg_has_role(:owner, 'USAGE'), rolname FROM pg_roles WHERE rolname = current_user
"""
SETTINGS = """
SELECT split_part(each, '=', 1), substr(each, strpos(each, '=') + 1)
FROM pg_db_role_setting r JOIN pg_database d ON d.oid = r.setdatabase, unnest(r.setconfig) each
WHERE d.datname = :name AND r.setrole = 0
"""
GRANTS = """
SELECT a.privilege_type, CASE WHEN a.grantee <> 0 THEN pg_get_userbyid(a.grantee) END, a.is_grantable
FROM pg_database d, aclexplode(d.datacl) a WHERE d.datname = :name
"""


@contextmanager
def empty_database(server: PostgresDatabase) -> Iterator[PostgresDatabase]:
    """An empty database with the properties of this one (owner, encoding, collation), to be filled as its owner;
    dropped afterwards unless it was renamed.

    Raises `Unusable` or `DBAPIError`.
    """
    name = _named(server.name, f".{secrets.token_hex(4)}.part")
    with _elsewhere(server, isolation_level="AUTOCOMMIT") as conn:
        like = _like(conn, server)
        conn.execute(_creation(conn, name, like))
    try:
        yield server.beside(name, role=like["owner"])
    finally:
        # If the server is gone by now, the database stays; a `.part` may be dropped by anybody.
        with suppress(DBAPIError), _elsewhere(server, isolation_level="AUTOCOMMIT") as conn:
            conn.execute(_statement(f"DROP DATABASE IF EXISTS {_quoted(conn, name)} WITH (FORCE)"))


def swap(server: PostgresDatabase, beside: str, now: int) -> str:
    """Give the database `beside` the name and privileges of this one, which is kept under the returned name.

    Raises `Unusable`, with nothing changed, when anybody is connected to it.
    """
    kept = _named(server.name, f".before-{time_of(now)}")
    try:
        with _elsewhere(server) as conn, conn.begin():
            _carry_over(conn, server.name, beside)
            for old, new in ((server.name, kept), (beside, server.name)):
                conn.execute(_statement(f"ALTER DATABASE {_quoted(conn, old)} RENAME TO {_quoted(conn, new)}"))
    except DBAPIError as failure:
        if _state(failure) == IN_USE:
            raise Unusable("Another program has {place} open; end it first.", place=server.place) from None
        raise
    return kept


@contextmanager
def _elsewhere(server: PostgresDatabase, **options: Any) -> Iterator[Connection]:
    """A session of the same user in another database of the server."""
    places = [name for name in ANYWHERE if name != server.name]
    for place in places:
        try:
            session = server.beside(place).unhurried_engine(**options).connect()
        except DBAPIError as failure:
            # Not every driver gives a refused session an SQLSTATE; the last error is shown.
            if place == places[-1]:
                raise Unusable(
                    "The database {place} of the server cannot be used: {why}.", place=place, why=_first_line(failure)
                ) from failure
            continue
        with session:
            yield session
        return


def _like(conn: Connection, server: PostgresDatabase) -> dict[str, Any]:
    """The properties of the database. Raises `Unusable` if this user may not create such a database."""
    like: dict[str, Any] | None = conn.scalar(text(LIKE), {"name": server.name})
    if like is None:
        raise Unusable("There is no database {place} yet; createdb makes it.", place=server.place)
    may, user = conn.execute(text(MAY), {"owner": like["owner"]}).one()
    if not may:
        raise Unusable(
            "{user} must own {place}, and may make databases: ALTER ROLE {user} CREATEDB gives that.",
            user=user,
            place=server.place,
        )
    return like


def _creation(conn: Connection, name: str, like: dict[str, Any]) -> TextClause:
    provider = PROVIDERS[like.get("datlocprovider", "c")]
    wanted = {
        "OWNER": _quoted(conn, like["owner"]),
        "ENCODING": _word(like["encoded"]),
        "LC_COLLATE": _word(like["datcollate"]),
        "LC_CTYPE": _word(like["datctype"]),
        "CONNECTION LIMIT": str(like["datconnlimit"]),
    }
    if like["space"] != USUAL:
        wanted["TABLESPACE"] = _quoted(conn, like["space"])
    if provider != "libc":
        # Called daticulocale before PostgreSQL 17.
        locale = like.get("datlocale") or like.get("daticulocale")
        wanted |= {"LOCALE_PROVIDER": provider, f"{provider.upper()}_LOCALE": _word(locale)}
    options = " ".join(f"{word} = {value}" for word, value in wanted.items())
    return _statement(f"CREATE DATABASE {_quoted(conn, name)} TEMPLATE = template0 {options}")


def _carry_over(conn: Connection, name: str, beside: str) -> None:
    """Copy what belongs to a database but is not in its dump: its own settings, and who may connect."""
    target = _quoted(conn, beside)
    for setting, value in conn.execute(text(SETTINGS), {"name": name}).all():
        # Set in this transaction and copied from it, so that the server itself parses a list that it has written.
        conn.execute(text("SELECT set_config(:setting, :value, true)"), {"setting": setting, "value": value})
        conn.execute(_statement(f"ALTER DATABASE {target} SET {_quoted(conn, setting)} FROM CURRENT"))
    grants = conn.execute(text(GRANTS), {"name": name}).all()
    if grants:
        conn.execute(_statement(f"REVOKE ALL ON DATABASE {target} FROM PUBLIC"))
    for privilege, grantee, is_grantable in grants:
        to = _quoted(conn, grantee) if grantee else "PUBLIC"
        more = " WITH GRANT OPTION" if is_grantable else ""
        conn.execute(_statement(f"GRANT {privilege} ON DATABASE {target} TO {to}{more}"))


def _named(name: str, suffix: str) -> str:
    room = LONGEST - len(suffix)
    return name.encode()[:room].decode(errors="ignore") + suffix


def _statement(sql: str) -> TextClause:
    """DDL takes no parameters, so a colon in a name must not be read as one."""
    return text(sql.replace(":", r"\:"))


def _quoted(conn: Connection, name: str) -> str:
    return conn.dialect.identifier_preparer.quote_identifier(name)


def _word(value: object) -> str:
    escaped = str(value).replace("'", "''")
    return f"'{escaped}'"


def _state(failure: DBAPIError) -> str:
    return getattr(failure.orig, "sqlstate", None) or ""


def _first_line(failure: DBAPIError) -> str:
    return str(failure.orig).strip().partition("\n")[0].rstrip(".")
