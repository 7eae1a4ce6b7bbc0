"""What routing asks of people and departments, a group's own numbers, and the place in the queue as a column."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

BACK_FROM_A_LOST_CONNECTION = 10
"""The priority that a conversation had when it was returned, and how much earlier (ms) it counts as waiting."""
HEAD_START_MS = 30 * 60_000


def upgrade() -> None:
    op.create_table(
        "skills",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skills")),
    )
    for table, columns in ADDED.items():
        for column in columns:
            op.add_column(table, column)
    _places()
    _last_moments()
    _partial("rank", ["group", "rank_at", "id"], sa.text("phase = 'waiting'"))
    _partial("offer_to", ["offer_to"], sa.text("offer_to IS NOT NULL"))


def _partial(name: str, columns: list[str], where: sa.TextClause) -> None:
    name = f"ix_conversations_{name}"
    op.create_index(name, "conversations", columns, sqlite_where=where, postgresql_where=where)


def _text(name: str, default: str, comment: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=sa.text(f"'{default}'"), nullable=False, comment=comment)


def _moment(name: str, comment: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False, comment=comment)


ADDED: dict[str, tuple[sa.Column[Any], ...]] = {
    "groups": (
        sa.Column("overflow", sa.Text(), nullable=True, comment="the group that helps out"),
        _text("rules", "{}", "JSON: its own numbers, by name"),
    ),
    "departments": (
        sa.Column("skill", sa.Text(), nullable=True, comment="best known by who answers"),
        sa.Column("level", sa.Integer(), server_default="1", nullable=False),
    ),
    "consultants": (
        _text("skills", "{}", "JSON: level by skill"),
        _text("languages", '["zh","en"]', "JSON list"),
        _text("reason", "", "said about the availability"),
    ),
    "conversations": (
        sa.Column("preferred", sa.Text(), nullable=True, comment="who served this visitor before"),
        sa.Column("emergency", sa.Text(), nullable=True, comment="the kind of words that made it one"),
        _moment("group_since", "in this group's queue since"),
        _moment("look_again_at", "nobody else was there; then again"),
        sa.Column("closes_at", sa.BigInteger(), nullable=True, comment="when the opening hours end in which it waits"),
        _text("participants", "[]", "JSON: colleagues beside the owner"),
        _moment("rank_at", "smaller is given first"),
    ),
}


def _places() -> None:
    """Where everybody stood in the queue, as a column."""
    columns: list[sa.ColumnClause[int]] = [
        sa.column(name, sa.BigInteger) for name in ("queued_at", "priority", "rank_at", "group_since")
    ]
    conversations = sa.table("conversations", *columns)
    returned = conversations.c.priority == BACK_FROM_A_LOST_CONNECTION
    rank_at = conversations.c.queued_at - sa.case((returned, HEAD_START_MS), else_=0)
    op.execute(conversations.update().values(rank_at=rank_at, group_since=conversations.c.queued_at))


def _last_moments() -> None:
    """Nobody waits longer than an hour: a clock that conversations in a queue did not have."""
    op.execute(
        sa.text(
            "INSERT INTO deadlines (conversation, clock, due_at)"
            " SELECT id, 'waited', queued_at + 3600000 FROM conversations WHERE phase IN ('waiting', 'ringing')"
        )
    )
