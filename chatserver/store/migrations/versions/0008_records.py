"""Chains the audit log, adds doctors and versions of settings, and escapes drafts that begin like sealed text. One
function per part."""

import re

import sqlalchemy as sa
from alembic import op

from chatserver.store.audit_triggers import AUDIT_TRIGGERS

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Each part is a function below, called from here."""
    _chain_the_audit_log()
    _doctors()
    _escape_drafts()
    _versions_of_settings()
    _reword_comments()


def _chain_the_audit_log() -> None:
    """The rows so far get numbers in the order of their times. They cannot be signed here, where there is no key:
    `chatserver migrate` and `restore` then take them over as they stand."""
    names = "at, actor, role, action, object_kind, object_id, details, address_hash"
    op.execute(
        f"CREATE TABLE audit_before AS SELECT row_number() OVER (ORDER BY at, id) AS number, {names} FROM audit_entries"  # noqa: S608
    )
    op.drop_table("audit_entries")
    op.create_table(
        "audit_entries",
        sa.Column(
            "number", sa.BigInteger(), autoincrement=False, nullable=False, comment="1, 2, 3 …; no number is left out"
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False, comment="who did it"),
        sa.Column("role", sa.Text(), nullable=False, comment="and as what"),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column(
            "details", sa.Text(), server_default=sa.text("'{}'"), nullable=False, comment="JSON: counts, and settings"
        ),
        sa.Column(
            "address_hash", sa.LargeBinary(), nullable=True, comment="keyed hash; the address itself is not kept"
        ),
        sa.Column(
            "reason_mac", sa.LargeBinary(), nullable=True, comment="signature of the reason, which may be erased"
        ),
        sa.Column(
            "mac",
            sa.LargeBinary(),
            nullable=True,
            comment="signature of the row before and this one; null before 0008",
        ),
        sa.PrimaryKeyConstraint("number", name="pk_audit_entries"),
        comment="who did what to what; never changed, and deleted only where a checkpoint stands for it",
    )
    op.create_index("ix_audit_entries_actor_action_at", "audit_entries", ["actor", "action", "at"])
    op.create_index("ix_audit_entries_object_kind_object_id", "audit_entries", ["object_kind", "object_id"])
    op.execute(f"INSERT INTO audit_entries (number, {names}) SELECT number, {names} FROM audit_before")  # noqa: S608
    op.create_table(
        "audit_reasons",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="in a person's words; empty once erased"),
        sa.ForeignKeyConstraint(["number"], ["audit_entries.number"], name="fk_audit_reasons_number"),
        sa.PrimaryKeyConstraint("number", name="pk_audit_reasons"),
        comment="why it was done, apart from the log, so that it can be erased",
    )
    op.create_table(
        "audit_checkpoints",
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False, comment="YYYY-MM, in UTC"),
        sa.Column("last_mac", sa.LargeBinary(), nullable=True, comment="signature of the last row that it replaced"),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("first", name="pk_audit_checkpoints"),
        comment="each stands for the rows of a month that are over their retention",
    )
    op.create_table(
        "audit_head",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_audit_head"),
        comment="one row: the last row of the audit log; locked by each transaction that adds one",
    )
    op.execute("INSERT INTO audit_head (number) SELECT count(*) FROM audit_before")
    op.execute("DROP TABLE audit_before")
    for statement in AUDIT_TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def _doctors() -> None:
    op.create_table(
        "doctors",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False, comment="chief, associate_chief, attending or resident"),
        sa.Column("licence", sa.Text(), nullable=False, comment="number of the licence to practise"),
        sa.Column("department_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="raised by every change"),
        sa.ForeignKeyConstraint(["department_id"], ["departments.id"], name="fk_doctors_department_id"),
        sa.PrimaryKeyConstraint("id", name="pk_doctors"),
    )


def _escape_drafts() -> None:
    """Drafts could contain control characters, so a draft may begin like a sealed text. It gets the header of key 0,
    which says that the rest is plain. All other texts were checked for control characters before they were stored."""
    key = [sa.column(name, sa.Text()) for name in ("consultant_id", "conversation", "mode")]
    drafts = sa.table("drafts", *key, sa.column("body", sa.Text()))
    found = op.get_bind().execute(sa.select(drafts).where(drafts.c.body.like("\x01%"))).all()
    for row in (row for row in found if re.match("\x01[0-9]+:", row.body)):
        which = [column == getattr(row, column.name) for column in key]
        op.execute(sa.update(drafts).where(*which).values(body=f"\x010:{row.body}"))


def _versions_of_settings() -> None:
    op.create_table(
        "setting_versions",
        sa.Column("setting", sa.Text(), nullable=False),
        sa.Column(
            "version", sa.Integer(), autoincrement=False, nullable=False, comment="1, 2, 3 …; no number is left out"
        ),
        sa.Column("value", sa.Text(), nullable=False, comment="JSON"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False, comment="who made it"),
        sa.PrimaryKeyConstraint("setting", "version", name="pk_setting_versions"),
        comment="settings of the whole hospital; a change adds a row, and none is changed or deleted",
    )


REWORDED = {
    ("departments", "skill"): "the skill that its consultants should have",
    ("sites", "general_group"): "serves visitors who chose no department",
    ("consultants", "reason"): "given for the availability",
    ("visitors", "ended_at"): "when the visitor ended it early",
    ("visitors", "rates_until"): "until when the visitor may rate what they ended",
    ("conversations", "owner"): "JSON: the owner as others see them",
    ("conversations", "offer_to"): "the person to whom the open offer is addressed",
    ("conversations", "silent"): "JSON: owners who did not answer",
    ("conversations", "alarmed_at"): "since when an emergency has no person's answer",
    ("conversations", "nobody_answered_at"): "when a second owner had not answered",
    ("conversations", "look_again_at"): "when to check again for somebody else",
    ("conversations", "gone_on"): "escalations without an answer",
    ("conversations", "rank_at"): "the smallest is assigned first",
    ("conversations", "held_until"): "no deadline ends it before: somebody is typing",
    ("entries", "author"): "JSON: the consultant as others see them",
    ("offline_messages", "digest"): "keyed hash of the command; identifies a repeat",
    ("offline_messages", "conversation"): "in which the visitor waited",
}
"""Comments on columns, in plain English."""


def _reword_comments() -> None:
    """Done on PostgreSQL only, because SQLite stores no comments."""
    if op.get_bind().dialect.name == "postgresql":
        for (table, column), comment in REWORDED.items():
            op.alter_column(table, column, comment=comment)
