"""The audit log."""

from sqlalchemy import DDL, Column, ForeignKey, Index, LargeBinary, Table, Text, event, text
from sqlalchemy import BigInteger as Millis

from chatserver.store.audit_triggers import AUDIT_TRIGGERS
from chatserver.store.sealed_text import SealedText
from chatserver.store.tables.base import metadata

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("number", Millis, primary_key=True, autoincrement=False, comment="1, 2, 3 …; no number is left out"),
    Column("at", Millis, nullable=False),
    Column("actor", Text, nullable=False, comment="who did it"),
    Column("role", Text, nullable=False, comment="and as what"),
    Column("action", Text, nullable=False),
    Column("object_kind", Text, nullable=False),
    Column("object_id", Text, nullable=False),
    Column("details", Text, server_default=text("'{}'"), nullable=False, comment="JSON: counts, and settings"),
    Column("address_hash", LargeBinary, nullable=True, comment="keyed hash; the address itself is not kept"),
    Column("reason_mac", LargeBinary, nullable=True, comment="signature of the reason, which may be erased"),
    Column("mac", LargeBinary, nullable=True, comment="signature of the row before and this one; null before 0008"),
    Index("ix_audit_entries_actor_action_at", "actor", "action", "at"),
    Index("ix_audit_entries_object_kind_object_id", "object_kind", "object_id"),
    comment="who did what to what; never changed, and deleted only where a checkpoint stands for it",
)

audit_reasons = Table(
    "audit_reasons",
    metadata,
    Column("number", ForeignKey("audit_entries.number"), primary_key=True, autoincrement=False),
    Column("reason", SealedText, nullable=False, comment="in a person's words; empty once erased"),
    comment="why it was done, apart from the log, so that it can be erased",
)

audit_checkpoints = Table(
    "audit_checkpoints",
    metadata,
    Column("first", Millis, primary_key=True, autoincrement=False),
    Column("last", Millis, nullable=False),
    Column("month", Text, nullable=False, comment="YYYY-MM, in UTC"),
    Column("last_mac", LargeBinary, nullable=True, comment="signature of the last row that it replaced"),
    Column("mac", LargeBinary, nullable=False),
    comment="each stands for the rows of a month that are over their retention",
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("number", Millis, primary_key=True, autoincrement=False),
    Column("mac", LargeBinary, nullable=True),
    comment="one row: the last row of the audit log; locked by each transaction that adds one",
)

for _statement in AUDIT_TRIGGERS["sqlite"]:
    event.listen(metadata, "after_create", DDL(_statement).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]

for _statement in AUDIT_TRIGGERS["postgresql"]:
    event.listen(metadata, "after_create", DDL(_statement).execute_if(dialect="postgresql"))  # type: ignore[no-untyped-call]
