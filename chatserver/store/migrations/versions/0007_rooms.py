"""Deadlines belong to any subject, not only to conversations."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """There are few rows, only those of what is open, so they are kept in memory while the table is made anew: SQLite
    cannot change a primary key."""
    kept = op.get_bind().execute(sa.text("SELECT conversation, clock, due_at FROM deadlines")).all()
    op.drop_table("deadlines")
    table = op.create_table(
        "deadlines",
        sa.Column(
            "subject_kind", sa.Text(), nullable=False, comment="what has the deadline: a conversation, for instance"
        ),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject_kind", "subject_id", "clock", name="pk_deadlines"),
    )
    op.create_index("ix_deadlines_due_at", "deadlines", ["due_at"])
    op.bulk_insert(
        table,
        [
            {"subject_kind": "conversation", "subject_id": row.conversation, "clock": row.clock, "due_at": row.due_at}
            for row in kept
        ],
    )
