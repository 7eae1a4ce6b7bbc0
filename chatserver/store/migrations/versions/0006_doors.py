"""The data for the entrances' protections, added to the tables of 0005; one function per part."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    _count_sign_ins_by_place()
    _participants()
    _write_down_what_is_revealed()
    _mark_demo()
    _mark_many_emergencies()


def _count_sign_ins_by_place() -> None:
    """Failures from an account's known devices and networks are counted apart. Earlier failures count as strangers'."""
    device = "keyed hash of a known device of the account's"
    op.add_column("sign_in_failures", sa.Column("device_hash", sa.LargeBinary(), nullable=True, comment=device))
    stranger = "neither a device nor a network of the account's"
    op.add_column(
        "sign_in_failures",
        sa.Column("stranger", sa.Boolean(), server_default=sa.text("true"), nullable=False, comment=stranger),
    )
    op.create_index("ix_sign_in_failures_address_hash_at", "sign_in_failures", ["address_hash", "at"])
    op.create_index("ix_sign_in_failures_at", "sign_in_failures", ["at"])
    op.create_table(
        "sign_in_networks",
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column(
            "address_hash", sa.LargeBinary(), nullable=False, comment="keyed hash; the address itself is not kept"
        ),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("login", "address_hash", name="pk_sign_in_networks"),
        comment="from where an account was signed in to lately",
    )
    op.create_index("ix_sign_in_networks_last_at", "sign_in_networks", ["last_at"])


def _participants() -> None:
    """Who took part in a conversation: everybody who wrote or did something in it, was assigned it, or owned it
    last."""
    op.create_table(
        "participants",
        sa.Column("consultant_id", sa.Text(), nullable=False),
        sa.Column(
            "opened_at",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="the conversation's; lists go by it",
        ),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["consultant_id"], ["consultants.id"], name="fk_participants_consultant_id"),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_participants_conversation"),
        sa.PrimaryKeyConstraint("consultant_id", "opened_at", "conversation", name="pk_participants"),
        comment="who ever owned a conversation, or wrote or did anything in it; finds transcripts",
    )
    given = {
        "sqlite": "json_extract(details, '$.consultant.id')",
        "postgresql": "CAST(details AS json) -> 'consultant' ->> 'id'",
    }[op.get_bind().dialect.name]
    op.execute(
        "INSERT INTO participants (consultant_id, opened_at, conversation)"
        " SELECT DISTINCT took.who, c.opened_at, c.id FROM ("
        "SELECT author_id AS who, conversation FROM entries WHERE author_kind = 'consultant'"
        " UNION SELECT GIVEN, conversation FROM entries WHERE event IN ('assigned', 'transferred')"
        " UNION SELECT last_owner_id, id FROM conversations WHERE last_owner_id IS NOT NULL"
        " UNION SELECT owner_id, id FROM conversations WHERE owner_id IS NOT NULL"
        ") took JOIN conversations c ON c.id = took.conversation JOIN consultants p ON p.id = took.who".replace(
            "GIVEN", given
        )
    )


def _write_down_what_is_revealed() -> None:
    """In the shape of the audit log to come."""
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False, comment="who did it"),
        sa.Column("role", sa.Text(), nullable=False, comment="and as what"),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column(
            "details",
            sa.Text(),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="JSON; never words or numbers",
        ),
        sa.Column(
            "address_hash", sa.LargeBinary(), nullable=True, comment="keyed hash; the address itself is not kept"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entries"),
        comment="who did what to what; so far what was revealed",
    )
    op.create_index("ix_audit_entries_actor_action_at", "audit_entries", ["actor", "action", "at"])
    op.create_index("ix_audit_entries_object_kind_object_id", "audit_entries", ["object_kind", "object_id"])


def _mark_demo() -> None:
    """A hospital made by an earlier `chatserver demo` is recognised by its site and accounts."""
    op.execute(
        "INSERT INTO meta (key, value) SELECT 'demo', '1' WHERE EXISTS"
        " (SELECT 1 FROM sites WHERE id = 'demo' AND name_zh = '康宁医院')"
        " AND (SELECT count(*) FROM consultants WHERE login IN ('limin', 'wangfang', 'zhangwei', 'chenjing')) = 4"
        " AND NOT EXISTS (SELECT 1 FROM meta WHERE key = 'demo')"
    )


def _mark_many_emergencies() -> None:
    """The default is right for older rows: none of them was surplus."""
    for table in ("conversations", "offline_messages"):
        op.add_column(
            table,
            sa.Column(
                "crowded",
                sa.Boolean(),
                server_default=sa.text("false"),
                nullable=False,
                comment="one of many emergencies from one address, without priority",
            ),
        )
