"""查询码: how they are made, tried and frozen, and the deletions that visitors request with them.

A code and its proof (the four digits) are stored as HMAC-SHA-256 with a key outside the database, so that a copy of the
database opens nothing: ten digits alone could be tried out. Every try executes the same statements in one transaction,
whether the code exists or not, so that neither the answer nor its time tells which of the two was wrong.
"""

import hmac
import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, delete, select, update

from chatserver.domain.lookup_codes import DIGITS, FROZEN_MS, LIFE_MS, WRONG_TRIES, DeletionResult, SubjectKind
from chatserver.store.ids import new_id
from chatserver.store.sealed_text import seal, unseal
from chatserver.store.tables import deletion_requests, lookup_codes, lookup_networks, lookup_tries
from chatserver.store.tx import Tx
from chatserver.store.upserts import insert_or

HOUR_MS = 3_600_000
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


@dataclass(frozen=True, slots=True)
class Deletion:
    """A deletion that was requested. `group`: whose supervisors see it; `done_by`: the id of the consultant who settled
    it; `note`: for staff."""

    id: str
    subject: Subject
    group: str
    asked_at: int
    done_at: int | None
    done_by: str | None
    result: DeletionResult | None
    note: str


def make(tx: Tx, subject: Subject, proof: str, repeatable: str = "") -> tuple[str, int]:
    """A new code for this subject, in place of an earlier one, and when it ends (ms). Only here the code itself is
    known. `repeatable`: a secret of whoever asks, with which a repeat gets the same code; none: each is random."""
    for turn in count():
        code = _candidate(tx, repeatable, turn)
        hashed = _hash(tx, code)
        column = lookup_codes.c
        taken = tx.conn.execute(
            select(column.subject_kind, column.subject_id).where(column.code_hash == hashed)
        ).one_or_none()
        tried = select(lookup_tries.c.code_hash).where(lookup_tries.c.code_hash == hashed)
        if taken == subject or (taken is None and tx.conn.scalar(tried) is None):
            break
    values = {"code_hash": hashed, "proof_hash": _hash(tx, code, proof), "made_at": tx.now, "ends_at": tx.now + LIFE_MS}
    row = insert_or(tx.conn, lookup_codes).values(subject_kind=subject.kind, subject_id=subject.id, **values)
    tx.conn.execute(row.on_conflict_do_update(index_elements=["subject_kind", "subject_id"], set_=values))
    return code, tx.now + LIFE_MS


def _candidate(tx: Tx, repeatable: str, turn: int) -> str:
    if repeatable:
        number = int.from_bytes(_hash(tx, "repeatable", repeatable, str(turn)), "big") % 10**DIGITS
    else:
        number = secrets.randbelow(10**DIGITS)
    return f"{number:0{DIGITS}}"


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


def wait_of(tx: Tx, network: bytes, most: int) -> int:
    """Count one more try of a network (its keyed hash) and return 0; or, if there were `most` in the last hour at all
    nodes together, how long it must wait (ms). The row is locked until the transaction ends."""
    tx.conn.execute(delete(lookup_networks).where(lookup_networks.c.last_at <= tx.now - HOUR_MS))
    row = insert_or(tx.conn, lookup_networks).values(network_hash=network, tries="[]", last_at=tx.now)
    tx.conn.execute(row.on_conflict_do_update(index_elements=["network_hash"], set_={"last_at": tx.now}))
    its_own = lookup_networks.c.network_hash == network
    known = json.loads(tx.conn.scalar(select(lookup_networks.c.tries).where(its_own)) or "[]")
    tries = [at for at in known if at > tx.now - HOUR_MS]
    if len(tries) >= most:
        return int(tries[0]) + HOUR_MS - tx.now
    tx.conn.execute(update(lookup_networks).where(its_own).values(tries=json.dumps([*tries, tx.now])))
    return 0


def request_deletion(tx: Tx, subject: Subject, group: str) -> None:
    """Record that the visitor wants it deleted, unless that is recorded already."""
    row = {"id": new_id(), "subject_kind": subject.kind, "subject_id": subject.id, "group": group, "asked_at": tx.now}
    tx.conn.execute(
        insert_or(tx.conn, deletion_requests)
        .values(**row)
        .on_conflict_do_nothing(index_elements=["subject_kind", "subject_id"])
    )


def settle_deletion(tx: Tx, id: str, result: DeletionResult, note: str, by: str | None) -> bool:
    """Record what became of a request, and which consultant settled it. Returns whether it was open until now."""
    open = (deletion_requests.c.id == id) & deletion_requests.c.done_at.is_(None)
    values = {"done_at": tx.now, "done_by": by, "result": result, "note": seal(note, id, "note")}
    return tx.conn.execute(update(deletion_requests).where(open).values(**values)).rowcount == 1


def deletion_of(conn: Connection, subject: Subject) -> Deletion | None:
    """The request for its deletion; None if there was none."""
    theirs = deletion_requests.c.subject_kind == subject.kind, deletion_requests.c.subject_id == subject.id
    return next(_deletions(conn, select(deletion_requests).where(*theirs)), None)


def deletion(conn: Connection, id: str) -> Deletion | None:
    """The request with this id."""
    return next(_deletions(conn, select(deletion_requests).where(deletion_requests.c.id == id)), None)


def deletions(conn: Connection, groups: Iterable[str], limit: int) -> list[Deletion]:
    """The requests of these groups: those that are open first, and the newest first among each."""
    query = select(deletion_requests).where(deletion_requests.c.group.in_(sorted(groups)))
    order = deletion_requests.c.done_at.is_not(None), deletion_requests.c.asked_at.desc(), deletion_requests.c.id.desc()
    return list(_deletions(conn, query.order_by(*order).limit(limit)))


def _deletions(conn: Connection, query: Select[Any]) -> Iterator[Deletion]:
    for row in conn.execute(query):
        subject = Subject(row.subject_kind, row.subject_id)
        note = unseal(row.note, row.id, "note")
        yield Deletion(row.id, subject, row.group, row.asked_at, row.done_at, row.done_by, row.result, note)


def _forget(tx: Tx) -> None:
    """Delete codes that have ended, and tries that are long ago."""
    tx.conn.execute(delete(lookup_tries).where(lookup_tries.c.last_at < tx.now - FROZEN_MS))
    tx.conn.execute(delete(lookup_codes).where(lookup_codes.c.ends_at <= tx.now))


def _hash(tx: Tx, *parts: str) -> bytes:
    key = hmac.digest(tx.audit_key, PURPOSE, "sha256")
    return hmac.digest(key, "/".join(parts).encode(), "sha256")
