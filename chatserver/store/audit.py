"""The rows of the audit log (审计记录): who did what to what, and when.

Rows hold ids, names of actions, counts, and the hospital's settings before and after a change. They never hold chat
text, names of people, phone numbers or IP addresses.

A row is written in the same transaction as the change that it records. Where something is only shown, the row is
written first. Rows form a chain (`store/audit_chain.py`). A transaction locks the head of the chain after all its other
locks, so two nodes never append to the same row. Triggers refuse to change or delete a row, except a row of a month
that a checkpoint has replaced.
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
    """One action; the transaction knows who acted. `role`: the actor's role at that time. `address_hash`: a keyed hash
    of the address that the actor used. `details`: counts, and settings before and after the change."""

    role: str
    action: str
    object_kind: str
    object_id: str
    address_hash: bytes | None = None
    details: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What `done_since` found: how many different objects, when (ms) the first action was, and when the last one on the
    object that was asked about."""

    objects: int
    first: int | None
    last: int | None


def begin(tx: Tx) -> bool:
    """Sign the first row of an empty log. From then on, a node with another key is refused. Returns whether the log was
    empty; otherwise nothing is written."""
    last = _locked_head(tx)
    if last.mac is not None or is_unsigned(tx.conn):
        return False
    _take_over(tx, last)
    return True


def write(tx: Tx, act: Act, reason: str = "") -> None:
    """Record the act. A reason is stored in a separate table, from which it can be erased.

    Call this after the transaction has taken its other locks. The row continues the head as it is stored, even if
    somebody has tampered with it: repairing the head here would hide the break.
    """
    _append(tx, _locked_head(tx), act, reason)


def take_over(tx: Tx) -> None:
    """Continue a log that this key has not signed. The new row holds a digest of all earlier rows, so that later
    changes to them are found. Changes that were made before cannot be found. Only for a database that nobody else
    uses."""
    last = _locked_head(tx)
    until = tx.conn.scalar(select(func.max(rows.c.number))) or 0
    _take_over(tx, Head(max(last.number, until), None))


def continue_with_own_key(tx: Tx) -> None:
    """Take the log over, unless this transaction's key fits it already."""
    if condition(tx.conn, tx.audit_key) != "fits":
        take_over(tx)


def replace_month(tx: Tx, year: int, month: int) -> int:
    """Replace the rows of a month by one signed checkpoint, and record that. Returns how many rows were replaced.
    Raises `ValueError` when the month is not over, or when an earlier month still has rows."""
    start, end = _month(year, month), _month(year + month // 12, month % 12 + 1)
    if end > tx.now:
        raise ValueError(f"{year}-{month:02} is not over")
    if tx.conn.scalar(select(func.count()).select_from(rows).where(rows.c.at < start)):
        raise ValueError(f"there are rows before {year}-{month:02}")
    _locked_head(tx)
    # The clocks of two nodes differ a little, so rows around midnight may not be in the order of their times. All rows
    # up to the month's last one are replaced, even if one of the next month is among them.
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
        # The digest of the last take-over covers rows that were deleted just now.
        take_over(tx)
    return int(last - first + 1)


def done_since(conn: Connection, actor: str, actions: tuple[str, ...], object_id: str, since: int) -> Done:
    """On how many objects this person did one of these actions after `since` (ms), and when last on this object. The
    database counts, so no rows are read."""
    of_object = (
        select(rows.c.object_id, func.min(rows.c.at).label("first"), func.max(rows.c.at).label("last"))
        .where(rows.c.actor == actor, rows.c.action.in_(sorted(actions)), rows.c.at > since)
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
    """The start of the month in UTC (ms)."""
    return int(datetime(year, month, 1, tzinfo=UTC).timestamp() * 1000)
