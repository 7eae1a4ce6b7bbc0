"""Single values about the database itself: its epoch, the server's key, the version of the people in it."""

import secrets

from sqlalchemy import Connection, select

from chatserver.store.tables import meta
from chatserver.store.upserts import insert_or

EPOCH = "epoch"
SERVER_KEY = "server_key"
PEOPLE_VERSION = "people_version"
DEMO = "demo"
"""There when `chatserver demo` made the hospital in it, whose passwords are known to everybody."""
RESTORED_AT = "restored_at"
"""When (ms) a backup was put in its place; absent where that never happened."""


def get(conn: Connection, key: str) -> str | None:
    """The value of `key`, or None."""
    return conn.execute(select(meta.c.value).where(meta.c.key == key)).scalar_one_or_none()


def put(conn: Connection, key: str, value: str) -> None:
    """Set `key`, whether it was there or not."""
    row = insert_or(conn, meta).values(key=key, value=value)
    conn.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


def begin(conn: Connection) -> None:
    """Give a new database its epoch and its key; one that has them keeps them."""
    fresh = {EPOCH: _new_epoch(), SERVER_KEY: secrets.token_hex(32), PEOPLE_VERSION: "1"}
    for key, value in fresh.items():
        conn.execute(insert_or(conn, meta).values(key=key, value=value).on_conflict_do_nothing())


def renew_epoch(conn: Connection) -> None:
    """From now on it is another life of the database."""
    put(conn, EPOCH, _new_epoch())


def epoch(conn: Connection) -> str:
    """Which life of the database this is; a restored one gets another, so that no reader mistakes it."""
    return _needed(conn, EPOCH)


def server_key(conn: Connection) -> bytes:
    """32 secret bytes for keyed hashes."""
    return bytes.fromhex(_needed(conn, SERVER_KEY))


def mark_as_demo(conn: Connection) -> None:
    """Its passwords are known to everybody."""
    put(conn, DEMO, "1")


def is_demo(conn: Connection) -> bool:
    """Whether the hospital in it was made for trying out."""
    return get(conn, DEMO) is not None


def people_version(conn: Connection) -> int:
    """Raised by every change of people, groups, departments or sites; the hub reads them again then."""
    return int(_needed(conn, PEOPLE_VERSION))


def bump_people_version(conn: Connection) -> None:
    put(conn, PEOPLE_VERSION, str(people_version(conn) + 1))


def _new_epoch() -> str:
    return secrets.token_urlsafe(16)


def _needed(conn: Connection, key: str) -> str:
    value = get(conn, key)
    if value is None:
        raise RuntimeError(f"the database has no {key}; it was not made by `chatserver migrate`")
    return value
