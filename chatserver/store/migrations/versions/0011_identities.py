"""Brings who visitors are by the word of the hospital's own site, and what the chat's rules lacked. One function per
part."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Each part is a function below, called from here."""
    _identities()
    _unrated()
    _visits_of_requests()
    _told()
    _quick_questions()


def _identities() -> None:
    """Who visitors are by the word of the hospital's own site, its keys, and the tokens that were used. Nobody in an
    earlier conversation is verified."""
    said = "as the hospital's own website signed it"
    op.add_column("conversations", sa.Column("verified_name", sa.Text(), nullable=True, comment=said))
    number = sa.Column("verified_number", sa.Text(), nullable=True, comment="the patient number that it signed")
    op.add_column("conversations", number)
    op.add_column("conversations", sa.Column("verified_at", sa.BigInteger(), nullable=True))
    doubted = "when the website signed another number"
    op.add_column("conversations", sa.Column("doubted_at", sa.BigInteger(), nullable=True, comment=doubted))
    op.create_table(
        "identity_keys",
        sa.Column("id", sa.Text(), nullable=False, comment="the key is derived from it"),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True, comment="none: it is the site's present key"),
        sa.PrimaryKeyConstraint("id", name="pk_identity_keys"),
        comment="the keys with which the hospital's own websites sign identity tokens; never the keys themselves",
    )
    op.create_index("ix_identity_keys_site", "identity_keys", ["site"])
    op.create_table(
        "identity_tokens",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the site and the token's jti"),
        sa.Column("ends_at", sa.BigInteger(), nullable=False, comment="the token is too old from then on"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_identity_tokens"),
        comment="identity tokens that were used; each is accepted once",
    )
    op.create_index("ix_identity_tokens_ends_at", "identity_tokens", ["ends_at"])


def _unrated() -> None:
    """Why the visitor of a conversation is asked for no rating. Of earlier ones nobody knows of a complaint."""
    why = "no rating is asked for: complaint, emergency or harassment"
    op.add_column("conversations", sa.Column("unrated", sa.Text(), nullable=True, comment=why))
    op.execute("UPDATE conversations SET unrated = outcome WHERE outcome = 'harassment'")


def _visits_of_requests() -> None:
    """Where the visitors of 留言 and call-backs come from. Earlier ones have no visit."""
    op.create_table(
        "request_visits",
        sa.Column(
            "subject_id", sa.Text(), nullable=False, comment="of a 留言 or a call-back that no conversation belongs to"
        ),
        sa.Column("subject_kind", sa.Text(), nullable=False, comment="offline_message or callback"),
        sa.Column("started_at", sa.BigInteger(), nullable=False, comment="when it was requested"),
        sa.Column("source", sa.Text(), nullable=False, comment="of the first touch"),
        sa.Column("last_source", sa.Text(), nullable=True, comment="of the last touch, if there was another"),
        sa.Column("device", sa.Text(), nullable=False, comment="phone, tablet or desktop"),
        sa.Column("province", sa.Text(), nullable=False, comment="or the country; empty: unknown"),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("region_date", sa.Text(), nullable=False, comment="the day of the data that says so"),
        sa.Column("first", sa.Text(), nullable=False, comment="JSON: landing page, referrer, parameters, keyword"),
        sa.Column("last", sa.Text(), nullable=True, comment="JSON: the same of the last touch"),
        sa.Column("pages", sa.Text(), nullable=False, comment="JSON list: the trail"),
        sa.PrimaryKeyConstraint("subject_id", name="pk_request_visits"),
        comment="where the visitors of 留言 and call-backs came from; written in the transaction that stores these",
    )
    op.create_index("ix_request_visits_started_at", "request_visits", ["started_at"])


def _told() -> None:
    """Which help the visitor of a 留言 or call-back was told of."""
    told = "the emergency whose help the visitor was told of"
    for table in ("offline_messages", "callbacks"):
        op.add_column(table, sa.Column("told", sa.Text(), nullable=True, comment=told))
        shown = "level = 'critical' AND emergency <> 'protect'"
        op.execute(f"UPDATE {table} SET told = emergency WHERE {shown}")  # noqa: S608 ours


def _quick_questions() -> None:
    """Quick questions are counted, too. SQLite has no comments."""
    if op.get_bind().dialect.name == "postgresql":
        kinds = "shown, opened, invited, accepted, quick or first_message"
        op.alter_column("site_counts", "kind", existing_type=sa.Text(), existing_nullable=False, comment=kinds)
