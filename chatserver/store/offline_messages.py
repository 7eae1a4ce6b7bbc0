"""留言 rows: the messages that visitors left, who handles them, and the result."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from chatserver.domain.offline_messages import OfflineMessage
from chatserver.store.locks import locked
from chatserver.store.sealed_text import SealedText, seal, unseal
from chatserver.store.tables import offline_messages as rows
from chatserver.store.tx import Tx

FIELDS = tuple(OfflineMessage.__slots__)
SEALED = [column.name for column in rows.columns if isinstance(column.type, SealedText)]


class Left(NamedTuple):
    """A message, and the keyed hash of the command that left it."""

    message: OfflineMessage
    digest: bytes


def add(tx: Tx, message: OfflineMessage, ref: str, digest: bytes) -> None:
    tx.conn.execute(insert(rows), {**asdict(message), **_sealed(message), "ref": ref, "digest": digest})


def left_before(conn: Connection, visitor: str, ref: str) -> Left | None:
    """The message that this visitor left under this ref."""
    found = conn.execute(select(rows).where(rows.c.visitor == visitor, rows.c.ref == ref)).one_or_none()
    return None if found is None else Left(_message(found), found.digest)


def load(conn: Connection, ids: Iterable[str], *, lock: bool = False) -> dict[str, OfflineMessage]:
    """These messages by id; unknown ids are left out. With `lock`, the rows are locked."""
    query = select(rows).where(rows.c.id.in_(sorted(set(ids))))
    return {row.id: _message(row) for row in conn.execute(locked(query, rows) if lock else query)}


def save(tx: Tx, message: OfflineMessage) -> None:
    """Save the fields that change after the message was left."""
    tx.conn.execute(
        update(rows)
        .where(rows.c.id == message.id)
        .values(
            group=message.group,
            owner=message.owner,
            settled_at=message.settled_at,
            settled_by=message.settled_by,
            result=message.result,
            note=seal(message.note, message.id, "note"),
            answer=seal(message.answer, message.id, "answer"),
            acknowledged_by=message.acknowledged_by,
            acknowledged_at=message.acknowledged_at,
            version=message.version,
        )
    )


def versions(conn: Connection, since: int) -> dict[str, int]:
    """The version of each message that is open or was settled since then (ms)."""
    return {row.id: row.version for row in conn.execute(select(rows.c.id, rows.c.version).where(_shown(since)))}


def open_of(conn: Connection) -> dict[str, int]:
    """How many open messages each consultant has."""
    query = select(rows.c.owner, func.count()).where(rows.c.settled_at.is_(None), rows.c.owner.is_not(None))
    return {row[0]: row[1] for row in conn.execute(query.group_by(rows.c.owner))}


def _shown(since: int) -> ColumnElement[bool]:
    return or_(rows.c.settled_at.is_(None), rows.c.settled_at >= since)


def _message(row: Any) -> OfflineMessage:
    given = {field: getattr(row, field) for field in FIELDS}
    return OfflineMessage(**given | {field: unseal(given[field], row.id, field) for field in SEALED})


def _sealed(message: OfflineMessage) -> dict[str, str]:
    return {field: seal(getattr(message, field), message.id, field) for field in SEALED}
