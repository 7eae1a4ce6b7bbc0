"""回电 rows: the calls that visitors asked for, who makes them, and what came of it."""

import hmac
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, exists, insert, or_, select, update

from chatserver.domain.alarms import is_about_abuse
from chatserver.domain.callbacks import Callback
from chatserver.domain.consent import BUILT_IN_TEXTS, Said
from chatserver.store import consents
from chatserver.store.conversation_rows import read
from chatserver.store.locks import locked
from chatserver.store.sealed_text import SealedText, seal, unseal
from chatserver.store.tables import callbacks as rows
from chatserver.store.tables import conversations
from chatserver.store.tx import Tx

FIELDS = tuple(Callback.__slots__)
SEALED = [column.name for column in rows.columns if isinstance(column.type, SealedText)]

PURPOSE = b"call-backs"
"""Makes another key of the audit log's key, so that a hash of a number here is none of its other uses."""

SUBJECT = "callback"
"""The kind of subject whose deadlines are those of call-backs."""

DUE = "due"
"""The only deadline of a call-back: the end of the promised time."""


class Asked(NamedTuple):
    """A call-back, and the keyed hash of the command that requested it."""

    callback: Callback
    digest: bytes


def add(tx: Tx, callback: Callback, ref: str, digest: bytes, said: Iterable[Said]) -> None:
    """Store it with the decisions on consent that came with it (`said`), and keep the built-in texts of these."""
    decisions = list(said)
    # The sites' own notices are kept when the hospital sets them.
    consents.keep_texts(tx, [each.text for each in decisions if _is_built_in(each)])
    evidence = [
        {"kind": each.kind, "decision": each.decision, "version": each.text.version, "sha256": each.text.sha256}
        for each in decisions
    ]
    row = {**asdict(callback), **_sealed(callback), "ref": ref, "digest": digest}
    row |= {"phone_hash": _phone_hash(tx, callback.phone), "consent": json.dumps(evidence, ensure_ascii=False)}
    tx.conn.execute(insert(rows), row)


def asked_before(conn: Connection, visitor: str, ref: str) -> Asked | None:
    """The call-back that this visitor requested under this ref."""
    found = conn.execute(select(rows).where(rows.c.visitor == visitor, rows.c.ref == ref)).one_or_none()
    return None if found is None else Asked(_callback(found), found.digest)


def open_of(conn: Connection, visitor: str) -> Callback | None:
    """The visitor's open call-back; there is at most one."""
    found = conn.execute(select(rows).where(rows.c.visitor == visitor, rows.c.ended_at.is_(None))).one_or_none()
    return None if found is None else _callback(found)


def was_stopped(tx: Tx, phone: str) -> bool:
    """Whether a call-back to this number ended with 不再联系."""
    of_number = rows.c.phone_hash == _phone_hash(tx, phone), rows.c.do_not_call
    return bool(tx.conn.scalar(select(exists().where(*of_number))))


def load(conn: Connection, ids: Iterable[str], *, lock: bool = False) -> dict[str, Callback]:
    """These call-backs by id; unknown ids are left out. With `lock`, the rows are locked."""
    query = select(rows).where(rows.c.id.in_(sorted(set(ids))))
    return {row.id: _callback(row) for row in conn.execute(locked(query, rows) if lock else query)}


def save(tx: Tx, callback: Callback) -> None:
    """Save the fields that change after it was requested."""
    tx.conn.execute(
        update(rows)
        .where(rows.c.id == callback.id)
        .values(
            group=callback.group,
            from_at=callback.from_at,
            due_at=callback.due_at,
            state=callback.state,
            owner=callback.owner,
            attempts=callback.attempts,
            tried_at=callback.tried_at,
            ended_at=callback.ended_at,
            ended_by=callback.ended_by,
            do_not_call=callback.do_not_call,
            note=seal(callback.note, callback.id, "note"),
            overdue_since=callback.overdue_since,
            acknowledged_by=callback.acknowledged_by,
            acknowledged_at=callback.acknowledged_at,
            version=callback.version,
        )
    )


def versions(conn: Connection, since: int) -> dict[str, int]:
    """The version of each call-back that is open or ended since then (ms)."""
    return {row.id: row.version for row in conn.execute(select(rows.c.id, rows.c.version).where(_shown(since)))}


def about_abuse(conn: Connection, visitors: Iterable[str]) -> set[str]:
    """Those of these visitors who have a conversation with an open alert of suspected abuse."""
    asked = sorted(set(visitors))
    if not asked:
        return set()
    noticed = select(conversations).where(conversations.c.visitor.in_(asked), conversations.c.emergency.is_not(None))
    return {each.visitor for each in map(read, conn.execute(noticed)) if is_about_abuse(each)}


def _shown(since: int) -> ColumnElement[bool]:
    return or_(rows.c.ended_at.is_(None), rows.c.ended_at >= since)


def _is_built_in(said: Said) -> bool:
    return said.text.sha256 in BUILT_IN_TEXTS or said.text.kind not in ("notice", "health", "behalf", "guardian")


def _callback(row: Any) -> Callback:
    given = {field: getattr(row, field) for field in FIELDS}
    return Callback(**given | {field: unseal(given[field], row.id, field) for field in SEALED})


def _sealed(callback: Callback) -> dict[str, str]:
    return {field: seal(getattr(callback, field), callback.id, field) for field in SEALED}


def _phone_hash(tx: Tx, phone: str) -> bytes:
    key = hmac.digest(tx.audit_key, PURPOSE, "sha256")
    return hmac.digest(key, phone.encode(), "sha256")
