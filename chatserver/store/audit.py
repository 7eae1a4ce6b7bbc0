"""审计记录 rows: who did what to what, and when. They hold ids and names of actions, and what settings of the hospital
were and are; never chat text, names, phone numbers or IP addresses.

A row is written in the transaction of what it records, and before it where something is shown. Rows form a chain
(`store/audit_chain.py`): the head is locked, last of all locks, so two nodes never continue the same row. Triggers
refuse to change or delete a row, except in a month that a checkpoint stands for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import msgspec
from sqlalchemy import Connection, case, delete, func, insert, select, update

from chatserver.store.audit_chain import (
    BEGUN,
    Head,
    condition,
    digest_until,
    is_unsigned,
    sealed_reason,
    signed,
    signed_checkpoint,
    signed_reason,
    taken_over,
)
from chatserver.store.tables import audit_checkpoints, audit_head, audit_reasons
from chatserver.store.tables import audit_entries as rows
from chatserver.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Act:
    """The transaction's actor, in their `role` at that time, did `action` to an object; `address_hash` identifies where
    from. `details`: counts, and what settings were and are."""

    role: str
    action: str
    object_kind: str
    object_id: str
    address_hash: bytes | None = None
    details: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """On how many objects, when (ms) on the first of them, and when last on the object in question."""

    objects: int
    first: int | None
    last: int | None


def begin(tx: Tx) -> bool:
    """Sign a first row in an empty log, so that a node with another key is refused from then on. Returns whether it
    was empty."""
    last = _locked_head(tx)
    if last.mac is not None or is_unsigned(tx.conn):
        return False
    _take_over(tx, last)
    return True


def write(tx: Tx, act: Act, reason: str = "") -> None:
    """Record the act. A reason stands in a table of its own, from which it can be erased.

    Call it when the transaction has taken its other locks. Whatever the head says is continued, and never repaired
    here: a head that somebody has changed must show as a break.
    """
    _append(tx, _locked_head(tx), act, reason)


def take_over(tx: Tx) -> None:
    """Continue a log that this key has not signed, as it stands: what is before this row is not signed by this key, but
    can no longer be changed unseen. Only for a database that nobody else uses."""
    last = _locked_head(tx)
    until = tx.conn.scalar(select(func.max(rows.c.number))) or 0
    _take_over(tx, Head(max(last.number, until), None))


def continue_with_own_key(tx: Tx) -> None:
    """The same, only where the log does not fit this transaction's key."""
    if condition(tx.conn, tx.audit_key) != "fits":
        take_over(tx)


def replace_month(tx: Tx, year: int, month: int) -> int:
    """Replace the rows of a month by one signed checkpoint, and record that; returns how many they were. Months go in
    their order. Raises `ValueError` for one that has earlier rows before it, or is not over."""
    start, end = _month(year, month), _month(year + month // 12, month % 12 + 1)
    if end > tx.now:
        raise ValueError(f"{year}-{month:02} is not over")
    if tx.conn.scalar(select(func.count()).select_from(rows).where(rows.c.at < start)):
        raise ValueError(f"there are rows before {year}-{month:02}")
    _locked_head(tx)
    # Clocks of two nodes differ by little: the month ends with its last row, wherever the next month's first one is.
    held = select(func.min(rows.c.number), func.max(rows.c.number)).where(rows.c.at < end)
    first, last = tx.conn.execute(held).one()
    if first is None:
        return 0
    taken = taken_over(tx.conn, tx.audit_key)
    last_mac = tx.conn.scalar(select(rows.c.mac).where(rows.c.number == last))
    values = {"first": first, "last": last, "month": f"{year}-{month:02}", "last_mac": last_mac}
    before = tx.conn.scalar(select(audit_checkpoints.c.last_mac).where(audit_checkpoints.c.last == first - 1))
    mac = signed_checkpoint(tx.audit_key, before, SimpleNamespace(**values))
    tx.conn.execute(insert(audit_checkpoints).values(**values, mac=mac))
    tx.conn.execute(delete(audit_reasons).where(audit_reasons.c.number.between(first, last)))
    tx.conn.execute(delete(rows).where(rows.c.number.between(first, last)))
    write(tx, Act("", "audit.checkpoint", "month", str(values["month"])))
    if taken is not None and taken.until >= first:
        # Its digest covers rows that are gone.
        take_over(tx)
    return int(last - first + 1)


def done_since(conn: Connection, actor: str, action: str, object_id: str, since: int) -> Done:
    """How often this person did that action since then (ms), and when last to this object. Counted by the database."""
    of_object = (
        select(rows.c.object_id, func.min(rows.c.at).label("first"), func.max(rows.c.at).label("last"))
        .where(rows.c.actor == actor, rows.c.action == action, rows.c.at > since)
        .group_by(rows.c.object_id)
        .subquery()
    )
    last = func.max(case((of_object.c.object_id == object_id, of_object.c.last)))
    row = conn.execute(select(func.count(), func.min(of_object.c.first), last).select_from(of_object)).one()
    return Done(*row)


def _locked_head(tx: Tx) -> Head:
    return Head(*tx.conn.execute(select(audit_head.c.number, audit_head.c.mac).with_for_update()).one())


def _take_over(tx: Tx, last: Head) -> Head:
    taken = {"until": last.number, "digest": digest_until(tx.conn, last.number)}
    return _append(tx, Head(last.number, None), Act("", BEGUN, "audit", str(last.number), details=taken))


def _append(tx: Tx, last: Head, act: Act, reason: str = "") -> Head:
    number = last.number + 1
    row = SimpleNamespace(
        number=number,
        at=tx.now,
        actor=tx.actor,
        role=act.role,
        action=act.action,
        object_kind=act.object_kind,
        object_id=act.object_id,
        details=msgspec.json.encode(act.details or {}).decode(),
        address_hash=act.address_hash,
        reason_mac=signed_reason(tx.audit_key, number, reason) if reason else None,
    )
    mac = signed(tx.audit_key, last.mac, row)
    tx.conn.execute(insert(rows).values(**vars(row), mac=mac))
    if reason:
        tx.conn.execute(insert(audit_reasons).values(number=number, reason=sealed_reason(number, reason)))
    tx.conn.execute(update(audit_head).values(number=number, mac=mac))
    return Head(number, mac)


def _month(year: int, month: int) -> int:
    """When it begins, in UTC (ms)."""
    return int(datetime(year, month, 1, tzinfo=UTC).timestamp() * 1000)
