"""查询码: how they are made, tried and frozen, and the deletions that visitors request with them.

A code and its proof (the four digits) are stored as HMAC-SHA-256 with a key outside the database, so that a copy of the
database opens nothing: ten digits alone could be tried out. Every try executes the same statements in one transaction,
whether the code exists or not, so that neither the answer nor its time tells which of the two was wrong.
"""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from chatserver.domain.lookup_codes import DIGITS, FROZEN_MS, LIFE_MS, WRONG_TRIES, SubjectKind
from chatserver.store.ids import new_id
from chatserver.store.tables import deletion_requests, lookup_codes, lookup_tries
from chatserver.store.tx import Tx
from chatserver.store.upserts import insert_or

PURPOSE = b"lookup codes"
"""Makes another key of the audit log's key, so that neither use tells anything about the other."""


class Subject(NamedTuple):
    """What a code opens."""

    kind: SubjectKind
    id: str


@dataclass(frozen=True, slots=True)
class Try:
    """What a try has found. `left`: how many wrong tries this code still has, which is counted for codes that do not
    exist, too; none: it is frozen."""

    subject: Subject | None
    left: int


class Request(NamedTuple):
    """A deletion that was requested. `group`: whose supervisors see it."""

    subject: Subject
    group: str
    asked_at: int


def make(tx: Tx, subject: Subject, proof: str) -> tuple[str, int]:
    """A new code for this subject, in place of an earlier one, and when it ends (ms). Only here the code itself is
    known."""
    while True:
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        hashed = _hash(tx, code)
        taken = select(lookup_codes.c.code_hash).where(lookup_codes.c.code_hash == hashed)
        tried = select(lookup_tries.c.code_hash).where(lookup_tries.c.code_hash == hashed)
        if tx.conn.scalar(taken) is None and tx.conn.scalar(tried) is None:
            break
    values = {"code_hash": hashed, "proof_hash": _hash(tx, code, proof), "made_at": tx.now, "ends_at": tx.now + LIFE_MS}
    row = insert_or(tx.conn, lookup_codes).values(subject_kind=subject.kind, subject_id=subject.id, **values)
    tx.conn.execute(row.on_conflict_do_update(index_elements=["subject_kind", "subject_id"], set_=values))
    return code, tx.now + LIFE_MS


def attempt(tx: Tx, code: str, proof: str) -> Try:
    """Try a code. Counts the try if it is wrong; a right one forgets the wrong ones before it."""
    _forget(tx)
    hashed = _hash(tx, code)
    wrong = _count(tx, hashed)
    found = tx.conn.execute(select(lookup_codes).where(lookup_codes.c.code_hash == hashed)).one_or_none()
    held = b"" if found is None else found.proof_hash
    is_right = hmac.compare_digest(held, _hash(tx, code, proof)) and wrong <= WRONG_TRIES
    if found is None or not is_right:
        return Try(None, max(0, WRONG_TRIES - wrong))
    tx.conn.execute(update(lookup_tries).where(lookup_tries.c.code_hash == hashed).values(wrong=0))
    return Try(Subject(found.subject_kind, found.subject_id), WRONG_TRIES)


def _count(tx: Tx, hashed: bytes) -> int:
    """Count one more try, and return how many there were. Done before the code is looked at: the row is locked from
    then on, so that tries at the same moment, even at two nodes, are counted one after the other."""
    row = insert_or(tx.conn, lookup_tries).values(code_hash=hashed, wrong=1, last_at=tx.now)
    more = {"wrong": lookup_tries.c.wrong + 1, "last_at": tx.now}
    tx.conn.execute(row.on_conflict_do_update(index_elements=["code_hash"], set_=more))
    counted = tx.conn.scalar(select(lookup_tries.c.wrong).where(lookup_tries.c.code_hash == hashed))
    assert counted is not None
    return int(counted)


def request_deletion(tx: Tx, subject: Subject, group: str) -> int:
    """Record that the visitor wants it deleted; returns when that was first requested (ms)."""
    before = requested_at(tx.conn, subject)
    if before is not None:
        return before
    row = {"id": new_id(), "subject_kind": subject.kind, "subject_id": subject.id, "group": group, "asked_at": tx.now}
    tx.conn.execute(insert(deletion_requests), row)
    return tx.now


def requested_at(conn: Connection, subject: Subject) -> int | None:
    """When its deletion was requested (ms); None if it was not."""
    theirs = deletion_requests.c.subject_kind == subject.kind, deletion_requests.c.subject_id == subject.id
    at: int | None = conn.scalar(select(deletion_requests.c.asked_at).where(*theirs))
    return at


def requests(conn: Connection, groups: Iterable[str], limit: int) -> list[Request]:
    """The newest requests of these groups."""
    query = select(deletion_requests).where(deletion_requests.c.group.in_(sorted(groups)))
    newest = query.order_by(deletion_requests.c.asked_at.desc(), deletion_requests.c.id.desc()).limit(limit)
    return [Request(Subject(row.subject_kind, row.subject_id), row.group, row.asked_at) for row in conn.execute(newest)]


def _forget(tx: Tx) -> None:
    """Delete codes that have ended, and tries that are long ago."""
    tx.conn.execute(delete(lookup_tries).where(lookup_tries.c.last_at < tx.now - FROZEN_MS))
    tx.conn.execute(delete(lookup_codes).where(lookup_codes.c.ends_at <= tx.now))


def _hash(tx: Tx, *parts: str) -> bytes:
    key = hmac.digest(tx.audit_key, PURPOSE, "sha256")
    return hmac.digest(key, "/".join(parts).encode(), "sha256")
