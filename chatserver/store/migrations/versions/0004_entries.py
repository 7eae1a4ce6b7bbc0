"""Entries are stored in the order in which they arrive. In SQLite the table was clustered by conversation: each new
entry was inserted between the entries of others, and every message wrote three pages; now it writes one. The index by
the visitor's count is dropped on both databases: that count never exceeds `seq`, so the primary key serves as well."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.drop_index("uq_entries_visitor_seq", "entries")
    if op.get_context().dialect.name != "sqlite":
        return
    op.drop_index("uq_entries_ref", "entries")
    op.rename_table("entries", "entries_before")
    op.create_table(
        "entries",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("visitor_seq", sa.Integer(), nullable=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("author_kind", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_entries_conversation"),
        sa.PrimaryKeyConstraint("conversation", "seq", name="pk_entries"),
    )
    op.execute("INSERT INTO entries SELECT * FROM entries_before ORDER BY conversation, seq")
    op.drop_table("entries_before")
    has_ref = sa.text("ref IS NOT NULL")
    op.create_index(
        "uq_entries_ref", "entries", ["ref", "conversation", "author_id"], unique=True, sqlite_where=has_ref
    )
