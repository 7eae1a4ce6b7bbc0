"""Single values about the database itself: its epoch, the server's key, the version of the staff and hospital data."""

import secrets

from sqlalchemy import Connection, select

from chatserver.store.tables import meta
from chatserver.store.tx import Tx
from chatserver.store.upserts import insert_or

EPOCH = "epoch"
SERVER_KEY = "server_key"
PEOPLE_VERSION = "people_version"
DEMO = "demo"
"""Present if `chatserver demo` created the hospital; its passwords are public."""
RESTORED_AT = "restored_at"
"""When (ms) the database was restored from a backup; absent if it never was."""


def get(conn: Connection, key: str) -> str | None:
    """The value of `key`, or None."""
    return conn.execute(select(meta.c.value).where(meta.c.key == key)).scalar_one_or_none()


def put(tx: Tx, key: str, value: str) -> None:
    """Set `key`, whether it exists or not."""
    row = insert_or(tx.conn, meta).values(key=key, value=value)
    tx.conn.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


def begin(tx: Tx) -> None:
    """Give a new database its epoch and key. An existing one keeps them."""
    fresh = {EPOCH: _new_epoch(), SERVER_KEY: secrets.token_hex(32), PEOPLE_VERSION: "1"}
    for key, value in fresh.items():
        tx.conn.execute(insert_or(tx.conn, meta).values(key=key, value=value).on_conflict_do_nothing())


def renew_epoch(tx: Tx) -> None:
    """Give a restored database a new epoch."""
    put(tx, EPOCH, _new_epoch())


def epoch(conn: Connection) -> str:
    """The epoch. A restored database gets a new one, so that clients do not mistake it for what they knew."""
    return _needed(conn, EPOCH)


def server_key(conn: Connection) -> bytes:
    """32 secret bytes for keyed hashes."""
    return bytes.fromhex(_needed(conn, SERVER_KEY))


def mark_as_demo(tx: Tx) -> None:
    """Record that its passwords are public."""
    put(tx, DEMO, "1")


def is_demo(conn: Connection) -> bool:
    """Whether the hospital was created by `chatserver demo`."""
    return get(conn, DEMO) is not None


def people_version(conn: Connection) -> int:
    """Raised by every change of staff, groups, departments or sites; the hub then reads them again."""
    return int(_needed(conn, PEOPLE_VERSION))


def bump_people_version(tx: Tx) -> None:
    put(tx, PEOPLE_VERSION, str(people_version(tx.conn) + 1))


def _new_epoch() -> str:
    return secrets.token_urlsafe(16)


def _needed(conn: Connection, key: str) -> str:
    value = get(conn, key)
    if value is None:
        raise RuntimeError(f"the database has no {key}; it was not made by `chatserver migrate`")
    return value
