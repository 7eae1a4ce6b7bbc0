"""The chain of the audit log: each row is signed together with the one before it, with a key that is not in the
database. This module only reads; `store/audit.py` writes.

A row's signature is the HMAC-SHA256 of the previous row's signature and of the row itself. So no row can be changed,
removed, inserted or moved without the key. The chain alone cannot show that its last rows were removed. A head (number
and signature) that was noted elsewhere can.
"""

import hashlib
import hmac
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from typing import Any, Literal, NamedTuple

import msgspec
from sqlalchemy import Connection, exists, inspect, select

from chatserver.domain.sentence import Sentence
from chatserver.store.sealed_text import seal, unseal
from chatserver.store.tables import audit_checkpoints as checkpoints
from chatserver.store.tables import audit_entries as rows
from chatserver.store.tables import audit_head
from chatserver.store.tables import audit_reasons as reasons

BEGUN = "audit.begun"
"""The action of a row that takes over all earlier rows without checking them: an earlier version wrote them, or another
key signed them."""
REASON = "audit_reason"
"""The `place` of a reason, for `seal` and `unseal`."""
AT_ONCE = 1_000
FIELDS = (
    "number",
    "at",
    "actor",
    "role",
    "action",
    "object_kind",
    "object_id",
    "details",
    "address_hash",
    "reason_mac",
)

Condition = Literal["fits", "unsigned", "torn", "foreign"]
"""How a key fits a log. fits: it signed the last row, or the log is empty; unsigned: there are rows, but the head has
no signature; torn: the log does not end where its head says; foreign: another key signed the last row."""

_encode = msgspec.json.Encoder().encode


class Head(NamedTuple):
    """The last row of the log: its number, and its signature, which is None until a row is signed."""

    number: int
    mac: bytes | None

    def written(self) -> str:
        """The head as text, as `chatserver audit head` prints it and `verify` takes it."""
        return f"{self.number}:{(self.mac or b'').hex()}"


class Taken(NamedTuple):
    """What a row with the action `BEGUN` holds: the digest of everything up to the number `until`."""

    until: int
    digest: str


def head(conn: Connection) -> Head:
    """The head, which is stored beside the log."""
    found = conn.execute(select(audit_head.c.number, audit_head.c.mac).order_by(audit_head.c.number.desc())).first()
    return Head(0, None) if found is None else Head(*found)


def is_chained(conn: Connection) -> bool:
    """Whether the database has a signed log; with the schema of an earlier version it does not."""
    return inspect(conn).has_table(audit_head.name)


def is_unsigned(conn: Connection) -> bool:
    """Whether there are rows, but the head has no signature: after the migration, or after somebody removed it."""
    last = head(conn)
    if last.mac is not None:
        return False
    held = select(exists(select(rows.c.number)) | exists(select(checkpoints.c.first)))
    return last.number > 0 or bool(conn.scalar(held))


def canonical(row: Any) -> bytes:
    """The row as bytes, which are the same on both databases."""
    return _encode([each.hex() if isinstance(each := getattr(row, name), bytes) else each for name in FIELDS])


def signed(key: bytes, previous: bytes | None, row: Any) -> bytes:
    """The signature of a row that follows the one with the signature `previous`."""
    return hmac.digest(key, (previous or b"") + canonical(row), "sha256")


def signed_checkpoint(key: bytes, previous: bytes | None, row: Any) -> bytes:
    """The signature of a checkpoint. It covers the signature of the last row that was replaced, because the next row is
    chained to that."""
    told = ["checkpoint", row.first, row.last, row.month, (row.last_mac or b"").hex()]
    return hmac.digest(key, (previous or b"") + _encode(told), "sha256")


def signed_reason(key: bytes, number: int, reason: str) -> bytes:
    """The signature of a reason. It is stored in the row, so a changed reason is found, and erasing the reason does not
    break the chain."""
    return hmac.digest(key, _encode(["reason", number, reason]), "sha256")


def sealed_reason(number: int, reason: str) -> str:
    """The reason as it is stored."""
    return seal(reason, str(number), REASON)


def digest_until(conn: Connection, number: int) -> str:
    """The SHA-256 of all rows and checkpoints up to this number, with their signatures."""
    whole = hashlib.sha256()
    for each in conn.execute(select(checkpoints).where(checkpoints.c.last <= number).order_by(checkpoints.c.last)):
        told = [each.first, each.last, each.month, (each.last_mac or b"").hex(), each.mac.hex()]
        whole.update(_encode(told))
    up_to_it = select(rows).where(rows.c.number <= number).order_by(rows.c.number)
    with conn.execute(up_to_it, execution_options={"yield_per": AT_ONCE}) as found:
        for row in found:
            whole.update(canonical(row) + (row.mac or b""))
    return whole.hexdigest()


def condition(conn: Connection, key: bytes) -> Condition:
    """Whether the log can be continued with this key; only its last rows are checked."""
    last = head(conn)
    if last.mac is None:
        return "unsigned" if is_unsigned(conn) else "fits"
    newest = select(rows).where(rows.c.number >= last.number - 1).order_by(rows.c.number).limit(3)
    found = {row.number: row for row in conn.execute(newest)}
    row = found.get(last.number)
    if row is None or row.mac != last.mac or max(found) > last.number:
        return "torn"
    right = signed(key, _mac_before(conn, found, row.number), row)
    return "fits" if hmac.compare_digest(right, row.mac) else "foreign"


def findings(conn: Connection, key: bytes | None, kept: str = "") -> Iterator[str]:
    """What is wrong with the chain. Only the first break is reported, because everything after it is in doubt. `key`:
    None when there is no key file. `kept`: a head that was noted earlier, to compare with."""
    last = head(conn)
    if is_unsigned(conn):
        yield Sentence("audit log: is not signed; `chatserver audit take-over` signs it as it stands")
        return
    if key is None:
        if last.mac is not None:
            yield Sentence("audit log: is signed, and there is no key to check it with")
        return
    with closing(_links(conn)) as links:
        broken = _first_break(conn, key, last, links)
    if broken is not None:
        yield broken
        return
    yield from _wrong_reasons(conn, key)
    if kept:
        yield from _against(conn, kept)


def _first_break(conn: Connection, key: bytes, last: Head, links: Iterable[Any]) -> str | None:
    taken = taken_over(conn, key)
    number: int = 0
    previous: bytes | None = None
    for each in links:
        first = each.first if hasattr(each, "first") else each.number
        if first != number + 1:
            return Sentence("audit log: number {number} is missing", number=number + 1)
        if taken is None or first > taken.until:
            right = signed_checkpoint if hasattr(each, "first") else signed
            if taken is not None and first == taken.until + 1:
                previous = None
            if each.mac is None or not hmac.compare_digest(right(key, previous, each), each.mac):
                return Sentence("audit log: number {number} is not what was signed", number=first)
        number, previous = (each.last, each.last_mac) if hasattr(each, "first") else (each.number, each.mac)
    if taken is not None and digest_until(conn, taken.until) != taken.digest:
        return Sentence("audit log: the rows up to {number} are not those that were taken over", number=taken.until)
    if number != last.number or previous != last.mac:
        return Sentence("audit log: ends at number {number}, and should end at {last}", number=number, last=last.number)
    return None


def _links(conn: Connection) -> Generator[Any, None, None]:
    """Rows and checkpoints in the order of their numbers; a checkpoint counts with its first one."""
    replaced = iter(conn.execute(select(checkpoints).order_by(checkpoints.c.first)).all())
    waiting = next(replaced, None)
    with conn.execute(select(rows).order_by(rows.c.number), execution_options={"yield_per": AT_ONCE}) as found:
        for row in found:
            while waiting is not None and waiting.first <= row.number:
                yield waiting
                waiting = next(replaced, None)
            yield row
    while waiting is not None:
        yield waiting
        waiting = next(replaced, None)


def taken_over(conn: Connection, key: bytes) -> Taken | None:
    """The last take-over that this key signed. Its row is signed without a previous signature, as the first of a
    chain."""
    for row in conn.execute(select(rows).where(rows.c.action == BEGUN).order_by(rows.c.number.desc())):
        if row.mac is not None and hmac.compare_digest(signed(key, None, row), row.mac):
            told = msgspec.json.decode(row.details)
            return Taken(told["until"], told["digest"])
    return None


def _mac_before(conn: Connection, found: dict[int, Any], number: int) -> bytes | None:
    """The signature of the row or checkpoint before this row; None when it begins a chain."""
    if found[number].action == BEGUN:
        return None
    if number - 1 in found:
        mac: bytes | None = found[number - 1].mac
        return mac
    return conn.scalar(select(checkpoints.c.last_mac).where(checkpoints.c.last == number - 1))


def _wrong_reasons(conn: Connection, key: bytes) -> Iterator[str]:
    for number, stored, mac in conn.execute(
        select(reasons.c.number, reasons.c.reason, rows.c.reason_mac).join(rows, rows.c.number == reasons.c.number)
    ):
        text = unseal(stored, str(number), REASON)
        if text and (mac is None or not hmac.compare_digest(signed_reason(key, number, text), mac)):
            yield Sentence("audit log: the reason of number {number} is not the one that was given", number=number)


def _against(conn: Connection, kept: str) -> Iterator[str]:
    """Check that a head that was noted elsewhere is still part of the chain. If it is not, rows were cut off."""
    number, _, mac = kept.partition(":")
    wanted = int(number) if number.isascii() and number.isdigit() else -1
    held = conn.scalar(select(rows.c.mac).where(rows.c.number == wanted))
    if held is None:
        held = conn.scalar(select(checkpoints.c.last_mac).where(checkpoints.c.last == wanted))
    if held is None or held.hex() != mac:
        inside = select(checkpoints.c.last).where(checkpoints.c.first <= wanted, checkpoints.c.last > wanted)
        if held is None and conn.scalar(inside) is not None:
            yield Sentence("audit log: number {number} was replaced by a checkpoint; give a later head", number=wanted)
        else:
            yield Sentence("audit log: number {number}, which was written down, is not in it", number=number)
