"""Databases beside the one that is served, on the same server: made for one command, and given the other's name.

What a killed command leaves behind ends in `.part` and is nobody's. Speaks from a database that every server has, which
is not the one concerned.
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
"""Databases of every server; one of them is not the one concerned."""
LONGEST = 63
"""Bytes of a name on the server; what is longer it cuts off."""
IN_USE = "55006"
"""Somebody is connected to it (SQLSTATE)."""
USUAL = "pg_default"
"""A tablespace that everybody has, and nobody may ask for by its name."""
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
def scratch(server: PostgresDatabase) -> Iterator[PostgresDatabase]:
    """An empty database as this one was made (owner, encoding, order of words), to be filled as its owner; gone
    afterwards under that name.

    Raises `Unusable`, `DBAPIError`.
    """
    name = _named(server.name, f".{secrets.token_hex(4)}.part")
    with _elsewhere(server, isolation_level="AUTOCOMMIT") as conn:
        like = _like(conn, server)
        conn.execute(_creation(conn, name, like))
    try:
        yield server.beside(name, role=like["owner"])
    finally:
        # A server that is gone by now keeps it; whoever finds a `.part` may drop it.
        with suppress(DBAPIError), _elsewhere(server, isolation_level="AUTOCOMMIT") as conn:
            conn.execute(_statement(f"DROP DATABASE IF EXISTS {_quoted(conn, name)} WITH (FORCE)"))


def swap(server: PostgresDatabase, beside: str, now: int) -> str:
    """Give the database `beside` the name and the rights of this one, which is kept under the name that is returned.

    Raises `Unusable` when anybody is connected to it, with nothing changed.
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
            # A session that was refused has no SQLSTATE with every driver; the last one's words are shown.
            if place == places[-1]:
                raise Unusable(
                    "The database {place} of the server cannot be used: {why}.", place=place, why=_first_line(failure)
                ) from failure
            continue
        with session:
            yield session
        return


def _like(conn: Connection, server: PostgresDatabase) -> dict[str, Any]:
    """How the database was made. Raises `Unusable` for who may make none such."""
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
    told = " ".join(f"{word} = {value}" for word, value in wanted.items())
    return _statement(f"CREATE DATABASE {_quoted(conn, name)} TEMPLATE = template0 {told}")


def _carry_over(conn: Connection, name: str, beside: str) -> None:
    """What belongs to a database and is in no dump of it: its own settings, and who may connect."""
    target = _quoted(conn, beside)
    for setting, value in conn.execute(text(SETTINGS), {"name": name}).all():
        # As a value of this transaction, so that the server reads lists as it wrote them.
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
    """DDL takes no parameters, and a colon in a name is none."""
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
