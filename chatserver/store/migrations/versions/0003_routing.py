"""Routing data of consultants and departments, a group's own rules, the queue position as a column, opening hours,
shifts and 留言."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

BACK_FROM_A_LOST_CONNECTION = 10
"""The priority that marked a conversation as returned, and how much earlier (ms) such a conversation ranks."""
HEAD_START_MS = 30 * 60_000

OPEN_ALWAYS = '{"every_day": ["00:00-24:00"]}'
"""Sites had no opening hours before; they stay open until somebody sets hours."""


def upgrade() -> None:
    op.create_table(
        "skills",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skills")),
    )
    _shifts()
    _offline_messages()
    for table, columns in ADDED.items():
        for column in columns:
            op.add_column(table, column)
    _hours()
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
        sa.Column("hours", sa.Text(), nullable=True, comment="JSON: its opening hours; none: the site's alone"),
    ),
    "sites": (sa.Column("hours", sa.Text(), nullable=True, comment="JSON: its opening hours; none: the usual ones"),),
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
        _text("emergencies", "[]", "JSON: every kind noticed so far"),
        _moment("group_since", "in this group's queue since"),
        _moment("look_again_at", "nobody else was there; then again"),
        sa.Column(
            "gone_on",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="how often, unanswered",
        ),
        sa.Column("closes_at", sa.BigInteger(), nullable=True, comment="when the opening hours end in which it waits"),
        _text("participants", "[]", "JSON: colleagues beside the owner"),
        _moment("rank_at", "smaller is given first"),
    ),
}


def _places() -> None:
    """Store every conversation's queue position as a column."""
    columns: list[sa.ColumnClause[int]] = [
        sa.column(name, sa.BigInteger) for name in ("queued_at", "priority", "rank_at", "group_since")
    ]
    conversations = sa.table("conversations", *columns)
    returned = conversations.c.priority == BACK_FROM_A_LOST_CONNECTION
    rank_at = conversations.c.queued_at - sa.case((returned, HEAD_START_MS), else_=0)
    op.execute(conversations.update().values(rank_at=rank_at, group_since=conversations.c.queued_at))


def _hours() -> None:
    op.execute(sa.table("sites", sa.column("hours", sa.Text)).update().values(hours=OPEN_ALWAYS))


def _shifts() -> None:
    op.create_table(
        "shifts",
        sa.Column("consultant_id", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["consultant_id"], ["consultants.id"], name=op.f("fk_shifts_consultant_id")),
        sa.PrimaryKeyConstraint("consultant_id", "starts_at", name=op.f("pk_shifts")),
    )
    op.create_index("ix_shifts_ends_at", "shifts", ["ends_at"])
    op.create_table(
        "check_ins",
        sa.Column("consultant_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["consultant_id"], ["consultants.id"], name=op.f("fk_check_ins_consultant_id")),
        sa.PrimaryKeyConstraint("consultant_id", "at", name=op.f("pk_check_ins")),
    )
    op.create_index("ix_check_ins_at", "check_ins", ["at"])


def _offline_messages() -> None:
    table = "offline_messages"
    pointing = {
        "site": "sites",
        "department": "departments",
        "group": "groups",
        "visitor": "visitors",
        "conversation": "conversations",
        "owner": "consultants",
        "settled_by": "consultants",
    }
    op.create_table(
        table,
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("visitor", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="keyed hash of what was asked, to tell a repeat"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=True, comment="in which he had waited"),
        sa.Column("left_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="raised by every change; a node's copy is replaced by a newer one only",
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))
            for column, other in pointing.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offline_messages")),
        sa.UniqueConstraint("visitor", "ref", name=op.f("uq_offline_messages_visitor_ref")),
        comment="留言",
    )
    where = sa.text("settled_at IS NULL")
    op.create_index("ix_offline_messages_open", table, ["due_at"], sqlite_where=where, postgresql_where=where)
    op.create_index("ix_offline_messages_settled_at", table, ["settled_at"])


def _last_moments() -> None:
    """The longest wait is one hour: give conversations in a queue the deadline that they lacked."""
    op.execute(
        sa.text(
            "INSERT INTO deadlines (conversation, clock, due_at)"
            " SELECT id, 'waited', queued_at + 3600000 FROM conversations WHERE phase IN ('waiting', 'ringing')"
        )
    )
