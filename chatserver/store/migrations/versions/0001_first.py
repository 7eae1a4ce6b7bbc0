"""The first schema.

Released and therefore frozen: later changes are revisions of their own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _hospital()
    _people()
    _conversations()
    _entries()
    _beside()


def _hospital() -> None:
    """Sites, campuses, groups, departments, and the database's own values."""
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
        comment="epoch, server_key and other single values",
    )
    op.create_table(
        "campuses",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("emergency_phone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_campuses"),
    )
    op.create_table(
        "groups",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_groups"),
    )
    op.create_table(
        "departments",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("campus_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["campus_id"], ["campuses.id"], name="fk_departments_campus_id"),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name="fk_departments_group_id"),
        sa.PrimaryKeyConstraint("id", name="pk_departments"),
    )
    op.create_table(
        "sites",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("greeting_zh", sa.Text(), nullable=False),
        sa.Column("greeting_en", sa.Text(), nullable=False),
        sa.Column("campus_id", sa.Text(), nullable=False),
        sa.Column("origins", sa.Text(), nullable=False, comment="JSON list of exact origins"),
        sa.ForeignKeyConstraint(["campus_id"], ["campuses.id"], name="fk_sites_campus_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sites"),
    )
    op.create_table(
        "site_departments",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["departments.id"], name="fk_site_departments_department_id"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_site_departments_site_id"),
        sa.PrimaryKeyConstraint("site_id", "department_id", name="pk_site_departments"),
    )


def _people() -> None:
    """Consultants, their groups, sessions and failed sign-ins; visitors."""
    op.create_table(
        "consultants",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False, comment="argon2id"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False, comment="工号"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("availability", sa.Text(), nullable=False),
        sa.Column("availability_since", sa.BigInteger(), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("last_given_at", sa.BigInteger(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consultants"),
        sa.UniqueConstraint("login", name="uq_consultants_login"),
        sa.UniqueConstraint("number", name="uq_consultants_number"),
    )
    op.create_table(
        "consultant_groups",
        sa.Column("consultant_id", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["consultant_id"], ["consultants.id"], name="fk_consultant_groups_consultant_id"),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name="fk_consultant_groups_group_id"),
        sa.PrimaryKeyConstraint("consultant_id", "group_id", name="pk_consultant_groups"),
    )
    op.create_table(
        "availabilities",
        sa.Column("consultant_id", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("availability", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["consultant_id"], ["consultants.id"], name="fk_availabilities_consultant_id"),
        sa.PrimaryKeyConstraint("consultant_id", "since", name="pk_availabilities"),
        comment="every change of availability, for reports",
    )
    op.create_table(
        "staff_sessions",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the cookie's value"),
        sa.Column("consultant_id", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["consultant_id"], ["consultants.id"], name="fk_staff_sessions_consultant_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_staff_sessions"),
    )
    op.create_index("ix_staff_sessions_consultant_id", "staff_sessions", ["consultant_id"], unique=False)
    op.create_table(
        "sign_in_failures",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column(
            "address_hash",
            sa.LargeBinary(),
            nullable=False,
            comment="keyed hash; the address itself is not kept",
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_failures"),
    )
    op.create_index("ix_sign_in_failures_login_at", "sign_in_failures", ["login", "at"], unique=False)
    op.create_table(
        "visitors",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the token"),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("life_ms", sa.BigInteger(), nullable=False, comment="how long it lives after the last activity"),
        sa.Column("language", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_visitors_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_visitors"),
        sa.UniqueConstraint("token_hash", name="uq_visitors_token_hash"),
    )


def _conversations() -> None:
    """One row per conversation."""
    op.create_table(
        "conversations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("visitor", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("opened_ref", sa.Text(), nullable=False, comment="the ref of conversation.open"),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True, comment="JSON: the owner as others are told of him"),
        sa.Column("last_owner_id", sa.Text(), nullable=True),
        sa.Column("last_owner", sa.Text(), nullable=True),
        sa.Column("offer_to", sa.Text(), nullable=True, comment="whom the open offer is held out to"),
        sa.Column("offer", sa.Text(), nullable=True, comment="JSON: the open offer"),
        sa.Column("past_offer", sa.Text(), nullable=True, comment="JSON: how the last offer ended"),
        sa.Column("hops", sa.Integer(), nullable=False),
        sa.Column("tried", sa.Text(), nullable=False, comment="JSON list of consultants tried in this round"),
        sa.Column(
            "tried_at",
            sa.BigInteger(),
            nullable=False,
            comment="when the last of them missed, declined or lost it",
        ),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.BigInteger(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("replied", sa.Boolean(), nullable=False),
        sa.Column("reply_until", sa.BigInteger(), nullable=False),
        sa.Column("unanswered_since", sa.BigInteger(), nullable=True),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("last_human_at", sa.BigInteger(), nullable=False),
        sa.Column("last_line", sa.Text(), nullable=False),
        sa.Column("inactive", sa.Boolean(), nullable=False),
        sa.Column("close_warned_at", sa.BigInteger(), nullable=True),
        sa.Column("owner_left_at", sa.BigInteger(), nullable=True),
        sa.Column("visitor_left_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("last_visitor_seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["department"], ["departments.id"], name="fk_conversations_department"),
        sa.ForeignKeyConstraint(["group"], ["groups.id"], name="fk_conversations_group"),
        sa.ForeignKeyConstraint(["last_owner_id"], ["consultants.id"], name="fk_conversations_last_owner_id"),
        sa.ForeignKeyConstraint(["offer_to"], ["consultants.id"], name="fk_conversations_offer_to"),
        sa.ForeignKeyConstraint(["owner_id"], ["consultants.id"], name="fk_conversations_owner_id"),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name="fk_conversations_site"),
        sa.ForeignKeyConstraint(["visitor"], ["visitors.id"], name="fk_conversations_visitor"),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.UniqueConstraint("visitor", "opened_ref", name="uq_conversations_visitor_opened_ref"),
    )
    op.create_index("ix_conversations_last_owner_id", "conversations", ["last_owner_id", "opened_at"], unique=False)
    op.create_index(
        "ix_conversations_open",
        "conversations",
        ["group", "phase"],
        unique=False,
        sqlite_where=sa.text("phase <> 'closed'"),
        postgresql_where=sa.text("phase <> 'closed'"),
    )
    op.create_index("ix_conversations_group", "conversations", ["group", "opened_at"], unique=False)
    op.create_index("ix_conversations_opened_at", "conversations", ["opened_at"], unique=False)
    op.create_index(
        "ix_conversations_owner_id",
        "conversations",
        ["owner_id"],
        unique=False,
        sqlite_where=sa.text("owner_id IS NOT NULL"),
        postgresql_where=sa.text("owner_id IS NOT NULL"),
    )


def _entries() -> None:
    """The transcripts."""
    op.create_table(
        "entries",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("visitor_seq", sa.Integer(), nullable=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("author_kind", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=True, comment="JSON: the consultant as others are told of him"),
        sa.Column("event", sa.Text(), nullable=False, comment="the event's name"),
        sa.Column("body", sa.Text(), nullable=True, comment="the words of a message or note"),
        sa.Column("details", sa.Text(), nullable=True, comment="JSON: the fields of any other event"),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column(
            "digest",
            sa.LargeBinary(),
            nullable=True,
            comment="keyed hash of the command, to tell a repeat from a conflict",
        ),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_entries_conversation"),
        sa.PrimaryKeyConstraint("conversation", "seq", name="pk_entries"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "uq_entries_ref",
        "entries",
        ["ref", "conversation", "author_id"],
        unique=True,
        sqlite_where=sa.text("ref IS NOT NULL"),
        postgresql_where=sa.text("ref IS NOT NULL"),
    )
    op.create_index("uq_entries_visitor_seq", "entries", ["conversation", "visitor_seq"], unique=True)


def _beside() -> None:
    """What belongs to a conversation: deadlines, ratings, drafts."""
    op.create_table(
        "deadlines",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_deadlines_conversation"),
        sa.PrimaryKeyConstraint("conversation", "clock", name="pk_deadlines"),
    )
    op.create_index("ix_deadlines_due_at", "deadlines", ["due_at"], unique=False)
    op.create_table(
        "ratings",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("consultant_id", sa.Text(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False, comment="JSON list"),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["consultant_id"], ["consultants.id"], name="fk_ratings_consultant_id"),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_ratings_conversation"),
        sa.PrimaryKeyConstraint("conversation", "consultant_id", name="pk_ratings"),
    )

    op.create_table(
        "drafts",
        sa.Column("consultant_id", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["consultant_id"], ["consultants.id"], name="fk_drafts_consultant_id"),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_drafts_conversation"),
        sa.PrimaryKeyConstraint("consultant_id", "conversation", "mode", name="pk_drafts"),
    )
